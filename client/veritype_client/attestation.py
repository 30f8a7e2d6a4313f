"""Checks attestations offline; needs the extra `[attestation]`. `docs/attestation.md` has the form.

An attestation is a DSSE envelope around an in-toto Statement, signed with Ed25519 by a key that the
server publishes. Keep the published keys when you first trust the server: whoever asks the server
for its keys at each check learns only that the server agrees with itself.
"""

import base64
import binascii
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from veritype_client.errors import SignatureInvalid

PAYLOAD_TYPE = "application/vnd.in-toto+json"
PREDICATE_TYPE = "urn:veritype:submission-attestation:v1"


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


class _Keys(msgspec.Struct, frozen=True):
    keys: list[_Key]


_ENVELOPE = msgspec.json.Decoder(_Envelope)
_KEYS = msgspec.json.Decoder(_Keys)


def verify(attestation: bytes, keys: bytes) -> dict[str, Any]:
    """The in-toto Statement of an attestation that one of these keys signed.

    Args:
        attestation: as `Platform.attestation` gave it.
        keys: as `Platform.published_keys` gave them, when you first trusted the server.

    Raises:
        SignatureInvalid: it is none, was changed, or none of these keys signed it.
    """
    try:
        envelope, known = _ENVELOPE.decode(attestation), _KEYS.decode(keys)
        payload = base64.b64decode(envelope.payload, validate=True)
        signed = _pae(envelope.payloadType, payload)
        if not any(
            _signed_by(known, each.keyid, base64.b64decode(each.sig, validate=True), signed)
            for each in envelope.signatures
        ):
            raise SignatureInvalid("none of these keys signed this attestation")
        statement = msgspec.json.decode(payload, type=dict[str, Any])
    except (msgspec.DecodeError, binascii.Error, UnicodeError) as error:
        raise SignatureInvalid("this is no attestation, or these are no keys") from error
    if (envelope.payloadType, statement.get("predicateType")) != (PAYLOAD_TYPE, PREDICATE_TYPE):
        raise SignatureInvalid("this attests something else than a submission")
    return statement


def _pae(payload_type: str, payload: bytes) -> bytes:
    """What DSSE signs: the type and the payload, each behind its length."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def _signed_by(keys: _Keys, key_id: str, signature: bytes, signed: bytes) -> bool:
    for key in keys.keys:
        if key.key_id == key_id:
            try:
                public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key.public_key))
                public.verify(signature, signed)
            except (ValueError, InvalidSignature):
                continue
            return True
    return False
