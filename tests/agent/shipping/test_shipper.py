import msgspec
import pytest

from agent.shipping import shipper as shipper_module
from agent.shipping.shipper import (
    Acknowledged,
    FetchKeys,
    FetchRules,
    GivenUp,
    Kept,
    KeyUnknown,
    NoticeTaken,
    ObjectRefused,
    ObjectStored,
    Opened,
    OpeningRefused,
    OpenSession,
    Realign,
    Refused,
    RulesAnswered,
    SendBatch,
    SendNotice,
    Shipper,
    UploadObject,
    Wait,
    Waiting,
)
from agent.shipping.transport import Answer
from agent.spool.rows import BatchRow, BlankingRow, ObjectRow, SessionRow
from wire.chain import ChainHead
from wire.messages import (
    Acknowledgement,
    ProjectOffer,
    Projects,
    SessionGrant,
    acknowledge,
    encode_message,
)
from wire.policy import Policy
from wire.problems import CONTENT_TYPE, ProblemCode, problem
from wire.signing import SigningKey

SERVER = SigningKey.generate()
BATCH = BatchRow(b"s" * 16, 4, b"D" * 32, b"sealed")
OPENING = SessionRow(b"s" * 16, b"p" * 16, 1, None, None, -1, ChainHead(), 0, "")
PICTURE = ObjectRow(b"S" * 16, b"O" * 32, b"picture")
NOTICE = BlankingRow(1, b"s" * 16, 1, b"d" * 32, bytes(32), 5)


def shipper(draw: float = 0.5) -> Shipper:
    return Shipper(SERVER.verify_key, draw=lambda: draw)


def receipt(key: SigningKey = SERVER, **changed: object) -> Answer:
    values: dict[str, object] = {
        "session": BATCH.session,
        "sequence": BATCH.sequence,
        "digest": BATCH.digest,
        "received_us": 5,
        "nonce": b"n" * 16,
        "policy_version": 1,
    }
    message = acknowledge(**{**values, **changed}, key=key)  # type: ignore[arg-type]
    return Answer(200, encode_message(message), "application/json")


def forged() -> Answer:
    """Under the server's key id, and not by its key."""
    message = msgspec.json.decode(receipt(SigningKey.generate()).body, type=Acknowledgement)
    claimed = msgspec.structs.replace(message, server_key_id=SERVER.verify_key.key_id)
    return Answer(200, encode_message(claimed), "application/json")


def refusal(code: ProblemCode, status: int, expected: int | None = None) -> Answer:
    document = problem(code, status, "because", expected)
    return Answer(status, msgspec.json.encode(document), CONTENT_TYPE)


def test_openings_go_before_batches_and_batches_before_pictures() -> None:
    ship = shipper()
    assert ship.decide(Waiting(OPENING, BATCH, NOTICE, PICTURE), 0) == OpenSession(OPENING)
    assert ship.decide(Waiting(None, BATCH, NOTICE, PICTURE), 0) == SendBatch(BATCH)
    assert ship.decide(Waiting(None, None, NOTICE, PICTURE), 0) == SendNotice(NOTICE)
    assert ship.decide(Waiting(None, None, None, PICTURE), 0) == UploadObject(PICTURE)
    assert ship.decide(Waiting(), 0) == Wait(None)


def test_a_receipt_that_holds_lets_the_batch_go() -> None:
    outcome = shipper().answered(SendBatch(BATCH), receipt(), 0)
    assert isinstance(outcome, Acknowledged)


def test_a_receipt_of_an_unknown_key_asks_for_the_keys_and_backs_off() -> None:
    ship, later = shipper(), receipt(SigningKey.generate())
    for failures in range(1, 4):
        assert isinstance(ship.answered(SendBatch(BATCH), later, 0), KeyUnknown)
        assert ship.decide(Waiting(batch=BATCH), 0) == FetchKeys()
        assert isinstance(ship.answered(FetchKeys(), Answer(200, b'{"keys": []}'), 0), Kept)
        assert ship._failures == failures
        assert isinstance(ship.decide(Waiting(batch=BATCH), 0), Wait)


@pytest.mark.parametrize(
    "answer",
    [
        forged(),
        receipt(digest=b"E" * 32),
        receipt(sequence=5),
        receipt(session=b"t" * 16),
        Answer(200, b"", "application/json"),
        Answer(200, b"<html>captive portal</html>", "text/html"),
        Answer(200, receipt().body[:-20], "application/json"),
    ],
)
def test_a_receipt_that_does_not_hold_keeps_the_batch(answer: Answer) -> None:
    ship = shipper()
    outcome = ship.answered(SendBatch(BATCH), answer, 0)
    assert isinstance(outcome, Kept)
    assert ship.last_error


