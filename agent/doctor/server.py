"""The way to the server: reachable, its clock, and whether it takes this agent's version."""

import time
from collections.abc import Iterator

from agent import AGENT_VERSION
from agent.doctor.finding import FAILS, PART, WORKS, Desk, Finding
from agent.errors import AgentError
from agent.face.client import transport_for
from agent.face.wording import plain
from agent.identity import Identity, expect_ok
from agent.updates import TOO_NEW
from wire.errors import MessageInvalid, MessageTooNew
from wire.messages import Projects, decode_message
from wire.versions import is_older

_CLOCK_S = 30
"""Dates in answers are whole seconds and take their time; less than this is no difference."""


def server_findings(desk: Desk, identity: Identity) -> Iterator[Finding]:
    """Ask for this person's projects, once."""
    transport = transport_for(identity, desk.settings)
    try:
        asked_s = time.time()
        answer = transport.get("/agent/v1/projects")
        took_s = time.time() - asked_s
        try:
            projects = decode_message(expect_ok(answer), Projects)
        except MessageTooNew:
            yield Finding("agent", FAILS, TOO_NEW, "Update Veritype.")
            return
        except (AgentError, MessageInvalid) as error:
            fix = "What is recorded is kept and tried again; check the network."
            yield Finding("server", FAILS, plain(str(error)), fix)
            return
    finally:
        transport.close()
    names = ", ".join(plain(offer.name) for offer in projects.projects) or "no project yet"
    yield Finding("server", WORKS, f"answers in {took_s * 1000:.0f} ms; projects: {names}")
    yield _clock(answer.date_s, asked_s + took_s)
    yield _version(projects)


def _clock(server_s: float | None, own_s: float) -> Finding:
    if server_s is None:
        return Finding("clock", PART, "The server's answer has no date to compare with.")
    ahead_s = own_s - server_s
    if abs(ahead_s) < _CLOCK_S:
        return Finding("clock", WORKS, "this clock and the server's agree")
    way = "ahead of" if ahead_s > 0 else "behind"
    says = f"This clock is {abs(ahead_s):.0f} s {way} the server's; hours count by its own."
    return Finding("clock", PART, says, "Let the system set its clock by the network (NTP).")


def _version(projects: Projects) -> Finding:
    floor = projects.minimum_agent_version
    if not is_older(AGENT_VERSION, floor):
        return Finding("agent", WORKS, f"version {AGENT_VERSION}")
    why = plain(projects.minimum_agent_reason)
    says = f"Version {AGENT_VERSION} is older than {floor}, which the server asks for. {why}"
    return Finding("agent", FAILS, says.strip(), "Update Veritype.")
