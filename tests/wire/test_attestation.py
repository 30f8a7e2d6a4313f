"""Statements in envelopes: what holds, and everything that does not."""

import base64
import json
from typing import Any

import msgspec
import pytest

from wire.attestation import (
    PAYLOAD_TYPE,
    Answered,
    Asked,
    Observed,
    Predicate,
    Statement,
    Versions,
    classes_digest,
    is_about,
    payload_digest,
    read_attestation,
    sign_statement,
    statement_of,
)
from wire.dsse import ENVELOPE_MAX_BYTES, seal_payload
from wire.errors import MessageInvalid, SignatureInvalid, WireError
from wire.server_keys import KeyRing, hand_over
from wire.signing import SigningKey, pre_authentication
from wire.textclass import classes_of

OLD, NEW = SigningKey(bytes(range(32))), SigningKey(bytes(range(1, 33)))
RING = KeyRing(OLD.verify_key)
SECRET = bytes(range(32))
TEXT = "One word, and 2."
AT = "2026-12-01T08:00:00.000Z"
AT_US = 1_796_112_000_000_000


def statement(key: SigningKey = OLD, at: str = AT, **changes: Any) -> Statement:
    predicate = Predicate(
        issuer="Test",
        submission="00" * 16,
        number=1,
        supersedes=None,
        asked=Asked(AT, "00" * 16, (), len(TEXT), SECRET.hex()),
        observed=Observed(1.0, len(TEXT), 0, 0, 0),
        answered=Answered("consistent", at, "nobody", None, ()),
        versions=Versions(("m",), ("f",)),
        key_id=key.verify_key.key_id.hex(),
    )
    made = msgspec.structs.replace(predicate, **changes)
    return statement_of("task-1", classes_digest(SECRET, classes_of(TEXT)), made)


def test_what_was_signed_reads_as_it_was_and_is_about_its_text() -> None:
    signed = sign_statement(OLD, statement())
    found = read_attestation(signed, RING)
    assert found == statement()
    assert is_about(found, TEXT)
    assert is_about(found, "Two word, and 7.")
    assert not is_about(found, TEXT + " ")


def test_the_signature_covers_type_and_payload_as_the_standard_says() -> None:
    assert pre_authentication("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_no_other_signature_of_the_server_stands_for_one_of_these() -> None:
    payload = msgspec.json.encode(statement())
    receipt = OLD.sign(b"veritype receipt v1", pre_authentication(PAYLOAD_TYPE, payload))
    envelope = json.loads(sign_statement(OLD, statement()))
    envelope["signatures"][0]["sig"] = base64.b64encode(receipt).decode()
    with pytest.raises(SignatureInvalid):
        read_attestation(json.dumps(envelope).encode(), RING)
    typed = OLD.sign_typed(PAYLOAD_TYPE, payload)
    with pytest.raises(SignatureInvalid):
        OLD.verify_key.verify(b"veritype receipt v1", payload, typed)


def test_url_safe_base64_reads_too() -> None:
    envelope = json.loads(sign_statement(OLD, statement()))
    sig = envelope["signatures"][0]["sig"].replace("+", "-").replace("/", "_")
    envelope["signatures"][0]["sig"] = sig
    assert read_attestation(json.dumps(envelope).encode(), RING) == statement()


def test_earlier_and_later_keys_hold_after_a_rotation() -> None:
    handover = hand_over(OLD, NEW, AT_US)
    pinned_old, pinned_new = (KeyRing(key.verify_key, [handover]) for key in (OLD, NEW))
    for ring in (pinned_old, pinned_new):
        assert read_attestation(sign_statement(OLD, statement()), ring)
        assert read_attestation(sign_statement(NEW, statement(NEW)), ring)
    late = statement(at="2026-12-01T09:00:01.000Z")
    with pytest.raises(SignatureInvalid, match="out of use"):
        read_attestation(sign_statement(OLD, late), pinned_old)
    assert read_attestation(sign_statement(OLD, late), RING)
    no_time = statement(at="yesterday")
    with pytest.raises(MessageInvalid):
        read_attestation(sign_statement(OLD, no_time), pinned_old)


def test_a_key_that_signs_in_anothers_name_is_found_out() -> None:
    handover = hand_over(OLD, NEW, AT_US)
    with pytest.raises(SignatureInvalid, match="another key"):
        read_attestation(sign_statement(NEW, statement(OLD)), KeyRing(OLD.verify_key, [handover]))


@pytest.mark.parametrize(
    "payload",
    [b"", b"{}", b"[", b"\xff", b'{"_type": "https://in-toto.io/Statement/v1"}', b"[" * 50_000],
)
def test_what_is_signed_and_no_statement_is_refused(payload: bytes) -> None:
    with pytest.raises(MessageInvalid):
        read_attestation(seal_payload(OLD, PAYLOAD_TYPE, payload), RING)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"[" * 50_000,
        b"\xff",
        b'{"payloadType": "application/vnd.in-toto+json", "payload": "*", "signatures": []}',
        b'{"payloadType": "application/vnd.in-toto+json", "payload": "", "signatures": []}',
        b" " * (ENVELOPE_MAX_BYTES + 1),
        seal_payload(OLD, "application/json", b"{}"),
        seal_payload(NEW, PAYLOAD_TYPE, b"{}"),
    ],
)
def test_any_bytes_are_an_attestation_or_raise_the_one_error(data: bytes) -> None:
    with pytest.raises(WireError):
        read_attestation(data, RING)


def test_an_attestation_is_named_by_its_payload() -> None:
    first, second = sign_statement(OLD, statement()), sign_statement(NEW, statement())
    assert payload_digest(first) == payload_digest(second)
    assert payload_digest(first) != payload_digest(sign_statement(OLD, statement(number=2)))
