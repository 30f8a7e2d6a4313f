"""Batches as the log holds them: AES-256-GCM, so that the database alone shows none of them.

The key is derived (the second step of HKDF-SHA-256, which is enough where the secret is random: RFC
5869, section 3.3) from the installation's key and the session, and is stored nowhere. The
associated data are organisation, session, number and digest: a batch that is moved to another place
does not open there. The nonce is random: under one key lie one session's batches, some thousands
(NIST SP 800-38D, section 8.3, allows 2^32).

| bytes | what |
|---|---|
| 4 | `MARK`: no batch begins so as its device sealed it (`wire.batch.MAGIC`) |
| 8 | the name of the installation's key (`server.privacy.wrapping.key_id`) |
| 12 | nonce |
| the rest | the batch, and 16 bytes of tag |
"""

import secrets
from functools import lru_cache
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from server.errors import KeyUnusable, LogDamaged
from server.privacy.wrapping import key_id
from server.records import Append, LogRow

MARK = b"VTL1"
_PURPOSE = b"veritype batch in the log v1"
_NAME_BYTES = 8
PREFIX_BYTES = len(MARK) + _NAME_BYTES
_NONCE_BYTES = 12
_KEY_BYTES = 32


class VaultSecrets(Protocol):
    """What `server.operation.keys.ServerKeys` holds of the installation's key; it is rotated."""

    vault_secret: bytes
    vault_secrets: tuple[bytes, ...]


class LogPlace(NamedTuple):
    """Where a batch belongs."""

    organisation: int
    session: bytes
    sequence: int
    digest: bytes


def state_place(organisation: int, session: bytes, next_sequence: int) -> LogPlace:
    """Where a scorer's state of an open session belongs, which holds classes of keys as well.

    No batch lies there: the digest of one is longer.
    """
    return LogPlace(organisation, session, next_sequence, b"state")


class LogSeal:
    """Seals batches on their way into the log, and opens them again."""

    def __init__(self, keys: VaultSecrets | None) -> None:
        """Without keys nothing is sealed or opened: to bring a schema up to date needs none."""
        self._keys = keys

    @property
    def prefix(self) -> bytes:
        """How everything begins that is sealed now."""
        return MARK + _name(self._in_force())

    def row(self, append: Append) -> LogRow:
        """A batch as the log holds it."""
        session, envelope = append.session, append.envelope
        place = LogPlace(
            session.organisation, session.id, append.after.sequence, append.after.digest
        )
        return LogRow(append, self.seal(place, envelope.sealed))

    def seal(self, place: LogPlace, batch: bytes) -> bytes:
        """The bytes of a batch as the log holds them."""
        secret, nonce, whose = self._in_force(), secrets.token_bytes(_NONCE_BYTES), _whose(place)
        encrypted = _cipher(secret, whose).encrypt(nonce, batch, whose + _which(place))
        return MARK + _name(secret) + nonce + encrypted

    def open(self, place: LogPlace, sealed: bytes) -> bytes:
        """The bytes as the device sealed them.

        Raises:
            LogDamaged: they were sealed for another place, or changed.
            KeyUnusable: the key that sealed them is not here.
        """
        name, rest = sealed[len(MARK) : PREFIX_BYTES], sealed[PREFIX_BYTES:]
        whose = _whose(place)
        cipher = _cipher(self._named(name), whose)
        try:
            return cipher.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], whose + _which(place))
        except (InvalidTag, ValueError):
            raise LogDamaged(place.session, place.sequence, "it is not what was stored") from None

    def _in_force(self) -> bytes:
        if self._keys is None:
            raise KeyUnusable("the store was opened without its keys")
        return self._keys.vault_secret

    def _named(self, name: bytes) -> bytes:
        known = self._keys.vault_secrets if self._keys else ()
        found = next((each for each in known if _name(each) == name), None)
        if found is None:
            raise KeyUnusable(
                f"keys/ lacks the vault key {name.hex()} that sealed batches in the log; "
                "copy it from another node or from a backup"
            )
        return found


def is_sealed(stored: bytes) -> bool:
    """Whether a row holds a sealed batch; else an older version stored it as it came."""
    return stored.startswith(MARK)


_name = lru_cache(maxsize=16)(key_id)


def _cipher(secret: bytes, whose: bytes) -> AESGCM:
    return AESGCM(HKDFExpand(SHA256(), _KEY_BYTES, info=whose).derive(secret))


def _whose(place: LogPlace) -> bytes:
    return _PURPOSE + place.organisation.to_bytes(8, "big") + place.session


def _which(place: LogPlace) -> bytes:
    return place.sequence.to_bytes(8, "big") + place.digest
