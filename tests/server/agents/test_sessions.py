"""Clocking in, and messages that are no messages."""

import secrets
from collections.abc import Iterator

import httpx
import msgspec
import pytest

from tests.server.agents.refusals import refusal
from tests.server.device import Chain, Device
from tests.server.house import House, browsing, serving
from tests.server.kinds import NewDevice, ProblemOf
from tests.server.storages import ON_BOTH
from wire import limits
from wire.messages import SessionGrant
from wire.problems import ProblemCode


@ON_BOTH
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


@pytest.fixture
def demanding(house: House) -> Iterator[httpx.Client]:
    """A client of a server that asks for a newer agent."""
    with (house.path / "server.toml").open("a") as settings:
        settings.write('agent_minimum_version = "0.2.0"\n')
        settings.write('agent_minimum_reason = "Older ones lose pictures."\n')
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
