"""DSSE envelopes: a signed payload with its type, as other tools read them.

DSSE v1 (https://github.com/secure-systems-lab/dsse): what is signed is the type and the payload,
each behind its length, so that neither can be moved into the other. `docs/decisions/dsse.md` says
why no library does it.
"""

import base64
import binascii

import msgspec

from wire.decoding import decoder_of
from wire.errors import MessageInvalid, SignatureInvalid
from wire.server_keys import KeyRing
from wire.signing import SigningKey

ENVELOPE_MAX_BYTES = 1 << 20


class Signature(msgspec.Struct, frozen=True):
    """One signature: the key's id in hex, the signature in base64."""

    keyid: str
    sig: str


class Envelope(msgspec.Struct, frozen=True):
    """A payload in base64 with its type; the names are the standard's."""

    payloadType: str  # noqa: N815 - the standard's
    payload: str
    signatures: tuple[Signature, ...]


def seal_payload(key: SigningKey, payload_type: str, payload: bytes) -> bytes:
    """The envelope, as JSON, signed by one key."""
    signed = key.sign_typed(payload_type, payload)
    signature = Signature(key.verify_key.key_id.hex(), _text(signed))
    return msgspec.json.encode(Envelope(payload_type, _text(payload), (signature,)))


def open_payload(data: bytes, payload_type: str, ring: KeyRing) -> tuple[bytes, bytes]:
    """The payload of an envelope that a key of the ring signed, and that key's id.

    Raises:
        MessageInvalid: it is no envelope, or holds another type.
        SignatureInvalid: no key of the ring signed it.
    """
    envelope = _read(data)
    if envelope.payloadType != payload_type:
        raise MessageInvalid("the envelope holds another type of payload")
    payload = _bytes(envelope.payload)
    for signature in envelope.signatures:
        known = ring.key(_hex(signature.keyid))
        if known is not None:
            known.key.verify_typed(payload_type, payload, _bytes(signature.sig))
            return payload, known.key.key_id
    raise SignatureInvalid("signed with a key that is not known")


def payload_of(data: bytes) -> bytes:
    """The payload of an envelope, whoever signed it.

    Raises:
        MessageInvalid: it is no envelope.
    """
    return _bytes(_read(data).payload)


def _read(data: bytes) -> Envelope:
    if len(data) > ENVELOPE_MAX_BYTES:
        raise MessageInvalid("an envelope larger than is allowed")
    try:
        return decoder_of(Envelope).decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MessageInvalid("this is no envelope") from error


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    """Both alphabets of base64 are allowed by the standard."""
    try:
        return base64.b64decode(text.translate(_STANDARD), validate=True)
    except (binascii.Error, ValueError) as error:
        raise MessageInvalid("something in the envelope is not base64") from error


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


_STANDARD = str.maketrans("-_", "+/")
