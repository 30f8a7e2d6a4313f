"""All probes, in the order a trainer would ask."""

from agent.doctor.autostart import autostart_findings
from agent.doctor.browsers import browser_findings
from agent.doctor.bus import bus_findings
from agent.doctor.display import display_findings
from agent.doctor.finding import FAILS, Desk, Finding, Report
from agent.doctor.pictures import picture_findings
from agent.doctor.server import server_findings
from agent.doctor.state import identity_of, recorder_finding, state_findings
from agent.doctor.unseen import unseen_findings, unseen_passwords
from agent.errors import AgentError
from agent.face import control
from agent.face.control import Request
from agent.face.status import Status

_ASK_S = 3.0


def examine(desk: Desk) -> Report:
    """Look at everything once. Off the clock this opens no listener and takes no picture."""
    status = _running_status(desk)
    seeing = [*display_findings(desk), *bus_findings(desk)]
    seeing += [*browser_findings(desk, status), *picture_findings(desk)]
    identity, enrolment = identity_of(desk)
    keeping: list[Finding] = [enrolment, recorder_finding(status)]
    if identity is not None:
        keeping += server_findings(desk, identity)
    keeping += [*state_findings(desk, status), *autostart_findings(desk)]
    fails = any(finding.state == FAILS for finding in (*seeing, *keeping))
    return Report(
        works=not fails,
        seeing=tuple(seeing),
        unseen=tuple(unseen_findings(desk)),
        passwords=tuple(unseen_passwords(desk)),
        keeping=tuple(keeping),
    )


def _running_status(desk: Desk) -> Status | None:
    """The status of a running agent; None if none runs or answers."""
    try:
        return control.ask(desk.paths.socket, Request(do="status"), _ASK_S)
    except AgentError:
        return None