@pytest.mark.parametrize(
    "answer",
    [
        Answer(failure="The server cannot be reached."),
        Answer(500, b"oops", "text/html"),
        Answer(502),
        Answer(404, b"a proxy's page", "text/html"),
        Answer(413, b"a proxy's page", "text/html"),
        Answer(400, b"{}", CONTENT_TYPE),
        Answer(302),
        refusal(ProblemCode.INTERNAL, 500),
        refusal(ProblemCode.OVERLOADED, 503),
        refusal(ProblemCode.UNAUTHENTICATED, 401),
        refusal(ProblemCode.CONSENT_MISSING, 403),
    ],
)
def test_any_other_trouble_keeps_the_batch_and_says_so(answer: Answer) -> None:
    ship = shipper()
    assert isinstance(ship.answered(SendBatch(BATCH), answer, 0), Kept)
    assert ship.last_error.endswith(".") or ":" in ship.last_error
    assert isinstance(ship.decide(Waiting(batch=BATCH), 0), Wait)


@pytest.mark.parametrize(
    "code",
    [
        ProblemCode.MALFORMED,
        ProblemCode.TOO_LARGE,
        ProblemCode.SIGNATURE_INVALID,
        ProblemCode.UNKNOWN_NONCE,
    ],
)
def test_a_batch_refused_for_good_is_put_aside(code: ProblemCode) -> None:
    ship = shipper()
    assert isinstance(ship.answered(SendBatch(BATCH), refusal(code, 422), 0), Refused)
    assert "422" in ship.last_error


@pytest.mark.parametrize("code", [ProblemCode.UNKNOWN_SESSION, ProblemCode.WRONG_DEVICE])
def test_a_session_refused_for_good_is_given_up(code: ProblemCode) -> None:
    outcome = shipper().answered(SendBatch(BATCH), refusal(code, 404), 0)
    assert isinstance(outcome, GivenUp)


def test_out_of_order_goes_on_from_the_expected_number_but_not_for_ever() -> None:
    ship = shipper()
    answer = refusal(ProblemCode.OUT_OF_ORDER, 409, 2)
    outcomes = [ship.answered(SendBatch(BATCH), answer, 0) for _ in range(4)]
    assert outcomes[:3] == [Realign(BATCH.session, 2)] * 3
    assert isinstance(outcomes[3], GivenUp)


def test_waits_grow_with_full_jitter_up_to_the_cap_and_end_with_success() -> None:
    waits = []
    ship = Shipper(SERVER.verify_key, cap_s=60, draw=lambda: 1.0)
    now = 0.0
    for _ in range(9):
        ship.answered(SendBatch(BATCH), Answer(failure="down"), now)
        action = ship.decide(Waiting(batch=BATCH), now)
        assert isinstance(action, Wait)
        assert action.seconds is not None
        waits.append(action.seconds)
        now += action.seconds
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    ship.answered(SendBatch(BATCH), receipt(), now)
    assert ship.decide(Waiting(batch=BATCH), now) == SendBatch(BATCH)
    assert ship.last_error == ""


def test_retry_after_is_honoured() -> None:
    ship = shipper()
    ship.answered(SendBatch(BATCH), Answer(503, retry_after_s=90), 100.0)
    assert ship.decide(Waiting(batch=BATCH), 100.0) == Wait(90.0)


def test_a_server_in_trouble_does_not_refuse_an_opening_for_good() -> None:
    ship = shipper()
    assert isinstance(ship.answered(OpenSession(OPENING), Answer(500), 0), Kept)
    refused = ship.answered(OpenSession(OPENING), refusal(ProblemCode.CONSENT_MISSING, 403), 0)
    assert isinstance(refused, OpeningRefused)
    grant = Answer(200, encode_message(SessionGrant(OPENING.session, b"n" * 16, 1)))
    assert isinstance(ship.answered(OpenSession(OPENING), grant, 0), Opened)
    other = Answer(200, encode_message(SessionGrant(b"x" * 16, b"n" * 16, 1)))
    assert isinstance(ship.answered(OpenSession(OPENING), other, 0), Kept)


def test_pictures_are_kept_stored_or_refused() -> None:
    ship = shipper()
    assert isinstance(ship.answered(UploadObject(PICTURE), Answer(201), 0), ObjectStored)
    assert isinstance(ship.answered(UploadObject(PICTURE), Answer(500), 0), Kept)
    for code in (ProblemCode.TOO_LARGE, ProblemCode.UNKNOWN_SESSION, ProblemCode.WRONG_DEVICE):
        answer = refusal(code, 404)
        assert isinstance(ship.answered(UploadObject(PICTURE), answer, 0), ObjectRefused)


def test_the_servers_words_cannot_redraw_a_terminal() -> None:
    document = problem(ProblemCode.MALFORMED, 400, "\x1b[2J gone" + "x" * 10_000)
    ship = shipper()
    ship.answered(SendBatch(BATCH), Answer(400, msgspec.json.encode(document), CONTENT_TYPE), 0)
    assert "\x1b" not in ship.last_error
    assert len(ship.last_error) < 400


