import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.builders import KEY
from wire import limits
from wire.errors import MessageInvalid, SignatureInvalid
from wire.messages import (
    Acknowledgement,
    ConsentRequest,
    EnrolmentRequest,
    SessionRequest,
    acknowledge,
    decode_message,
    encode_message,
)
from wire.problems import Problem, ProblemCode, problem
from wire.signing import SigningKey

REQUEST = SessionRequest(b"s" * 16, b"p" * 16, 1, "0.1.0")


def receipt() -> Acknowledgement:
    return acknowledge(
        session=b"s" * 16,
        sequence=7,
        digest=b"d" * 32,
        received_us=1_700_000_000_000_000,
        nonce=b"n" * 16,
        policy_version=1,
        key=KEY,
    )


def test_a_message_round_trips() -> None:
    assert decode_message(encode_message(REQUEST), SessionRequest) == REQUEST


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_raise_message_invalid(data: bytes) -> None:
    with pytest.raises(MessageInvalid):
        decode_message(data, EnrolmentRequest)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"project":"AA==","policy_version":1,"policy_digest":"AA=="}',
        b"[" * 100_000,
        b"\xff\xfe",
        b'"' + b"x" * limits.MESSAGE_MAX_BYTES + b'"',
    ],
)
def test_a_bad_message_has_one_error(data: bytes) -> None:
    with pytest.raises(MessageInvalid):
        decode_message(data, ConsentRequest)


def test_an_error_never_repeats_what_was_sent() -> None:
    with pytest.raises(MessageInvalid) as invalid:
        decode_message(b'{"code": 5, "public_key": "hunter2"}', EnrolmentRequest)
    assert "hunter2" not in str(invalid.value)


def test_unknown_fields_of_a_newer_server_are_no_error_for_the_agent() -> None:
    newer = msgspec.json.decode(encode_message(receipt())) | {"added_later": 1}
    assert decode_message(msgspec.json.encode(newer), Acknowledgement) == receipt()


def test_a_receipt_verifies_offline_and_a_changed_one_does_not() -> None:
    receipt().verify(KEY.verify_key)
    for changes in (
        {"sequence": 8},
        {"digest": b"e" * 32},
        {"received_us": 1},
        {"session": b"t" * 16},
    ):
        with pytest.raises(SignatureInvalid):
            msgspec.structs.replace(receipt(), **changes).verify(KEY.verify_key)
    with pytest.raises(SignatureInvalid):
        receipt().verify(SigningKey.generate().verify_key)


@pytest.mark.parametrize("field", ["sequence", "received_us", "policy_version"])
@pytest.mark.parametrize("number", [-1, 1 << 62, 1 << 64, 10**30])
def test_a_receipt_with_a_number_out_of_bounds_is_invalid(field: str, number: int) -> None:
    document = json.loads(encode_message(receipt())) | {field: number}
    with pytest.raises(MessageInvalid):
        decode_message(json.dumps(document).encode(), Acknowledgement)


def test_a_signature_for_one_purpose_does_not_hold_for_another() -> None:
    with pytest.raises(SignatureInvalid):
        KEY.verify_key.verify(b"domain b", b"message", KEY.sign(b"domain a", b"message"))


def test_a_signing_key_shows_no_secret_as_text() -> None:
    shown = f"{KEY} {KEY!r}"
    assert KEY.secret_bytes().hex() not in shown
    assert "not shown" in shown


def test_a_problem_names_its_code_and_a_foreign_one_has_none() -> None:
    answer = problem(ProblemCode.OUT_OF_ORDER, 409, "send batch 3", expected_sequence=3)
    again = decode_message(encode_message(answer), Problem)
    assert again.code is ProblemCode.OUT_OF_ORDER
    assert again.expected_sequence == 3
    assert Problem("about:blank", "Not Found", 404).code is None
