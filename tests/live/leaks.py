"""Looking for a secret in files and requests, in every form it might have taken."""

import base64
import hashlib
import os
import re
import sqlite3
import urllib.parse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import zstandard

from wire import limits
from wire.batch import open_envelope
from wire.errors import WireError

ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
SQLITE_MAGIC = b"SQLite format 3\x00"
LARGEST_FILE = 64 * 1024 * 1024
_LONE_LETTERS = re.compile(rb"(?<![A-Za-z])[A-Za-z](?![A-Za-z])")


@dataclass(frozen=True, slots=True)
class Place:
    """Some bytes and where they are from."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Find:
    """A secret in a form, at a place."""

    form: str
    place: str


def forms(secret: str) -> dict[str, bytes]:
    """The secret as bytes, in each form that could be read back or tested against a guess."""
    plain = secret.encode()
    texts = {
        "utf-8": plain,
        "utf-16 le": secret.encode("utf-16-le"),
        "utf-16 be": secret.encode("utf-16-be"),
        "utf-32 le": secret.encode("utf-32-le"),
        "reversed": plain[::-1],
    }
    found = dict(texts)
    for name, text in texts.items():
        found[f"{name}, hex"] = text.hex().encode()
        for shift in range(3):
            found[f"{name}, base64 at {shift}"] = _base64_core(text, shift)
    found["percent-encoded"] = "".join(f"%{byte:02x}" for byte in plain).encode()
    found["percent-encoded where needed"] = urllib.parse.quote(secret).encode()
    found["json escapes"] = "".join(f"\\u{ord(char):04x}" for char in secret).encode()
    for kind in ("md5", "sha1", "sha256"):
        digest = hashlib.new(kind, plain, usedforsecurity=False).digest()
        found[kind] = digest
        found[f"{kind}, hex"] = digest.hex().encode()
    return found


def _base64_core(text: bytes, shift: int) -> bytes:
    """The characters that a text has inside any base64 whose bytes before it are `shift` mod 3.

    The first and the last characters depend on the neighbours, and so does the padding: what is
    left is found with and without them.
    """
    encoded = base64.b64encode(bytes(shift) + text + bytes(3)).decode()
    first = -(-shift * 8 // 6)
    last = (shift + len(text)) * 8 // 6
    return encoded[first:last].encode()


def key_forms(keycodes: Iterable[int]) -> dict[str, bytes]:
    """The keys of a typed secret as X numbers them, a byte or two each, or as decimals."""
    codes = list(keycodes)
    return {
        "keycodes, one byte": bytes(codes),
        "keycodes, two bytes": b"".join(code.to_bytes(2, "little") for code in codes),
        "keycodes, json": ",".join(map(str, codes)).encode(),
        "keycodes, spaced": ", ".join(map(str, codes)).encode(),
    }


def search(places: Iterable[Place], wanted: dict[str, bytes]) -> list[Find]:
    """Each form of the secret that is somewhere, whatever its case, whatever it is packed in."""
    lowered = {form: needle.lower() for form, needle in wanted.items()}
    found = []
    seen: set[bytes] = set()
    for place in unpacked(places):
        digest = hashlib.sha256(place.data).digest()
        if digest in seen:
            continue
        seen.add(digest)
        hay = place.data.lower()
        letters = b"".join(_LONE_LETTERS.findall(hay))
        for form, needle in lowered.items():
            if needle in hay:
                found.append(Find(form, place.name))
            elif form == "utf-8" and needle in letters:
                found.append(Find("letter by letter", place.name))
    return found


def unpacked(places: Iterable[Place]) -> Iterator[Place]:
    """The places, and what is compressed inside them."""
    for place in places:
        yield place
        start = place.data.find(ZSTD_MAGIC)
        while start >= 0:
            opened = _decompressed(place.data[start:])
            if opened:
                yield Place(f"{place.name}, zstd at {start}", opened)
            start = place.data.find(ZSTD_MAGIC, start + 1)


def batch_places(name: str, sealed: bytes) -> list[Place]:
    """A sealed batch, checked to be one, so that a search has looked inside it."""
    body = _decompressed(open_envelope(sealed).body)
    if body is None:
        raise WireError(f"{name}: the body does not decompress")
    return [Place(name, sealed), Place(f"{name}, body", body)]


def file_places(
    folder: Path,
    since_s: float = 0.0,
    largest: int = LARGEST_FILE,
    *,
    databases: bool = True,
) -> Iterator[Place]:
    """Every file under a folder (or the file itself) that changed since; every database value."""
    for path in chain((folder,), _beneath(folder)):
        try:
            facts = path.lstat()
            if not path.is_file() or path.is_symlink() or facts.st_mtime < since_s:
                continue
            if facts.st_size > largest:
                continue
            data = path.read_bytes()
        except OSError:
            continue
        yield Place(str(path), data)
        if databases and data.startswith(SQLITE_MAGIC):
            yield from _database_places(path)


def _beneath(folder: Path) -> Iterator[Path]:
    """All paths under a folder; what other programs take away meanwhile is left out."""
    for where, folders, files in os.walk(folder):
        yield from (Path(where, name) for name in (*folders, *files))


def _database_places(path: Path) -> Iterator[Place]:
    """Values of a database: in its file they may lie in pieces, or still in the log beside it."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
    try:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in names.fetchall():
            quoted = table.replace('"', '""')
            rows = connection.execute(f'SELECT * FROM "{quoted}"')  # noqa: S608 - no parameter can name a table
            for number, row in enumerate(rows):
                values = [value for value in row if isinstance(value, str | bytes)]
                data = b"\n".join(v.encode() if isinstance(v, str) else v for v in values)
                yield Place(f"{path}, {table} row {number}", data)
    except sqlite3.DatabaseError:
        return
    finally:
        connection.close()


def _decompressed(data: bytes) -> bytes | None:
    reader = zstandard.ZstdDecompressor().decompressobj()
    try:
        return reader.decompress(data[: limits.BATCH_MAX_BYTES])
    except zstandard.ZstdError:
        return None
