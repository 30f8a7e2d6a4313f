"""Each bad batch gets one documented problem, and leaves nothing behind."""

import secrets
from collections.abc import Iterator

import httpx
import msgspec
import pytest

from tests.server.device import Chain
from tests.server.house import House
from tests.server.kinds import NewDevice, ProblemOf, Refused, Typing
from wire import limits
from wire.batch import seal
from wire.body import body_of
from wire.chain import derive_nonce
from wire.messages import Acknowledgement
from wire.problems import Problem, ProblemCode
from wire.signing import SigningKey


@pytest.fixture
def refused(house: House, chain: Chain, problem: ProblemOf) -> Refused:
    """Checks that an answer is this refusal and that nothing was stored."""

    def check(answer: httpx.Response, code: ProblemCode, status: int, stored: int = 0) -> Problem:
        found = problem(answer)
        assert (found.code, found.status) == (code, status)
        assert house.rows("batches") == stored
        entry = house.own.session(chain.session)
        assert entry is not None
        assert house.own.head(entry.row).sequence == stored - 1
        assert house.rows("scoring_jobs") == 0
        return found

    return check


def flip(data: bytes, at: int) -> bytes:
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


def test_without_a_token(chain: Chain, client: httpx.Client, refused: Refused) -> None:
    answer = client.post("/agent/v1/batches", content=chain.seal().sealed)
    refused(answer, ProblemCode.UNAUTHENTICATED, 401)
    assert answer.headers["www-authenticate"] == "Bearer"


def test_with_a_token_of_nobody(chain: Chain, client: httpx.Client, refused: Refused) -> None:
    fields = {"authorization": "Bearer vtd_nobody"}
    answer = client.post("/agent/v1/batches", content=chain.seal().sealed, headers=fields)
    refused(answer, ProblemCode.UNAUTHENTICATED, 401)


@pytest.mark.parametrize("body", [b"", b"VTB1", b"{}", secrets.token_bytes(400)])
def test_bytes_that_are_no_batch(chain: Chain, refused: Refused, body: bytes) -> None:
    refused(chain.device.post(body), ProblemCode.MALFORMED, 400)


def test_header_flipped(chain: Chain, refused: Refused) -> None:
    answer = chain.device.post(flip(chain.seal().sealed, 12))
    assert answer.status_code in (400, 403, 404)
    refused(answer, ProblemCode(answer.json()["type"].rsplit(":", 1)[1]), answer.status_code)


def test_body_flipped_breaks_the_signature(chain: Chain, typing: Typing, refused: Refused) -> None:
    sealed = chain.seal(typing(0, 50)).sealed
    refused(chain.device.post(flip(sealed, -80)), ProblemCode.SIGNATURE_INVALID, 403)


def test_signature_flipped(chain: Chain, refused: Refused) -> None:
    answer = chain.device.post(flip(chain.seal().sealed, -1))
    refused(answer, ProblemCode.SIGNATURE_INVALID, 403)


def test_digest_field_that_is_another(chain: Chain, refused: Refused) -> None:
    fields = {"veritype-digest": "0" * 64}
    answer = chain.device.post(chain.seal().sealed, **fields)
    refused(answer, ProblemCode.DIGEST_MISMATCH, 400)


def test_digest_field_that_holds(chain: Chain) -> None:
    envelope = chain.seal()
    answer = chain.device.post(envelope.sealed, **{"veritype-digest": envelope.digest.hex()})
    assert answer.status_code == 200


@pytest.mark.parametrize("kind", ["application/json", "text/plain; charset=utf-8", "image/png"])
def test_a_body_that_says_it_is_something_else(chain: Chain, refused: Refused, kind: str) -> None:
    answer = chain.device.post(chain.seal().sealed, **{"content-type": kind})
    refused(answer, ProblemCode.UNSUPPORTED_MEDIA_TYPE, 415)


def test_a_kind_in_another_case_or_with_parameters_is_the_same_kind(chain: Chain) -> None:
    kind = "Application/VND.veritype.batch; v=1"
    answer = chain.device.post(chain.seal().sealed, **{"content-type": kind})
    assert answer.status_code == 200


def test_a_message_that_says_it_is_something_else(chain: Chain, problem: ProblemOf) -> None:
    device = chain.device
    fields = device.auth | {"content-type": "application/x-www-form-urlencoded"}
    answer = device.online.post("/agent/v1/sessions", content=b"{}", headers=fields)
    assert problem(answer).code is ProblemCode.UNSUPPORTED_MEDIA_TYPE
    assert answer.status_code == 415


def test_declared_size_over_the_limit(chain: Chain, refused: Refused) -> None:
    answer = chain.device.post(b"x" * (limits.BATCH_MAX_BYTES + 1))
    refused(answer, ProblemCode.TOO_LARGE, 413)


