"""The server's own secrets, and those it hands out.

Its secrets are files of mode 0600 in the data folder (`server.operation.key_files`); tokens,
platform keys and pairing codes are random and only their SHA-256 is stored.
"""

import hashlib
import secrets
from dataclasses import dataclass, field, fields
from pathlib import Path

from server.clock import now_us
from server.operation.key_files import (
    KINDS,
    SECRET_BYTES,
    Kind,
    accepted,
    generations,
    handovers_in,
    in_force,
    make_secret,
    read_secret,
    secret_in_force,
)
from wire.chain import derive_nonce
from wire.server_keys import Handover, KeyRing
from wire.signing import SigningKey

_CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U to misread."""
_CODE_CHARS = 12
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


@dataclass(slots=True)
class ServerKeys:
    """What signs receipts, derives nonces, signs cookies, seals samples and second factors.

    The values change when a rotation begins (`refresh`), so read them when they are needed. The
    repr shows no secret.
    """

    signing: SigningKey
    handovers: tuple[Handover, ...] = field(repr=False)
    """From the first key to the newest, which may not be in force yet."""
    nonce_secret: bytes = field(repr=False)
    """Derives nonces now."""
    nonce_secrets: tuple[bytes, ...] = field(repr=False)
    """All whose nonces are accepted, the newest first."""
    nonce_secrets_ever: tuple[bytes, ...] = field(repr=False)
    """All that there ever were, to verify what lies here: the newest first."""
    cookie_secrets: tuple[str, ...] = field(repr=False)
    """All whose cookies are accepted; the last one signs."""
    sample_secret: bytes = field(repr=False)
    sign_in_secret: bytes = field(repr=False)
    vault_secret: bytes = field(repr=False)
    """Wraps the organisations' keys now."""
    vault_secrets: tuple[bytes, ...] = field(repr=False)
    """All that ever wrapped one and were not destroyed."""

    @property
    def ring(self) -> KeyRing:
        """The public keys, from the first to the newest."""
        return KeyRing(self.signing.verify_key, self.handovers)

    def is_nonce(self, nonce: bytes, session: bytes, anchor: int) -> bool:
        """Whether this nonce was given to this session with that acknowledgement."""
        return any(
            secrets.compare_digest(derive_nonce(secret, session, anchor), nonce)
            for secret in self.nonce_secrets
        )

    def refresh(self, folder: Path) -> None:
        """Read the folder again.

        Raises:
            DataFolderUnusable: it does not read; the values stay as they were.
        """
        found = load_server_keys(folder)
        for each in fields(self):
            setattr(self, each.name, getattr(found, each.name))


def make_server_keys(folder: Path) -> None:
    """Write new secrets, readable by the server's account alone; existing ones stay."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for kind in KINDS:
        if not in_force(folder, kind, 0):
            make_secret(folder / f"{kind}.key")


def load_server_keys(folder: Path) -> ServerKeys:
    """Read the server's secrets that are in force or still accepted.

    Raises:
        DataFolderUnusable: one is missing, has another size, or can be read by others.
    """
    now = now_us()
    current = {kind: secret_in_force(folder, kind, now) for kind in KINDS}
    cookies = [read_secret(path).hex() for path in accepted(folder, Kind.COOKIE, now)]
    cookie = read_secret(current[Kind.COOKIE]).hex()
    nonces = [read_secret(path) for path in accepted(folder, Kind.NONCE, now)]
    return ServerKeys(
        signing=SigningKey(read_secret(current[Kind.SIGNING])),
        handovers=handovers_in(folder),
        nonce_secret=read_secret(current[Kind.NONCE]),
        nonce_secrets=tuple(reversed(nonces)),
        nonce_secrets_ever=tuple(
            read_secret(path) for _, path in reversed(generations(folder, Kind.NONCE))
        ),
        cookie_secrets=(*(each for each in cookies if each != cookie), cookie),
        sample_secret=read_secret(current[Kind.SAMPLES]),
        sign_in_secret=read_secret(current[Kind.SIGN_IN]),
        vault_secret=read_secret(current[Kind.VAULT]),
        vault_secrets=tuple(read_secret(path) for _, path in generations(folder, Kind.VAULT)),
    )


def new_token(prefix: str) -> str:
    """A bearer token with 256 random bits; the prefix tells what it is when it is found."""
    return f"{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"


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
