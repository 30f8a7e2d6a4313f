"""Enrolment, consent, sessions and objects, as a device meets them."""

import io
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import msgspec
import pytest
from PIL import Image

from server.operation.keys import hash_of, hash_of_code, new_pairing_code, new_token
from server.records import LateBlanking, Role, Scope
from server.services import agents
from tests.server.device import Chain, Device
from tests.server.house import House, browsing, serving
from tests.server.kinds import NewDevice, ProblemOf
from wire import limits
from wire.baseline import TypedKeys, TypingSample
from wire.codes import ObjectKind
from wire.messages import (
    BlankingNotice,
    ConsentRequest,
    SessionGrant,
    Withdrawal,
    encode_message,
    sign_blanking,
)
from wire.objects import object_digest
from wire.problems import Problem, ProblemCode


@pytest.fixture
def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (1, 2, 3)).save(out, "WEBP")
    return out.getvalue()


def refusal(problem: ProblemOf, answer: httpx.Response, code: ProblemCode, status: int) -> Problem:
    found = problem(answer)
    assert (found.code, found.status) == (code, status)
    return found


def test_pairing_code_works_once(house: House, client: httpx.Client, problem: ProblemOf) -> None:
    code = house.administration.pair("Tim Trainer")
    first, second = Device(client), Device(client)
    assert first.enrol(code.lower().replace("-", " ")).status_code == 200
    assert first.enrolled.person_name == "Tim Trainer"
    refusal(problem, second.enrol(code), ProblemCode.CODE_INVALID, 403)
    assert house.rows("devices") == 1


def test_pairing_code_gets_too_old(house: House, client: httpx.Client, problem: ProblemOf) -> None:
    code = new_pairing_code()
    house.own.add_pairing_code(hash_of_code(code), house.trainer.id, 1)
    refusal(problem, Device(client).enrol(code), ProblemCode.CODE_INVALID, 403)


def test_guessing_codes_is_slowed_down(client: httpx.Client, problem: ProblemOf) -> None:
    answers = [Device(client).enrol("AAAA-BBBB-CCCC") for _ in range(11)]
    assert {answer.status_code for answer in answers[:10]} == {403}
    refusal(problem, answers[10], ProblemCode.OVERLOADED, 429)
    assert int(answers[10].headers["retry-after"]) > 0


def test_two_devices_racing_on_one_code_get_one_enrolment(
    house: House, client: httpx.Client
) -> None:
    code = house.administration.pair("Tim Trainer")
    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(lambda _: Device(client).enrol(code).status_code, range(6)))
    assert sorted(statuses) == [200, 403, 403, 403, 403, 403]


def test_no_session_without_consent(
    house: House, new_device: NewDevice, problem: ProblemOf
) -> None:
    refusal(problem, new_device().open(), ProblemCode.CONSENT_MISSING, 403)
    assert house.rows("sessions") == 0


def test_consent_must_name_the_policy_in_force(
    new_device: NewDevice, client: httpx.Client, problem: ProblemOf
) -> None:
    device = new_device()
    offer = device.projects().projects[0]
    forged = ConsentRequest(offer.project, offer.policy.version, bytes(32))
    answer = client.post("/agent/v1/consents", content=encode_message(forged), headers=device.auth)
    refusal(problem, answer, ProblemCode.CONFLICT, 409)
    assert device.projects().projects[0].consented_version == 0


def test_consent_is_one_persons(new_device: NewDevice, house: House, problem: ProblemOf) -> None:
    new_device().consent()
    refusal(problem, new_device(house.other).open(), ProblemCode.CONSENT_MISSING, 403)


def test_policy_version_of_a_session_is_the_one_in_force(
    new_device: NewDevice, problem: ProblemOf
) -> None:
    device = new_device()
    device.consent()
    refusal(problem, device.open(policy_version=2), ProblemCode.CONSENT_MISSING, 403)


def test_opening_twice_grants_the_same_session(new_device: NewDevice, house: House) -> None:
    device = new_device()
    device.consent()
    session = secrets.token_bytes(16)
    first, second = device.open(session), device.open(session)
    assert first.content == second.content
    assert msgspec.json.decode(first.content, type=SessionGrant).session == session
    assert house.rows("sessions") == 1


