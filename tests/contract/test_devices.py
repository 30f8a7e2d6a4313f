"""Devices and people that the server refuses, and rules that a consent covers or does not."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.attendance import Attendance
from agent.clock import read_clock
from agent.face import consents, rules
from agent.paths import HOME_VARIABLE, Paths, open_paths
from agent.session.recording import Recording
from agent.settings import Settings
from agent.shipping.shipper import Wait
from agent.shipping.thread import ShippingThread
from tests.contract.conftest import RunningServer, ScriptedAgent
from tests.contract.test_rules import offer_now, opening_refused
from wire.messages import ProjectOffer
from wire.problems import ProblemCode


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    return open_paths()


def attending(agent: ScriptedAgent, paths: Paths) -> Attendance:
    """The agent's own attendance over the session, recording without a desktop."""
    shipping = ShippingThread(agent.spool, agent.shipper, agent.identity, Settings())
    shipping._transport.close()
    attendance = Attendance(paths, agent.identity, Settings(), agent.spool, agent.shipper, shipping)
    policy, key = agent.offer.policy, agent.identity.key
    attendance.recording = Recording(agent.facts, policy, read_clock(), agent.spool, key, 1)
    return attendance


def seal_one(attendance: Attendance) -> None:
    assert attendance.session.tick(read_clock())


def change(agent: ScriptedAgent, **fields: object) -> ProjectOffer:
    """Put the rules in force with something changed; the server's memory is empty afterwards."""
    server = agent.server
    document = {"version": agent.offer.policy.version + 1, "windows": [], **fields}
    file = server.folder.parent / "policy.json"
    file.write_text(json.dumps(document))
    server.admin("project", "policy", "Project", "--policy", str(file))
    server.stop()
    server.start()
    return offer_now(agent.transport)


def test_rules_that_record_no_more_are_told_and_the_next_session_needs_no_consent(
    agent: ScriptedAgent, paths: Paths
) -> None:
    consents.give(paths, agent.offer, 1)
    attendance = attending(agent, paths)
    seal_one(attendance)
    assert agent.ship()
    assert attendance.news() == ""
    titles = agent.offer.policy.record_titles
    offer = change(agent, record_titles=titles, allowed={"paste_chars": 7})
    seal_one(attendance)
    assert agent.ship()
    assert "Nothing more is recorded" in attendance.news()
    assert "paste chars: 7" in attendance.news()
    assert (offer.consented_version, offer.covered) == (agent.offer.policy.version, True)
    assert not consents.holds(paths, offer)
    consents.carry(paths, offer)
    assert consents.holds(paths, offer)
    assert opening_refused(agent, offer.policy.version) is None
    attendance.close()


def test_rules_that_record_more_are_asked_for_with_what_grew_first(
    agent: ScriptedAgent, paths: Paths
) -> None:
    consents.give(paths, agent.offer, 1)
    attendance = attending(agent, paths)
    seal_one(attendance)
    assert agent.ship()
    offer = change(agent, record_titles=True, retention={"evidence_days": 3000})
    seal_one(attendance)
    assert agent.ship()
    assert "you are asked first" in attendance.news()
    assert "3000 days" in attendance.news()
    assert not consents.can_be_carried(paths, offer)
    accepted = consents.accepted_before(paths, offer.project)
    assert accepted is not None
    said = rules.what_grew("Project", accepted, offer.policy).splitlines()
    assert "MORE would be recorded" in said[0]
    assert opening_refused(agent, offer.policy.version) is ProblemCode.CONSENT_MISSING
    attendance.close()


def test_a_revoked_device_stops_recording_keeps_all_and_does_not_hammer(
    agent: ScriptedAgent, paths: Paths
) -> None:
    attendance = attending(agent, paths)
    seal_one(attendance)
    assert agent.ship()
    agent.server.admin("device", "revoke", agent.identity.device.hex())
    agent.server.stop()
    agent.server.start()
    seal_one(attendance)
    assert not agent.ship(0.3)
    attendance.tick()
    assert attendance.recording is None
    assert any("revoked" in each and "kept" in each for each in attendance.trouble)
    counts = agent.spool.counts()
    assert counts.batches_waiting >= 2
    assert counts.batches_aside == 0
    action = agent.delivery.step().action
    assert isinstance(action, Wait)
    assert action.seconds is not None
    assert action.seconds > 3000
    assert len(agent.server.sealed(agent.facts.session)) == 1


def test_a_person_removed_in_mid_session_what_was_done_before_arrives_and_nothing_is_lost(
    server: RunningServer, make_agent: Callable[..., ScriptedAgent]
) -> None:
    name = f"Rae {os.urandom(4).hex()}"
    server.admin("user", "add", name, "--role", "trainer")
    agent = make_agent(server.url, name)
    agent.type(10)
    agent.seal()
    server.admin("user", "remove", name)
    server.stop()
    server.start()
    assert agent.ship()
    for _ in range(20):
        agent.type(100)
        agent.seal()
    assert not agent.ship(0.3)
    assert "no longer in this organisation" in agent.shipper.barred
    taken = server.sealed(agent.facts.session)
    assert 1 <= len(taken) < len(agent.sealed)
    assert taken == [each.sealed for each in agent.sealed[: len(taken)]]
    counts = agent.spool.counts()
    assert counts.batches_aside == 0
    assert counts.batches_waiting == len(agent.sealed) - len(taken)
    assert opening_refused(agent, agent.facts.policy_version) is ProblemCode.PERSON_REMOVED
