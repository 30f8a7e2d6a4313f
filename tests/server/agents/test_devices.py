"""Devices: one key each, revoked at once, seen to the hour, and what they can observe."""

import secrets
import time

import httpx
import pytest
from sqlalchemy import select

from server.errors import NotKnown
from server.services.devices import DeviceRegister
from server.services.observing import as_stored, observed_in_words
from server.storage import tables
from tests.server.agents.refusals import refusal
from tests.server.device import Chain, Device
from tests.server.house import House
from tests.server.kinds import NewDevice, ProblemOf
from tests.server.storages import ON_BOTH
from wire.codes import Ability, Observable
from wire.messages import EnrolmentRequest, Revocation, SessionRequest, encode_message
from wire.problems import ProblemCode

OBSERVES = ((Observable.KEYBOARD, Ability.YES), (Observable.TITLES, Ability.NO), (200, 1))
HOUR_US = 3_600_000_000


def audited(house: House) -> list[tuple[str, str]]:
    log = tables.audit_log.c
    with house.database.reading.connect() as connection:
        rows = connection.execute(select(log.action, log.subject).order_by(log.row)).all()
    return [(row.action, row.subject) for row in rows]


def test_a_new_code_ends_the_one_that_was_not_used(
    house: House, client: httpx.Client, problem: ProblemOf
) -> None:
    first, second = (house.administration.pair("Tim Trainer") for _ in range(2))
    other = house.administration.pair(house.trainer.name)
    refusal(problem, Device(client).enrol(first), ProblemCode.CODE_INVALID, 403)
    assert Device(client).enrol(second).status_code == 200
    assert Device(client).enrol(other).status_code == 200


@ON_BOTH
def test_a_key_is_one_devices_and_the_second_account_is_noted(
    house: House, client: httpx.Client, problem: ProblemOf
) -> None:
    device = Device(client)
    device.enrol(house.administration.pair(house.trainer.name))
    code = house.administration.pair(house.other.name)
    thief = Device(client, device.key)
    refusal(problem, thief.enrol(code), ProblemCode.CONFLICT, 409)
    assert house.rows("devices") == 1
    assert audited(house)[-2:] == [
        ("device-key.refused", house.other.id.hex()),
        ("device-key.offered-again", device.enrolled.device.hex()),
    ]
    assert Device(client).enrol(code).status_code == 200


def test_the_key_of_a_revoked_device_comes_back_under_no_other(
    house: House, new_device: NewDevice, client: httpx.Client, problem: ProblemOf
) -> None:
    device = new_device()
    house.administration.revoke_device(device.enrolled.device.hex())
    again = Device(client, device.key)
    code = house.administration.pair(house.trainer.name)
    refusal(problem, again.enrol(code), ProblemCode.CONFLICT, 409)


def revoke(device: Device, named: Device | None = None) -> httpx.Response:
    body = encode_message(Revocation((named or device).enrolled.device))
    return device.online.post("/agent/v1/revocations", content=body, headers=device.auth)


def test_a_revoked_device_is_refused_everywhere(
    chain: Chain, house: House, problem: ProblemOf
) -> None:
    device = chain.device
    house.administration.revoke_device(device.enrolled.device.hex())
    answers = (
        device.online.get("/agent/v1/projects", headers=device.auth),
        device.post(chain.seal().sealed),
        device.put(chain.session, b"a note"),
        revoke(device),
    )
    for answer in answers:
        refusal(problem, answer, ProblemCode.DEVICE_REVOKED, 401)
    assert (house.rows("batches"), house.rows("objects")) == (0, 0)


def test_the_trainer_takes_the_own_device_out_of_use(
    new_device: NewDevice, house: House, problem: ProblemOf
) -> None:
    device, other = new_device(), new_device()
    refusal(problem, revoke(device, other), ProblemCode.WRONG_DEVICE, 403)
    assert revoke(device).status_code == 200
    answer = device.online.get("/agent/v1/projects", headers=device.auth)
    refusal(problem, answer, ProblemCode.DEVICE_REVOKED, 401)
    assert other.projects().projects
    assert ("device.revoked", device.enrolled.device.hex()) in audited(house)


