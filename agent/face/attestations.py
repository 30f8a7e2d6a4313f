"""Attestations of submissions, checked offline: what the server answered a platform.

`docs/attestation.md` describes the format for those who check it without Veritype.
"""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from agent.errors import AttestationDoesNotHold, AttestationUnreadable
from agent.server_keys import KEYS_PATH
from agent.shipping.transport import Transport
from wire.attestation import Statement, is_about, read_attestation
from wire.decoding import decoder_of
from wire.dsse import ENVELOPE_MAX_BYTES
from wire.errors import MessageInvalid, SignatureInvalid
from wire.server_keys import Handover, Hex32, KeyRing
from wire.signing import VerifyKey

_TEXT_MAX_BYTES = 16_000_000
_MARK = b'"payloadType"'


class _KeyLine(msgspec.Struct, frozen=True):
    public_key: Hex32


class _PublishedPage(msgspec.Struct, frozen=True):
    """The server's page of keys, as far as it is needed here."""

    keys: Annotated[tuple[_KeyLine, ...], Meta(min_length=1)]
    handovers: tuple[Handover, ...] = ()


def is_attestation(path: Path) -> bool:
    """Whether a file is meant to be an attestation, and not receipts."""
    try:
        with path.open("rb") as file:
            return _MARK in file.read(ENVELOPE_MAX_BYTES)
    except OSError:
        return False


def published_ring(place: str) -> KeyRing:
    """The keys on a server's published page: from its address, or from a copy in a file.

    Raises:
        AttestationUnreadable: it does not answer, or is no such page.
        InsecureServer: plain http to another machine, or an address that is none.
    """
    data = _fetched(place) if "://" in place else _read(Path(place), "keys")
    try:
        page = decoder_of(_PublishedPage).decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise AttestationUnreadable("That is no page of a server's published keys.") from error
    return KeyRing(VerifyKey(bytes.fromhex(page.keys[0].public_key)), page.handovers)


def checked_attestation(
    path: Path, ring: KeyRing, text: Path | None = None, identifier: str | None = None
) -> Statement:
    """What an attestation says, once it holds.

    Raises:
        AttestationUnreadable: a file does not read.
        AttestationDoesNotHold: it was not signed by these keys, is none, or is about another text
            or submission.
    """
    data = _read(path, "attestation")
    try:
        statement = read_attestation(data, ring)
    except (SignatureInvalid, MessageInvalid) as error:
        raise AttestationDoesNotHold(f"It does not hold: {error}.") from error
    if identifier is not None and statement.subject[0].name != identifier:
        raise AttestationDoesNotHold("It holds, and is about another submission.")
    if text is not None and not is_about(statement, _text(text)):
        raise AttestationDoesNotHold("It holds, and is about another text.")
    return statement


def _fetched(place: str) -> bytes:
    parts = urlsplit(place)
    transport = Transport(f"{parts.scheme}://{parts.netloc}")
    try:
        answer = transport.get(parts.path if len(parts.path) > 1 else KEYS_PATH)
    finally:
        transport.close()
    if not answer.ok:
        why = answer.failure or f"It answered {answer.status}."
        raise AttestationUnreadable(f"The server's keys could not be fetched. {why}")
    return answer.body


def _read(path: Path, what: str) -> bytes:
    try:
        if path.stat().st_size > ENVELOPE_MAX_BYTES:
            raise AttestationUnreadable(f"{path.name} is too large for {what}.")
        return path.read_bytes()
    except OSError as error:
        raise AttestationUnreadable(f"{path.name} cannot be read.") from error


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _TEXT_MAX_BYTES:
            raise AttestationUnreadable(f"{path.name} is too large for a text.")
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AttestationUnreadable(f"{path.name} does not read as text in UTF-8.") from error