def test_session_id_of_somebody_else_is_refused(
    chain: Chain, new_device: NewDevice, house: House, problem: ProblemOf
) -> None:
    thief = new_device(house.other)
    thief.consent()
    refusal(problem, thief.open(chain.session), ProblemCode.CONFLICT, 409)


def withdraw(device: Device, project: str | None = None) -> httpx.Response:
    name = project or device.projects().projects[0].project.hex()
    return device.online.delete(f"/agent/v1/consents/{name}", headers=device.auth)


def test_withdrawn_consent_opens_no_session_and_what_was_recorded_still_comes_in(
    chain: Chain, problem: ProblemOf
) -> None:
    device = chain.device
    first = withdraw(device)
    assert msgspec.json.decode(first.content, type=Withdrawal).withdrawn_us > 0
    assert withdraw(device).content == first.content
    assert device.projects().projects[0].consented_version == 0
    refusal(problem, device.open(), ProblemCode.CONSENT_MISSING, 403)
    chain.send(final=True)


def test_consent_can_be_given_again_for_the_same_version(
    chain: Chain, house: House, problem: ProblemOf
) -> None:
    device = chain.device
    withdraw(device)
    assert device.consent().status_code == 200
    assert device.open().status_code == 200
    assert (house.rows("consents"), house.rows("withdrawals")) == (2, 1)
    withdraw(device)
    refusal(problem, device.open(), ProblemCode.CONSENT_MISSING, 403)


def test_withdrawal_is_one_persons_and_of_a_project_that_is_there(
    chain: Chain, new_device: NewDevice, house: House, problem: ProblemOf
) -> None:
    other = new_device(house.other)
    other.consent()
    withdraw(other)
    assert chain.device.open().status_code == 200
    refusal(problem, withdraw(other, "A" * 32), ProblemCode.INVALID_REQUEST, 400)
    refusal(problem, withdraw(other, "a" * 32), ProblemCode.NOT_FOUND, 404)
    assert house.rows("withdrawals") == 1


@pytest.fixture
def demanding(house: House) -> Iterator[httpx.Client]:
    """A client of a server that asks for a newer agent."""
    (house.path / "server.toml").write_text(
        'agent_minimum_version = "0.2.0"\nagent_minimum_reason = "Older ones lose pictures."'
    )
    with serving(house.path) as address, browsing(address) as client:
        yield client


def test_older_agent_is_told_why_and_its_running_session_goes_on(
    chain: Chain, demanding: httpx.Client, problem: ProblemOf
) -> None:
    device = Device(demanding, chain.device.key, chain.device.enrolment)
    offered = device.projects()
    assert offered.minimum_agent_version == "0.2.0"
    found = refusal(problem, device.open(), ProblemCode.AGENT_TOO_OLD, 403)
    assert "Older ones lose pictures." in found.detail
    envelope = chain.seal(final=True)
    assert device.post(envelope.sealed).status_code == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"[" * 5000, b'{"session":"AAAA"}', b"\xff", b'{"x":"typed-secret"}'],
)
def test_bad_messages_name_no_value(
    new_device: NewDevice, client: httpx.Client, problem: ProblemOf, body: bytes
) -> None:
    device = new_device()
    answer = client.post("/agent/v1/sessions", content=body, headers=device.auth)
    refusal(problem, answer, ProblemCode.INVALID_REQUEST, 400)
    assert b"typed-secret" not in answer.content


def test_message_over_the_limit(
    new_device: NewDevice, client: httpx.Client, problem: ProblemOf
) -> None:
    body = b" " * (limits.MESSAGE_MAX_BYTES + 1)
    answer = client.post("/agent/v1/sessions", content=body, headers=new_device().auth)
    refusal(problem, answer, ProblemCode.TOO_LARGE, 413)


def test_object_is_stored_once(chain: Chain, house: House, picture: bytes) -> None:
    statuses = [chain.device.put(chain.session, picture).status_code for _ in range(2)]
    assert statuses == [201, 200]
    stored = house.installation.objects.get(1, object_digest(picture))
    assert stored == picture