@ON_BOTH
def test_only_a_device_in_use_is_revoked_and_only_by_its_organisation(
    new_device: NewDevice, house: House
) -> None:
    name = new_device().enrolled.device.hex()
    own = DeviceRegister(house.own, "operator")
    store = house.installation.store
    stranger = DeviceRegister(store.of(store.add_organisation("Other", 1)), "operator")
    for wrong in ("nonsense", "00", "00" * 16):
        with pytest.raises(NotKnown):
            own.revoke(wrong)
    with pytest.raises(NotKnown):
        stranger.revoke(name)
    assert stranger.devices() == []
    own.revoke(name)
    with pytest.raises(NotKnown):
        own.revoke(name)


def open_session(device: Device, version: str, *, says: bool = True) -> bytes:
    session, project = secrets.token_bytes(16), device.projects().projects[0].project
    observes = OBSERVES if says else ()
    request = SessionRequest(session, project, 1, version, observes)
    answer = device.online.post(
        "/agent/v1/sessions", content=encode_message(request), headers=device.auth
    )
    assert answer.status_code == 200, answer.text
    return session


def test_a_session_brings_version_abilities_and_last_seen_up_to_date(
    new_device: NewDevice, house: House
) -> None:
    device = new_device()
    device.consent()
    (line,) = house.administration.devices()
    assert (line.seen_us, line.observes, line.agent_version) == (None, None, "0.1.0")
    session = open_session(device, "0.3.0")
    (line,) = house.administration.devices(house.trainer.name)
    assert line.agent_version == "0.3.0"
    assert line.observes == as_stored(OBSERVES)
    assert line.seen_us is not None
    assert line.seen_us % HOUR_US == 0
    entry = house.own.line(session)
    assert entry is not None
    assert entry.observes == as_stored(OBSERVES)
    assert house.administration.devices(house.other.name) == []


def test_an_agent_that_says_nothing_of_its_abilities_goes_on(
    new_device: NewDevice, house: House
) -> None:
    device = new_device()
    device.consent()
    entry = house.own.line(open_session(device, "0.1.0", says=False))
    assert entry is not None
    assert entry.observes is None
    assert observed_in_words(entry.observes) == ()


@ON_BOTH
def test_a_device_is_noted_once_an_hour_unless_it_changed(
    new_device: NewDevice, house: House
) -> None:
    name = new_device().enrolled.device
    now_us = time.time_ns() // 1000 // HOUR_US * HOUR_US + 5

    def note(version: str, at_us: int) -> int | None:
        house.own.note_device(name, version, None, at_us)
        (line,) = house.own.devices(None)
        assert line.agent_version == version
        return line.seen_us

    assert note("0.1.0", now_us) == now_us - 5
    assert note("0.1.0", now_us + HOUR_US // 2) == now_us - 5
    assert note("0.2.0", now_us + HOUR_US // 2) == now_us - 5
    assert note("0.2.0", now_us + 2 * HOUR_US) == now_us - 5 + 2 * HOUR_US


def test_the_last_batch_counts_as_seen(chain: Chain, house: House) -> None:
    before_us = time.time_ns() // 1000
    house.change("UPDATE devices SET seen_us = :at_us", at_us=HOUR_US)
    (line,) = house.own.devices(None)
    assert line.seen_us == HOUR_US
    chain.send()
    (line,) = house.own.devices(None)
    assert line.seen_us is not None
    assert line.seen_us >= before_us - HOUR_US


def test_what_a_device_can_observe_is_said_in_words() -> None:
    said = observed_in_words(as_stored(OBSERVES))
    assert said == ("This device can observe: keys.", "It cannot observe: window titles.")
    every = as_stored(tuple((each, Ability.UNKNOWN) for each in Observable))
    assert len(observed_in_words(every)) == 1
    assert as_stored(((200, 1), (Observable.FOCUS, 99))) is None


def test_abilities_are_bounded(client: httpx.Client, house: House, problem: ProblemOf) -> None:
    code = house.administration.pair(house.other.name)
    request = EnrolmentRequest(code, bytes(32), "p", "0.1.0", ((1, 1),) * 33)
    answer = client.post("/agent/v1/enrolments", content=encode_message(request))
    refusal(problem, answer, ProblemCode.INVALID_REQUEST, 400)
