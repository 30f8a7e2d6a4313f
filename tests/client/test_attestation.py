"""An attestation is taken only as one of the keys signed it."""

import hmac
import json
from typing import Any

import msgspec
import pytest
from veritype_client import SignatureInvalid
from veritype_client.attestation import verify

from wire.dsse import seal_payload
from wire.signing import SigningKey

KEY, OTHER = SigningKey(bytes(range(32))), SigningKey(bytes(32))
TYPE = "application/vnd.in-toto+json"
CLASSES_KEY = bytes(range(32))
DIGEST = hmac.digest(CLASSES_KEY, b"aaa aaa.\naaa", "sha256").hex()
STATEMENT: dict[str, Any] = {
    "_type": "https://in-toto.io/Statement/v1",
    "predicateType": "urn:veritype:submission-attestation:v1",
    "subject": [{"name": "task-4711", "digest": {"veritype-classes-hmac-sha256": DIGEST}}],
    "predicate": {
        "asked": {"classes_key": CLASSES_KEY.hex()},
        "answered": {"answer": "consistent", "at": "2026-12-01T10:00:00Z"},
    },
}


def signed(statement: object = STATEMENT, key: SigningKey = KEY, kind: str = TYPE) -> bytes:
    return seal_payload(key, kind, msgspec.json.encode(statement))


def keys(valid_until: str | None = None) -> bytes:
    public = {"key_id": KEY.verify_key.key_id.hex(), "public_key": KEY.verify_key.raw.hex()}
    return json.dumps({"keys": [public | {"valid_until": valid_until}]}).encode()


def test_what_the_server_signed_is_taken() -> None:
    assert verify(signed(), keys(), "task-4711") == STATEMENT
    assert verify(signed(), keys("2026-12-01T09:30:00Z")) == STATEMENT
    assert verify(signed(), keys(), text="The cat.\r\nSat") == STATEMENT


def changed(**fields: Any) -> bytes:
    envelope = json.loads(signed())
    return json.dumps(envelope | fields).encode()


@pytest.mark.parametrize(
    "attestation",
    [
        signed(key=OTHER),
        changed(payload=json.loads(signed({"a": 1}))["payload"]),
        changed(payloadType="text/plain"),
        changed(signatures=[]),
        changed(payload="no base64!"),
        signed(kind="text/plain"),
        signed(STATEMENT | {"predicateType": "another"}),
        signed({}),
        b"{}",
        b"\xff",
    ],
)
def test_anything_else_is_refused(attestation: bytes) -> None:
    with pytest.raises(SignatureInvalid):
        verify(attestation, keys())


def test_a_key_that_was_replaced_and_another_submission_or_text_are_refused() -> None:
    with pytest.raises(SignatureInvalid, match="in force"):
        verify(signed(), keys("2026-12-01T08:59:59Z"))
    with pytest.raises(SignatureInvalid, match="another submission"):
        verify(signed(), keys(), "task-4712")
    with pytest.raises(SignatureInvalid, match="another text"):
        verify(signed(), keys(), "task-4711", "The cat. Sat")
    unkeyed = STATEMENT | {
        "predicate": STATEMENT["predicate"] | {"asked": {"classes_key": "no hex"}}
    }
    with pytest.raises(SignatureInvalid, match="without a key"):
        verify(signed(unkeyed), keys(), text="The cat")
    with pytest.raises(SignatureInvalid):
        verify(signed(), b"[]")
