"""What the command line does for a trainer: enrol, consent, start the agent, ask it."""

import os
import subprocess
import time

from agent.display import DISPLAY_VARIABLES
from agent.errors import (
    AgentError,
    AgentNotRunning,
    AgentTooOld,
    ConsentMissing,
    ControlFailed,
    ServerUnreachable,
)
from agent.face import consents, control
from agent.face.control import Request
from agent.face.status import Status, spool_status
from agent.face.wording import plain
from agent.identity import Identity, expect_ok
from agent.paths import Paths
from agent.processes import CLOCKING_IN, command
from agent.settings import Settings
from agent.shipping.transport import Transport
from agent.spool.salvage import open_spool
from agent.startup import only_instance
from agent.updates import TOO_NEW, check_new_enough
from wire.errors import MessageInvalid, MessageTooNew
from wire.messages import ConsentRequest, ProjectOffer, Projects, decode_message, encode_message
from wire.policy import Policy

CLOCK_IN_S = 45.0
_STOP_S = 15.0
_START_S = 15.0
_POLL_S = 0.05


def transport_for(identity: Identity, settings: Settings) -> Transport:
    """Requests as this device."""
    return Transport(
        identity.server, identity.token, settings.connect_timeout_s, settings.read_timeout_s
    )


def choose_project(transport: Transport, wanted: str) -> ProjectOffer:
    """The project by its name; without a name, the only one.

    Raises:
        AgentTooOld: the server asks for a later agent; the text says why.
        AgentError: none fits, or several do; the text lists them.
    """
    try:
        found = decode_message(expect_ok(transport.get("/agent/v1/projects")), Projects)
    except MessageTooNew as error:
        raise AgentTooOld(TOO_NEW) from error
    except MessageInvalid as error:
        raise ServerUnreachable("The server's list of projects could not be read.") from error
    check_new_enough(found)
    offers = found.projects
    fitting = [offer for offer in offers if not wanted or offer.name.lower() == wanted.lower()]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(plain(offer.name) for offer in offers) or "none"
    if wanted:
        raise AgentError(f"There is no project of that name for you. Yours: {names}.")
    raise AgentError(f"Say which project with --project. Yours: {names}.")


def give_consent(paths: Paths, transport: Transport, offer: ProjectOffer) -> None:
    """Tell the server, then remember here, that the trainer accepted this policy."""
    request = ConsentRequest(offer.project, offer.policy.version, offer.policy.digest())
    expect_ok(transport.post("/agent/v1/consents", encode_message(request)))
    consents.give(paths, offer, time.time_ns() // 1000)


def check_accepted(version: int | None, policy: Policy) -> None:
    """Check a version accepted on the command line against the one in force.

    Raises:
        ConsentMissing: none was accepted, or another.
    """
    if version is None:
        raise ConsentMissing(
            f"Rules version {policy.version} was not accepted yet: read it with "
            "`veritype clock in` on a terminal, or accept it with "
            f"--accept-policy {policy.version}."
        )
    if version != policy.version:
        raise ConsentMissing(
            f"Rules version {policy.version} is in force, not {version}: nothing was accepted."
        )


def start_early(paths: Paths) -> "subprocess.Popen[bytes] | None":
    """Start the agent process while the server is still being asked.

    None if it runs, or if this person never accepted any rules here: then nothing starts yet.
    """
    if not any(paths.consents.glob("*.json")):
        return None
    try:
        control.ask(paths.socket, Request(do="status"), 2.0)
    except AgentNotRunning:
        return _start(paths, CLOCKING_IN)
    return None


def clock_in(
    paths: Paths, offer: ProjectOffer, process: "subprocess.Popen[bytes] | None" = None
) -> Status:
    """Have the agent record; returns when its sources do. `process` is coming up already."""
    ensure_running(paths, process)
    request = Request(
        do="clock-in",
        project=offer.project,
        project_name=offer.name,
        policy_digest=offer.policy.digest(),
        display={name: os.environ[name] for name in DISPLAY_VARIABLES if name in os.environ},
    )
    return control.ask(paths.socket, request, CLOCK_IN_S)


def ensure_running(paths: Paths, process: "subprocess.Popen[bytes] | None" = None) -> None:
    """Start the agent process unless it runs, and wait until it answers.

    `process` was started a moment ago and may still be coming up.

    Raises:
        ControlFailed: it does not come up; its log says why.
    """
    deadline_s = time.monotonic() + _START_S
    while time.monotonic() < deadline_s:
        try:
            control.ask(paths.socket, Request(do="status"), 2.0)
        except AgentNotRunning:
            if process is None or process.poll() is not None:
                process = _start(paths)
            time.sleep(_POLL_S)
        else:
            return
    raise ControlFailed(f"The agent process does not start; {paths.log} may say why.")


def status_of(paths: Paths, settings: Settings, server: str) -> Status:
    """The agent's status; without a running agent, what the spool says."""
    try:
        return control.ask(paths.socket, Request(do="status"), 5.0)
    except AgentNotRunning:
        return _resting_status(paths, settings, server)


def wait_until_sent(paths: Paths, settings: Settings, server: str, seconds: float) -> Status:
    """Wait until every batch and every picture that may go is acknowledged.

    Raises:
        AgentError: something still waits after `seconds`, or the server would not take batches
            of the last session or of what waited; the text says what and why.
    """
    deadline_s = time.monotonic() + seconds
    before: int | None = None
    while True:
        status = status_of(paths, settings, server)
        spool = status.spool
        if before is None:
            # What was refused in earlier sessions was said then.
            before = spool.batches_aside - spool.aside_newest
        if not spool.batches_waiting and not spool.objects_waiting:
            if spool.batches_aside > before:
                raise AgentError(_aside_sentence(spool.batches_aside - before, spool.aside_why))
            return status
        if time.monotonic() >= deadline_s:
            raise AgentError(_waiting_sentence(status))
        if not status.running:
            ensure_running(paths)
        time.sleep(_POLL_S)


def _waiting_sentence(status: Status) -> str:
    why = f" {status.server_error}" if status.server_error else ""
    return (
        f"Clocked out, and still waiting to be sent: {status.spool.batches_waiting} batches and "
        f"{status.spool.objects_waiting} pictures; they are kept and tried again.{why}"
    )


def _aside_sentence(batches: int, why: str) -> str:
    which = "1 batch lies" if batches == 1 else f"{batches} batches lie"
    return (
        f"Clocked out, and not everything is acknowledged: {which} aside on this device and will "
        f"not be sent: {why}"
    )


def _resting_status(paths: Paths, settings: Settings, server: str) -> Status:
    if not paths.spool.exists():
        return Status(running=False, recording=False, server=server)
    with only_instance(paths):
        spool, damage = open_spool(paths.spool, settings.spool_max_bytes)
        counts = spool.counts()
        left_open = [row for row in spool.unfinished() if row.nonce is not None]
        spool.close()
    trouble = [damage] if damage else []
    if left_open:
        trouble.append("The agent ended while you were clocked in; clock in to go on.")
    return Status(
        running=False,
        recording=False,
        spool=spool_status(counts),
        last_acknowledged_us=counts.last_receipt_us,
        server=server,
        trouble=tuple(trouble),
    )


def _start(paths: Paths, *arguments: str) -> subprocess.Popen[bytes]:
    descriptor = os.open(paths.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return subprocess.Popen(
            command("run", *arguments),
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            start_new_session=True,
        )
    finally:
        os.close(descriptor)
