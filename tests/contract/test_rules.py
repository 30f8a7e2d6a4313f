"""Rules that change under way: new policies, withdrawn consent, a version floor, a release."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.face import consents
from agent.paths import HOME_VARIABLE, open_paths
from agent.shipping.transport import Transport
from agent.updates import fetch, offered
from tests.contract.conftest import RunningServer, ScriptedAgent, consented
from wire.messages import ProjectOffer, Projects, SessionRequest, decode_message, encode_message
from wire.problems import ProblemCode


def offer_now(transport: Transport) -> ProjectOffer:
    return decode_message(transport.get("/agent/v1/projects").body, Projects).projects[0]


def opening_refused(agent: ScriptedAgent, version: int) -> ProblemCode | None:
    request = SessionRequest(os.urandom(16), agent.offer.project, version, "0.1.0")
    problem = agent.transport.post("/agent/v1/sessions", encode_message(request)).problem()
    return problem.code if problem else None


def put_in_force(server: RunningServer, version: int) -> None:
    """A later policy that also records titles; the server is started anew, its caches empty."""
    # More than any that another test put in force.
    retention = {"evidence_days": 3000 + version}
    document = {"version": version, "windows": [], "record_titles": True, "retention": retention}
    file = server.folder.parent / "policy.json"
    file.write_text(json.dumps(document))
    server.admin("project", "policy", "Project", "--policy", str(file))
    server.stop()
    server.start()


def test_policy_changed_while_recording_the_session_ends_under_its_own_and_the_next_one_asks(
    agent: ScriptedAgent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    paths = open_paths()
    consents.give(paths, agent.offer, 1)
    old = agent.facts.policy_version
    agent.type(10)
    agent.seal()
    assert agent.ship()
    assert agent.shipper.policy_version_in_force == old
    put_in_force(agent.server, old + 1)
    agent.type(10)
    agent.seal()
    assert agent.ship()
    assert agent.shipper.policy_version_in_force == old + 1
    agent.type(10)
    agent.seal(final=True)
    assert agent.ship()
    assert {each.header.policy_version for each in agent.sealed} == {old}
    assert agent.server.sealed(agent.facts.session) == [each.sealed for each in agent.sealed]
    assert opening_refused(agent, old) is ProblemCode.CONSENT_MISSING
    assert opening_refused(agent, old + 1) is ProblemCode.CONSENT_MISSING
    assert not consents.holds(paths, offer_now(agent.transport))
    consents.give(paths, consented(agent.transport), 2)
    assert consents.holds(paths, offer_now(agent.transport))
    assert opening_refused(agent, old + 1) is None


def test_consent_withdrawn_while_recording_what_was_recorded_arrives_and_nothing_opens(
    agent: ScriptedAgent,
) -> None:
    agent.type(10)
    agent.seal()
    agent.spool.add_withdrawal(agent.offer.project, 1)
    agent.seal(final=True)
    assert agent.ship()
    assert agent.spool.next_withdrawal() is None
    assert len(agent.server.sealed(agent.facts.session)) == 2
    version = agent.facts.policy_version
    assert opening_refused(agent, version) is ProblemCode.CONSENT_MISSING
    consented(agent.transport)
    assert opening_refused(agent, version) is None


def test_withdrawn_while_the_server_is_away_it_is_told_when_it_is_back(
    agent: ScriptedAgent,
) -> None:
    agent.server.stop()
    agent.spool.add_withdrawal(agent.offer.project, 1)
    assert not agent.ship(0.3)
    assert agent.spool.next_withdrawal() == agent.offer.project
    agent.server.start()
    agent.seal(final=True)
    assert agent.ship()
    assert agent.spool.next_withdrawal() is None
    assert offer_now(agent.transport).consented_version == 0
    consented(agent.transport)


@pytest.fixture
def demanding(server: RunningServer) -> Iterator[Callable[[], None]]:
    """Makes the server ask for a later agent, until the test is over."""
    settings = server.folder / "server.toml"

    def demand() -> None:
        settings.write_text(
            'agent_minimum_version = "7.0.0"\nagent_minimum_reason = "Older ones lose pictures."'
        )
        server.stop()
        server.start()

    yield demand
    settings.unlink()
    server.stop()


def test_an_agent_that_is_too_old_is_told_why_and_its_session_is_not_cut(
    agent: ScriptedAgent, demanding: Callable[[], None]
) -> None:
    agent.type(10)
    demanding()
    session = os.urandom(16)
    agent.spool.add_session(session, agent.offer.project, agent.facts.policy_version)
    agent.delivery.step()
    assert "Older ones lose pictures." in agent.shipper.last_error
    with pytest.raises(KeyError):
        agent.spool.session(session)
    agent.seal(final=True)
    assert agent.ship()
    assert len(agent.server.sealed(agent.facts.session)) == 1


def test_a_release_goes_from_the_operators_hand_to_the_trainers_folder(
    agent: ScriptedAgent, tmp_path: Path
) -> None:
    assert offered(agent.transport, agent.identity.ring) is None
    file = tmp_path / "veritype_9.0.0_all.deb"
    file.write_bytes(os.urandom(300_000))
    agent.server.admin("release", "add", str(file), "--version", "9.0.0")
    found = offered(agent.transport, agent.identity.ring)
    assert found is not None
    folder = tmp_path / "here"
    folder.mkdir()
    assert fetch(agent.transport, found, folder).read_bytes() == file.read_bytes()