@pytest.mark.parametrize("changed", [{"sequence": -1}, {"sequence": 1 << 70}, {"received_us": -1}])
def test_a_receipt_with_an_impossible_number_keeps_the_batch(
    changed: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    good = msgspec.json.decode(receipt().body, type=Acknowledgement)
    bad = msgspec.structs.replace(good, **changed)
    monkeypatch.setattr(shipper_module, "decode_message", lambda *_: bad)
    assert isinstance(shipper().answered(SendBatch(BATCH), receipt(), 0), Kept)


def test_a_blanking_is_told_again_until_the_server_says_something_final() -> None:
    ship = shipper()
    sending = SendNotice(NOTICE)
    assert isinstance(ship.answered(sending, Answer(0, failure="no answer"), 0), Kept)
    assert isinstance(ship.answered(sending, refusal(ProblemCode.OVERLOADED, 503), 0), Kept)
    for answer in (Answer(201), Answer(200), refusal(ProblemCode.NOT_FOUND, 404)):
        assert ship.answered(sending, answer, 0) == NoticeTaken(NOTICE)


def barred(code: ProblemCode, status: int) -> Answer:
    return Answer(status, msgspec.json.encode(problem(code, status, "No more.")), CONTENT_TYPE)


REVOKED = barred(ProblemCode.DEVICE_REVOKED, 401)
REMOVED = barred(ProblemCode.PERSON_REMOVED, 403)


@pytest.mark.parametrize("sending", [SendBatch(BATCH), UploadObject(PICTURE), SendNotice(NOTICE)])
def test_a_revoked_device_keeps_everything_and_asks_again_after_an_hour(
    sending: SendBatch | UploadObject | SendNotice,
) -> None:
    machine = shipper()
    waiting = Waiting(batch=BATCH, object=PICTURE)
    assert isinstance(machine.answered(sending, REVOKED, 10.0), Kept)
    assert "No more." in machine.barred
    machine.retry_now()
    assert machine.decide(waiting, 11.0) == Wait(3599.0)
    assert machine.decide(waiting, 3610.0) == SendBatch(BATCH)


def test_work_of_a_removed_person_waits_and_what_belongs_to_work_of_before_still_goes() -> None:
    machine = shipper()
    assert isinstance(machine.answered(SendBatch(BATCH), REMOVED, 10.0), Kept)
    assert machine.barred
    assert machine.decide(Waiting(batch=BATCH, object=PICTURE), 11.0) == UploadObject(PICTURE)
    machine.answered(UploadObject(PICTURE), Answer(201), 11.0)
    assert machine.barred
    assert machine.decide(Waiting(batch=BATCH), 11.0) == Wait(3599.0)
    assert machine.decide(Waiting(batch=BATCH), 3610.0) == SendBatch(BATCH)
    machine.answered(SendBatch(BATCH), receipt(), 3610.0)
    assert not machine.barred
    assert machine.decide(Waiting(batch=BATCH), 3611.0) == SendBatch(BATCH)


@pytest.mark.parametrize("answer", [REVOKED, REMOVED])
def test_a_trainer_who_clocks_in_anew_is_answered_at_once(answer: Answer) -> None:
    machine = shipper()
    machine.answered(SendBatch(BATCH), REVOKED, 10.0)
    assert machine.decide(Waiting(opening=OPENING, batch=BATCH), 11.0) == OpenSession(OPENING)
    refused = machine.answered(OpenSession(OPENING), answer, 11.0)
    assert isinstance(refused, OpeningRefused)
    assert isinstance(machine.decide(Waiting(batch=BATCH), 12.0), Wait)


def test_new_rules_are_fetched_once_when_an_acknowledgement_names_them() -> None:
    machine = shipper()
    grant = SessionGrant(OPENING.session, bytes(16), 1)
    opened = Answer(200, encode_message(grant), "application/json")
    machine.answered(OpenSession(OPENING), opened, 0.0)
    machine.answered(SendBatch(BATCH), receipt(policy_version=1), 1.0)
    assert machine.decide(Waiting(object=PICTURE), 2.0) == UploadObject(PICTURE)
    machine.answered(SendBatch(BATCH), receipt(policy_version=2), 3.0)
    assert machine.decide(Waiting(batch=BATCH), 4.0) == SendBatch(BATCH)
    assert machine.decide(Waiting(object=PICTURE), 4.0) == FetchRules()
    offer = ProjectOffer(b"p" * 16, "P", Policy(2, ()), 1, True)
    found = Answer(200, encode_message(Projects((offer,))), "application/json")
    assert machine.answered(FetchRules(), found, 5.0) == RulesAnswered((offer,))
    assert machine.offers == (offer,)
    assert machine.decide(Waiting(object=PICTURE), 6.0) == UploadObject(PICTURE)


@pytest.mark.parametrize("answer", [Answer(500), Answer(200, b"{"), Answer(failure="gone")])
def test_rules_that_cannot_be_fetched_hold_nothing_up(answer: Answer) -> None:
    machine = shipper()
    assert machine.answered(FetchRules(), answer, 5.0) == RulesAnswered(())
    assert machine.decide(Waiting(batch=BATCH), 6.0) == SendBatch(BATCH)