def test_streamed_size_over_the_limit(chain: Chain, client: httpx.Client, refused: Refused) -> None:
    def stream() -> Iterator[bytes]:
        for _ in range(limits.BATCH_MAX_BYTES // 1024 + 2):
            yield b"x" * 1024

    answer = client.post("/agent/v1/batches", content=stream(), headers=chain.device.auth)
    refused(answer, ProblemCode.TOO_LARGE, 413)


def test_sealed_with_another_key(chain: Chain, refused: Refused) -> None:
    forged = seal(chain.header(), body_of(()), SigningKey.generate())
    refused(chain.device.post(forged.sealed), ProblemCode.SIGNATURE_INVALID, 403)


def test_sealed_with_another_key_that_says_so(chain: Chain, refused: Refused) -> None:
    key = SigningKey.generate()
    forged = seal(chain.header(key_id=key.verify_key.key_id), body_of(()), key)
    refused(chain.device.post(forged.sealed), ProblemCode.SIGNATURE_INVALID, 403)


def test_sent_with_another_devices_token(
    chain: Chain, new_device: NewDevice, refused: Refused
) -> None:
    answer = new_device().post(chain.seal().sealed)
    refused(answer, ProblemCode.WRONG_DEVICE, 403)


def test_other_device_signs_for_this_session(
    chain: Chain, new_device: NewDevice, house: House, refused: Refused
) -> None:
    other = new_device(house.other)
    header = chain.header(device=other.enrolled.device, key_id=other.key.verify_key.key_id)
    answer = other.post(seal(header, body_of(()), other.key).sealed)
    refused(answer, ProblemCode.WRONG_DEVICE, 403)


def test_unknown_session(chain: Chain, refused: Refused) -> None:
    answer = chain.device.post(chain.seal(session=secrets.token_bytes(16)).sealed)
    refused(answer, ProblemCode.UNKNOWN_SESSION, 404)


def test_nonce_made_up(chain: Chain, refused: Refused) -> None:
    answer = chain.device.post(chain.seal(nonce=secrets.token_bytes(16)).sealed)
    refused(answer, ProblemCode.UNKNOWN_NONCE, 403)


def test_nonce_of_another_session(chain: Chain, refused: Refused) -> None:
    other = chain.device.clock_in()
    refused(chain.device.post(chain.seal(nonce=other.nonce).sealed), ProblemCode.UNKNOWN_NONCE, 403)


def test_nonce_derived_with_a_guessed_secret(chain: Chain, refused: Refused) -> None:
    nonce = derive_nonce(bytes(32), chain.session, -1)
    refused(chain.device.post(chain.seal(nonce=nonce).sealed), ProblemCode.UNKNOWN_NONCE, 403)


def test_time_beyond_any_session(chain: Chain, refused: Refused) -> None:
    far = chain.seal(start_us=1 << 61, end_us=1 << 61)
    refused(chain.device.post(far.sealed), ProblemCode.INVALID_REQUEST, 400)
    month_us = 31 * 24 * 3600 * 1_000_000
    late = chain.seal(start_us=month_us, end_us=month_us + 1)
    refused(chain.device.post(late.sealed), ProblemCode.INVALID_REQUEST, 400)
    chain.send(start_us=month_us, end_us=month_us)


def test_out_of_order_names_what_is_expected(chain: Chain, refused: Refused) -> None:
    chain.send()
    ahead = chain.seal(sequence=5, previous=secrets.token_bytes(32))
    found = refused(chain.device.post(ahead.sealed), ProblemCode.OUT_OF_ORDER, 409, stored=1)
    assert found.expected_sequence == 1


def test_continuing_another_chain(chain: Chain, refused: Refused) -> None:
    chain.send()
    fork = chain.seal(previous=secrets.token_bytes(32))
    refused(chain.device.post(fork.sealed), ProblemCode.OUT_OF_ORDER, 409, stored=1)


def test_another_batch_of_a_stored_number(chain: Chain, typing: Typing, refused: Refused) -> None:
    first = chain.seal()
    again = chain.seal(typing(0, 3))
    chain.accept(first, chain.device.post(first.sealed))
    refused(chain.device.post(again.sealed), ProblemCode.OUT_OF_ORDER, 409, stored=1)


def test_after_the_session_was_closed(house: House, chain: Chain, problem: ProblemOf) -> None:
    chain.send(final=True)
    found = problem(chain.device.post(chain.seal().sealed))
    assert found.code is ProblemCode.OUT_OF_ORDER
    assert found.expected_sequence is None
    assert house.rows("batches") == 1


def test_sent_twice_is_stored_once_with_the_same_receipt(house: House, chain: Chain) -> None:
    envelopes, receipts = [], []
    for _ in range(3):
        envelope = chain.seal()
        answer = chain.device.post(envelope.sealed)
        chain.accept(envelope, answer)
        envelopes.append(envelope)
        receipts.append(answer.content)
    again = [chain.device.post(envelope.sealed).content for envelope in envelopes]
    assert again == receipts
    assert house.rows("batches") == 3


def test_receipt_verifies_offline(chain: Chain) -> None:
    receipt = chain.send()
    receipt.verify(chain.device.server_key)
    assert isinstance(receipt, Acknowledgement)


def test_other_methods(chain: Chain, client: httpx.Client, refused: Refused) -> None:
    answer = client.get("/agent/v1/batches", headers=chain.device.auth)
    refused(answer, ProblemCode.METHOD_NOT_ALLOWED, 405)


def test_refusal_repeats_nothing_that_was_sent(chain: Chain) -> None:
    secret = b"typed-secret-of-somebody"
    answer = chain.device.post(secret, **{"veritype-digest": secret.decode()})
    assert secret not in answer.content
    assert set(msgspec.json.decode(answer.content)) == {"type", "title", "status", "detail"}
