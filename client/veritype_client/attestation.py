"""Checks attestations offline; needs the extra `[attestation]`. `docs/attestation.md` has the form.

An attestation is a DSSE envelope around an in-toto Statement, signed with Ed25519 by a key that the
server publishes. Keep the published keys when you first trust the server: whoever asks the server
for its keys at each check learns only that the server agrees with itself.
"""

import base64
import binascii
import hmac
from datetime import datetime, timedelta
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from veritype_client.classes import classes_of
from veritype_client.errors import SignatureInvalid

PAYLOAD_TYPE = "application/vnd.in-toto+json"
PREDICATE_TYPE = "urn:veritype:submission-attestation:v1"
_SLACK = timedelta(hours=1)


class _Signature(msgspec.Struct, frozen=True):
    keyid: str
    sig: str


class _Envelope(msgspec.Struct, frozen=True):
    payloadType: str  # noqa: N815 - the standard's
    payload: str
    signatures: list[_Signature]


class _Key(msgspec.Struct, frozen=True):
    key_id: str
    public_key: str
    valid_until: datetime | None = None


class _Keys(msgspec.Struct, frozen=True):
    keys: list[_Key]


class _Answered(msgspec.Struct, frozen=True):
    at: datetime


class _Asked(msgspec.Struct, frozen=True):
    classes_key: str


class _Predicate(msgspec.Struct, frozen=True):
    answered: _Answered
    asked: _Asked


class _Digest(msgspec.Struct, frozen=True):
    of_classes: str = msgspec.field(name="veritype-classes-hmac-sha256")


class _Subject(msgspec.Struct, frozen=True):
    name: str
    digest: _Digest


class _Statement(msgspec.Struct, frozen=True):
    subject: list[_Subject]
    predicate: _Predicate
    kind: str = msgspec.field(name="predicateType")


_ENVELOPE = msgspec.json.Decoder(_Envelope)
_STATEMENT = msgspec.json.Decoder(_Statement)
_KEYS = msgspec.json.Decoder(_Keys)


def verify(
    attestation: bytes, keys: bytes, identifier: str | None = None, text: str | None = None
) -> dict[str, Any]:
    """The in-toto Statement of an attestation that one of these keys signed.

    Args:
        attestation: as `Platform.attestation` gave it.
        keys: as `Platform.published_keys` gave them, when you first trusted the server.
        identifier: your own name of the submission, if the attestation has to be about that one.
        text: what was handed in, if it has to be about a text of these classes: the same words'
            lengths, line ends and punctuation. `cat` and `dog` are the same.

    Raises:
        SignatureInvalid: it is none, was changed, is about another submission or text, or none of
            these keys signed it while it was in force.
    """
    try:
        envelope, known = _ENVELOPE.decode(attestation), _KEYS.decode(keys)
        payload = base64.b64decode(envelope.payload, validate=True)
        key = _signer(envelope, known, _pae(envelope.payloadType, payload))
        statement = _STATEMENT.decode(payload)
    except (msgspec.DecodeError, binascii.Error, UnicodeError) as error:
        raise SignatureInvalid("this is no attestation, or these are no keys") from error
    if (envelope.payloadType, statement.kind) != (PAYLOAD_TYPE, PREDICATE_TYPE):
        raise SignatureInvalid("this attests something else than a submission")
    until = key.valid_until
    if until is not None and statement.predicate.answered.at > until + _SLACK:
        raise SignatureInvalid("the key was not in force any more when this was signed")
    if identifier is not None and [each.name for each in statement.subject] != [identifier]:
        raise SignatureInvalid("this is about another submission")
    if text is not None and not _about(statement, text):
        raise SignatureInvalid("this is about another text")
    found: dict[str, Any] = msgspec.json.decode(payload)
    return found


def _about(statement: _Statement, text: str) -> bool:
    try:
        key = bytes.fromhex(statement.predicate.asked.classes_key)
    except ValueError as error:
        raise SignatureInvalid("this attests without a key for the text") from error
    digest = hmac.digest(key, classes_of(text).encode(), "sha256").hex()
    return [each.digest.of_classes for each in statement.subject] == [digest]


def _pae(payload_type: str, payload: bytes) -> bytes:
    """What DSSE signs: the type and the payload, each behind its length."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def _signer(envelope: _Envelope, keys: _Keys, signed: bytes) -> _Key:
    for each in envelope.signatures:
        signature = base64.b64decode(each.sig, validate=True)
        for key in keys.keys:
            if key.key_id == each.keyid and _signed_by(key, signature, signed):
                return key
    raise SignatureInvalid("none of these keys signed this attestation")


def _signed_by(key: _Key, signature: bytes, signed: bytes) -> bool:
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key.public_key))
        public.verify(signature, signed)
    except (ValueError, InvalidSignature):
        return False
    return True