@pytest.mark.parametrize(
    ("data", "digest", "code", "status"),
    [
        (b"words", "0" * 64, ProblemCode.DIGEST_MISMATCH, 400),
        (b"words", "..%2f" * 10, ProblemCode.NOT_FOUND, 404),
        (b"words", "A" * 64, ProblemCode.INVALID_REQUEST, 400),
        (b"<svg>\x00", None, ProblemCode.INVALID_REQUEST, 400),
        (b"MZ\x90\x00\xff", None, ProblemCode.INVALID_REQUEST, 400),
        (b"x" * (limits.NOTE_MAX_CHARS + 1), None, ProblemCode.INVALID_REQUEST, 400),
        (b"x" * (limits.OBJECT_MAX_BYTES + 1), None, ProblemCode.TOO_LARGE, 413),
    ],
)
def test_object_that_is_refused_leaves_nothing(
    chain: Chain,
    house: House,
    problem: ProblemOf,
    data: bytes,
    digest: str | None,
    code: ProblemCode,
    status: int,
) -> None:
    refusal(problem, chain.device.put(chain.session, data, digest), code, status)
    assert house.rows("objects") == 0
    assert not [path for path in (house.path / "objects").rglob("*") if path.is_file()]


def test_session_holds_so_many_bytes_of_objects(
    chain: Chain, picture: bytes, problem: ProblemOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents, "_SESSION_OBJECTS_MAX_BYTES", len(picture) + 1)
    assert chain.device.put(chain.session, picture).status_code == 201
    refusal(problem, chain.device.put(chain.session, b"note"), ProblemCode.TOO_LARGE, 413)
    assert chain.device.put(chain.session, picture).status_code == 200


def test_session_that_ended_long_ago_takes_no_objects(
    chain: Chain, house: House, picture: bytes, problem: ProblemOf
) -> None:
    chain.send(final=True)
    assert chain.device.put(chain.session, picture).status_code == 201
    with house.installation.store._writing.begin() as connection:
        week_us = 7 * 24 * 3600 * 1_000_000
        connection.exec_driver_sql("UPDATE heads SET received_us = received_us - ?", (week_us,))
    refusal(problem, chain.device.put(chain.session, b"note"), ProblemCode.INVALID_REQUEST, 400)


def test_object_of_another_devices_session(
    chain: Chain, new_device: NewDevice, house: House, picture: bytes, problem: ProblemOf
) -> None:
    thief = new_device(house.other)
    refusal(problem, thief.put(chain.session, picture), ProblemCode.WRONG_DEVICE, 403)
    unknown = secrets.token_bytes(16)
    refusal(problem, thief.put(unknown, picture), ProblemCode.UNKNOWN_SESSION, 404)


def test_another_organisation_sees_and_reaches_nothing(
    chain: Chain, house: House, client: httpx.Client, picture: bytes, problem: ProblemOf
) -> None:
    store = house.installation.store
    chain.device.put(chain.session, picture)
    other = store.of(store.add_organisation("Other", 1))
    stranger = other.add_person("Stranger", Role.TRAINER, None, None)
    code, key = new_pairing_code(), new_token("vtp")
    other.add_pairing_code(hash_of_code(code), stranger.id, 1 << 60)
    other.add_platform_key("theirs", hash_of(key), frozenset(Scope), 1)
    device = Device(client)
    device.enrol(code)
    assert device.projects().projects == ()
    forged = ConsentRequest(house.own.projects()[0].id, 1, house.own.projects()[0].policy.digest())
    answer = client.post("/agent/v1/consents", content=encode_message(forged), headers=device.auth)
    refusal(problem, answer, ProblemCode.NOT_FOUND, 404)
    refusal(problem, device.put(chain.session, picture), ProblemCode.UNKNOWN_SESSION, 404)
    fields = {"authorization": f"Bearer {key}"}
    assert client.get("/v1/sessions", headers=fields).json()["sessions"] == []
    for tail in ("", "/assessment"):
        path = f"/v1/sessions/{chain.session.hex()}{tail}"
        refusal(problem, client.get(path, headers=fields), ProblemCode.NOT_FOUND, 404)
    assert other.people() == [stranger]
    assert other.session(chain.session) is None
    assert other.batches(1) == []


