"""The agent's release that this server offers: one file, and what is known of it.

The operator puts it there; the server signs its digest each time it is asked, so that the release
lies under the key that the devices pinned when they enrolled.
"""

import hashlib
import os
import shutil
from pathlib import Path

import msgspec

from server.errors import ServerError
from wire import limits
from wire.decoding import decoder_of
from wire.header import AgentVersion
from wire.messages import FileName, Release, sign_release
from wire.signing import SigningKey

_CURRENT = "current.json"
_CHUNK_BYTES = 1 << 20


class _Current(msgspec.Struct, frozen=True):
    version: AgentVersion
    file: FileName
    size_bytes: int
    sha256: bytes


def add_release(folder: Path, file: Path, version: str) -> str:
    """Take a copy of a released file and offer it from now on; returns its SHA-256 in hex.

    Raises:
        ServerError: the name, the version or the size is not one that agents take.
    """
    size_bytes = file.stat().st_size
    if not 0 < size_bytes <= limits.RELEASE_MAX_BYTES:
        raise ServerError(f"a release has 1 to {limits.RELEASE_MAX_BYTES} bytes")
    folder.mkdir(mode=0o700, exist_ok=True)
    draft = folder / ".new"
    shutil.copyfile(file, draft)
    values = {
        "version": version,
        "file": file.name,
        "size_bytes": size_bytes,
        "sha256": _sha256(draft),
    }
    try:
        current = msgspec.convert(values, _Current)
    except msgspec.ValidationError as error:
        draft.unlink()
        raise ServerError(f"this cannot be offered: {error}") from error
    _sync(draft)
    draft.replace(folder / current.file)
    described = folder / f"{_CURRENT}.new"
    described.write_bytes(msgspec.json.encode(current))
    _sync(described)
    described.replace(folder / _CURRENT)
    return current.sha256.hex()


def offered(folder: Path, key: SigningKey) -> Release | None:
    """What is offered now, signed; None if nothing is."""
    current = _current(folder)
    if current is None:
        return None
    return sign_release(
        version=current.version,
        file=current.file,
        size_bytes=current.size_bytes,
        sha256=current.sha256,
        key=key,
    )


def offered_file(folder: Path) -> Path | None:
    """Where the offered file lies."""
    current = _current(folder)
    path = folder / current.file if current else None
    return path if path and path.is_file() else None


def _current(folder: Path) -> _Current | None:
    try:
        return decoder_of(_Current).decode((folder / _CURRENT).read_bytes())
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def _sha256(path: Path) -> bytes:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.digest()


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
