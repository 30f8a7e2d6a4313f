"""The server's own secrets, and those it hands out.

Its secrets are files of mode 0600 in the data folder; tokens, platform keys and pairing codes
are random and only their SHA-256 is stored.
"""

import hashlib
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from server.errors import DataFolderUnusable
from wire.signing import SigningKey

_SIGNING_FILE = "signing.key"
_NONCE_FILE = "nonce.key"
_COOKIE_FILE = "cookie.key"
_SAMPLE_FILE = "samples.key"
_FILES = (_SIGNING_FILE, _NONCE_FILE, _COOKIE_FILE, _SAMPLE_FILE)
_SECRET_BYTES = 32
_CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U to misread."""
_CODE_CHARS = 12
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


@dataclass(frozen=True, slots=True)
class ServerKeys:
    """What signs receipts, derives nonces, signs cookies and seals typing samples.

    Its repr shows no secret.
    """

    signing: SigningKey
    nonce_secret: bytes = field(repr=False)
    cookie_secret: str = field(repr=False)
    sample_secret: bytes = field(repr=False)


def make_server_keys(folder: Path) -> None:
    """Write new secrets, readable by the server's account alone; existing ones stay."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in _FILES:
        path = folder / name
        if path.exists():
            continue
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(_SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())


def load_server_keys(folder: Path) -> ServerKeys:
    """Read the server's secrets.

    Raises:
        DataFolderUnusable: one is missing, has another size, or can be read by others.
    """
    seed, nonce, cookie, sample = (_read_secret(folder / name) for name in _FILES)
    return ServerKeys(SigningKey(seed), nonce, cookie.hex(), sample)


def new_token(prefix: str) -> str:
    """A bearer token with 256 random bits; the prefix tells what it is when it is found."""
    return f"{prefix}_{secrets.token_urlsafe(_SECRET_BYTES)}"


def new_pairing_code() -> str:
    """A code a person can read out: 60 random bits."""
    chars = [secrets.choice(_CODE_ALPHABET) for _ in range(_CODE_CHARS)]
    return "-".join("".join(chars[at : at + 4]) for at in range(0, _CODE_CHARS, 4))


def hash_of(token: str) -> bytes:
    """What is stored of a token or a platform key."""
    return hashlib.sha256(token.encode()).digest()


def hash_of_code(code: str) -> bytes:
    """What is stored of a pairing code, however its dashes and letters were typed."""
    return hash_of(code.upper().translate(_MISREAD))


def _read_secret(path: Path) -> bytes:
    try:
        data = path.read_bytes()
        mode = path.stat().st_mode
    except OSError as error:
        raise DataFolderUnusable(
            f"{path.name} cannot be read in the data folder; run 'veritype-server init' first"
        ) from error
    if len(data) != _SECRET_BYTES:
        raise DataFolderUnusable(f"{path.name} is damaged: {len(data)} bytes, {_SECRET_BYTES} due")
    if mode & 0o077:
        raise DataFolderUnusable(f"{path.name} can be read by others; run chmod 600 on it")
    return data