@pytest.mark.parametrize("path", ["/v1/sessions", "/v1/sessions/00", "/agent/v1/projects"])
def test_tokens_open_their_own_doors_only(
    chain: Chain, house: House, client: httpx.Client, problem: ProblemOf, path: str
) -> None:
    wrong = house.platform_key if path.startswith("/agent") else chain.device.enrolled.token
    for fields in ({}, {"authorization": f"Bearer {wrong}"}, {"authorization": "Basic eDp5"}):
        refusal(problem, client.get(path, headers=fields), ProblemCode.UNAUTHENTICATED, 401)


def notice(chain: Chain, digest: bytes, kept: bytes = bytes(32)) -> BlankingNotice:
    return sign_blanking(
        session=chain.session,
        object_kind=ObjectKind.IMAGE,
        digest=digest,
        kept=kept,
        blanked_us=5,
        key=chain.device.key,
    )


def tell(chain: Chain, message: BlankingNotice) -> httpx.Response:
    device = chain.device
    body = encode_message(message)
    return device.online.post("/agent/v1/blankings", content=body, headers=device.auth)


def test_a_blanking_after_the_end_is_stored_once_and_in_order(house: House, chain: Chain) -> None:
    chain.send(final=True)
    first, second = notice(chain, b"d" * 32, b"k" * 32), notice(chain, b"k" * 32)
    assert [tell(chain, each).status_code for each in (first, second, first)] == [201, 201, 200]
    entry = house.own.session(chain.session)
    assert entry is not None
    assert house.own.late_blankings(entry.row) == [
        LateBlanking(b"d" * 32, b"k" * 32),
        LateBlanking(b"k" * 32, bytes(32)),
    ]


def test_a_blanking_that_the_device_did_not_sign_is_refused(
    house: House, chain: Chain, problem: ProblemOf
) -> None:
    forged = msgspec.structs.replace(notice(chain, b"d" * 32), digest=b"e" * 32)
    refusal(problem, tell(chain, forged), ProblemCode.SIGNATURE_INVALID, 403)
    assert house.rows("late_blankings") == 0


def test_a_device_cannot_fill_the_store_with_blankings(
    chain: Chain, house: House, problem: ProblemOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.services.agents._LATE_BLANKINGS_MAX", 2)
    for number in range(2):
        assert tell(chain, notice(chain, bytes([number + 1]) * 32)).status_code == 201
    answer = tell(chain, notice(chain, b"d" * 32))
    refusal(problem, answer, ProblemCode.TOO_LARGE, 413)
    assert house.rows("late_blankings") == 2


def test_a_device_blanks_nothing_of_another(
    chain: Chain, new_device: NewDevice, problem: ProblemOf
) -> None:
    other = Chain(new_device(), chain.session, bytes(16))
    answer = tell(other, notice(other, b"d" * 32))
    refusal(problem, answer, ProblemCode.WRONG_DEVICE, 403)


SAMPLE = TypingSample(
    1, 5, TypedKeys((0, 9), (80_000, 80_000), (0, 3)), TypedKeys((0,), (80_000,), (0,))
)


def put_sample(device: Device, sample: TypingSample = SAMPLE) -> int:
    body = encode_message(sample)
    return device.online.put("/agent/v1/baseline", content=body, headers=device.auth).status_code


def test_a_typing_sample_is_one_persons_and_is_gone_when_it_is_taken_back(
    house: House, new_device: NewDevice
) -> None:
    own, other = new_device(), new_device(house.other)
    assert [put_sample(own), put_sample(own), put_sample(other)] == [201, 200, 201]
    assert house.rows("typing_samples") == 2
    for _ in range(2):
        answer = own.online.delete("/agent/v1/baseline", headers=own.auth)
        assert answer.status_code == 200
        assert house.rows("typing_samples") == 1
    assert put_sample(other) == 200


def test_a_typing_sample_is_given_to_nobody(new_device: NewDevice, problem: ProblemOf) -> None:
    device = new_device()
    put_sample(device)
    answer = device.online.get("/agent/v1/baseline", headers=device.auth)
    refusal(problem, answer, ProblemCode.METHOD_NOT_ALLOWED, 405)
    answer = device.online.put("/agent/v1/baseline", content=b"{}", headers=device.auth)
    refusal(problem, answer, ProblemCode.INVALID_REQUEST, 400)
    answer = device.online.put("/agent/v1/baseline", content=encode_message(SAMPLE))
    refusal(problem, answer, ProblemCode.UNAUTHENTICATED, 401)
