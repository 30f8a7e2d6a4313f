"""The folder of secrets: one file each, and one more for each rotation.

`signing.key` is the first; `signing-20261201T031500Z.key` is in force from that moment on, and
`signing-20261201T031500Z.handover` beside it is public: the old key and the new one sign that the
one follows the other. A secret that was replaced is accepted for a while: nonces as long as a
session can last and a device be away, cookies as long as a sign-in can last.
"""

import os
import secrets
from datetime import UTC, datetime
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

import msgspec

from server.errors import DataFolderUnusable, ServerError
from wire.server_keys import Handover, hand_over
from wire.signing import SigningKey

SECRET_BYTES = 32
_STAMP = "%Y%m%dT%H%M%SZ"
_SECOND_US = 1_000_000
_DAY_US = 86_400 * _SECOND_US


class Kind(StrEnum):
    """What a secret is for."""

    SIGNING = "signing"
    NONCE = "nonce"
    COOKIE = "cookie"
    SAMPLES = "samples"
    SIGN_IN = "sign-in"
    VAULT = "vault"


KINDS = tuple(Kind)
ROTATED = (Kind.SIGNING, Kind.NONCE, Kind.COOKIE, Kind.VAULT)
"""Samples, second factors and providers' secrets are sealed: another key could open none."""
BY_DEFAULT = (Kind.SIGNING, Kind.NONCE, Kind.COOKIE)
"""Rotated where none is named: the key of the vault takes more than that (`keys rewrap`)."""
OVERLAP_US = {Kind.SIGNING: _DAY_US, Kind.NONCE: 38 * _DAY_US, Kind.COOKIE: 7 * _DAY_US}
"""So long after its replacement a secret is kept. A session lasts at most 31 days, and a device may
be away for a week; a sign-in lasts at most 168 hours."""


def generations(folder: Path, kind: Kind) -> list[tuple[int, Path]]:
    """All secrets of a kind with the moment from which each is in force, the oldest first."""
    found = []
    for path in folder.glob(f"{kind}*.key"):
        stamp = path.stem.removeprefix(kind)
        if not stamp:
            found.append((0, path))
        elif stamp.startswith("-") and (from_us := _moment_us(stamp[1:])) is not None:
            found.append((from_us, path))
    return sorted(found)


def in_force(folder: Path, kind: Kind, now_us: int) -> Path | None:
    """The secret that is in force; before the first, the first."""
    found = generations(folder, kind)
    begun = [path for from_us, path in found if from_us <= now_us]
    return begun[-1] if begun else found[0][1] if found else None


def accepted(folder: Path, kind: Kind, now_us: int) -> list[Path]:
    """The secrets that are accepted, the oldest first: those to come too, as nodes differ."""
    found = generations(folder, kind)
    ends = [*(until_us for _, (until_us, _) in pairwise(found)), now_us]
    return [
        path
        for (_, path), end_us in zip(found, ends, strict=True)
        if end_us + OVERLAP_US.get(kind, 0) >= now_us
    ]


def handovers_in(folder: Path) -> tuple[Handover, ...]:
    """The handovers up to the newest signing key, the oldest first."""
    newest = generations(folder, Kind.SIGNING)[-1][1].stem
    paths = sorted(folder.glob(f"{Kind.SIGNING}-*.handover"))
    return tuple(_read_handover(path) for path in paths if path.stem <= newest)


def rotate(folder: Path, kind: Kind, from_us: int, now_us: int) -> int:
    """Add a secret that is in force from a moment on (to the second); returns that moment.

    Raises:
        ServerError: a rotation is under way already, or the kind is not rotated.
        DataFolderUnusable: the folder is not usable.
    """
    if kind not in ROTATED:
        raise ServerError("the key of typing samples is not rotated: samples could not be opened")
    current = secret_in_force(folder, kind, now_us)
    newest_us, newest = generations(folder, kind)[-1]
    from_us = -(-from_us // _SECOND_US) * _SECOND_US
    if newest != current or newest_us >= from_us:
        raise ServerError("a new one is there already and not in force yet; see 'keys list'")
    path = folder / f"{kind}-{_stamp(from_us)}.key"
    if kind is Kind.SIGNING:
        _hand_over(folder, newest, path, from_us)
    else:
        make_secret(path)
    return from_us


def out_of_use(folder: Path, now_us: int) -> list[Path]:
    """Secrets that nothing needs any more.

    Of signing keys the public half stays published. Nonce secrets stay: what was sealed under them
    is verified with them as long as it is kept.
    """
    return [
        path
        for kind in (Kind.SIGNING, Kind.COOKIE)
        for _, path in generations(folder, kind)
        if path not in accepted(folder, kind, now_us)
    ]


def secret_in_force(folder: Path, kind: Kind, now_us: int) -> Path:
    """The secret in force.

    Raises:
        DataFolderUnusable: there is none.
    """
    path = in_force(folder, kind, now_us)
    if path is None:
        raise DataFolderUnusable(
            f"{kind}.key cannot be read in the data folder; run 'veritype-server init' first"
        )
    return path


def make_secret(path: Path, secret: bytes = b"") -> None:
    """Write a secret, whole or not at all; a new one if none is given."""
    _write(path, secret or secrets.token_bytes(SECRET_BYTES))


def read_secret(path: Path) -> bytes:
    """Read a secret.

    Raises:
        DataFolderUnusable: it cannot be read, has another size, or can be read by others.
    """
    try:
        data = path.read_bytes()
        mode = path.stat().st_mode
    except OSError as error:
        raise DataFolderUnusable(
            f"{path.name} cannot be read in the data folder; run 'veritype-server init' first"
        ) from error
    if len(data) != SECRET_BYTES:
        raise DataFolderUnusable(f"{path.name} is damaged: {len(data)} bytes, {SECRET_BYTES} due")
    if mode & 0o077:
        raise DataFolderUnusable(f"{path.name} can be read by others; run chmod 600 on it")
    return data


def _hand_over(folder: Path, newest: Path, path: Path, from_us: int) -> None:
    # One without its key is what a rotation left that was cut off: nobody was told of it.
    for left in folder.glob(f"{Kind.SIGNING}-*.handover"):
        if left.stem > newest.stem:
            left.unlink()
    key = SigningKey.generate()
    handover = hand_over(SigningKey(read_secret(newest)), key, from_us)
    _write(path.with_suffix(".handover"), msgspec.json.encode(handover))
    make_secret(path, key.secret_bytes())


def _write(path: Path, data: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        # A link, not a rename: it never takes the place of a secret that is there.
        os.link(draft, path)
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read_handover(path: Path) -> Handover:
    try:
        handover = msgspec.json.decode(path.read_bytes(), type=Handover)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataFolderUnusable(f"{path.name} cannot be read; take it from a backup") from error
    if not handover.holds():
        raise DataFolderUnusable(f"{path.name} was changed; take it from a backup")
    return handover


def _stamp(at_us: int) -> str:
    return datetime.fromtimestamp(at_us // _SECOND_US, UTC).strftime(_STAMP)


def _moment_us(stamp: str) -> int | None:
    try:
        moment = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return int(moment.timestamp()) * _SECOND_US
