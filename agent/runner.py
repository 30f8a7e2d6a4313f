"""The agent process: the only place with threads and sleeps.

Three threads: this one answers the command line and seals batches, one captures while a session
records, one ships. They share the `Recording` (locked) and the `Spool` (locked).
"""

import contextlib
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable

from agent import AGENT_VERSION
from agent.capture import Capture
from agent.clock import monotonic_us, read_clock
from agent.consent import accepted_policy
from agent.control import Reply, Request, Server
from agent.delivery import Delivery
from agent.errors import (
    AgentError,
    ControlFailed,
    SourceUnavailable,
    SpoolDamaged,
    SpoolRefused,
)
from agent.identity import Identity
from agent.paths import Paths
from agent.picture import Picture
from agent.recorder import SessionFacts
from agent.recording import Recording
from agent.report import broken_sources, session_status
from agent.salvage import open_spool
from agent.settings import Settings
from agent.shipper import Shipper, Wait
from agent.sources.protocol import Source
from agent.sources.x11 import SessionMemory, check_connects, x11_sources
from agent.sources.x11_clipboard import X11Clipboard
from agent.startup import close_unfinished
from agent.status import SourceStatus, Status, spool_status
from agent.transport import Transport
from wire.codes import LossReason, Mode, ObjectKind, PauseReason, SourceName
from wire.policy import Policy

log = logging.getLogger(__name__)

SILENT_US = 3_500_000
"""A capture loop without a heartbeat for so long has stopped: status says so within 5 s."""
_TICK_S = 1.0
_OPENING_S = 15.0
_LINGER_S = 3.0
_STOP_S = 3.0
_DISPLAY_VARIABLES = ("DISPLAY", "XAUTHORITY", "XDG_SESSION_TYPE", "WAYLAND_DISPLAY")


class Runner:
    """One person's agent on this device."""

    def __init__(self, paths: Paths, identity: Identity, settings: Settings) -> None:
        self._paths = paths
        self._identity = identity
        self._settings = settings
        self._spool, damage = open_spool(paths.spool, settings.spool_max_bytes)
        self._trouble = [damage] if damage else []
        self._shipper = Shipper(identity.server_key, settings.retry_cap_s)
        self._wake = threading.Event()
        self._ending = threading.Event()
        self._recording: Recording | None = None
        self._project_name = ""
        self._capture: CaptureThread | None = None
        self._memory = SessionMemory()

    def run(self) -> None:
        """Serve until nothing is recorded and nothing waits."""
        close_unfinished(self._spool, self._identity)
        server = Server(self._paths.socket)
        shipping = threading.Thread(target=self._ship, name="ship", daemon=True)
        shipping.start()
        try:
            self._serve(server)
        finally:
            server.close()
            self._end()
            shipping.join(_STOP_S)
            self._spool.close()

    def stop(self) -> None:
        """End the process soon: a recording session is clocked out first."""
        self._ending.set()

    def _serve(self, server: Server) -> None:
        quiet_since_s = time.monotonic()
        while not self._ending.is_set():
            conversation = server.accept(_TICK_S)
            if conversation is not None:
                quiet_since_s = time.monotonic()
                request = conversation.request()
                conversation.reply(self._answer(request))
            try:
                self._tick()
            except SpoolDamaged:
                # The next start salvages the file; going on would lose what is recorded.
                log.warning("the spool is damaged: the agent stops")
                self._stop_listening()
                self._recording = None
                return
            if self._recording is not None or self._something_waits():
                quiet_since_s = time.monotonic()
            elif time.monotonic() - quiet_since_s > _LINGER_S:
                return

    def _answer(self, request: Request | None) -> Reply:
        if request is None:
            return Reply("That was not a request.")
        try:
            self._do(request)
        except AgentError as error:
            return Reply(str(error))
        except Exception as error:  # noqa: BLE001 - the process must outlive one bad request
            log.warning("request %s failed: %s", request.do, type(error).__name__)
            return Reply("The agent failed at that; its log says where.")
        return Reply(status=self.status())

    def _do(self, request: Request) -> None:
        actions: dict[str, Callable[[], object]] = {
            "status": lambda: None,
            "clock-in": lambda: self._clock_in(request),
            "clock-out": self._clock_out,
            "pause": lambda: self._pause(PauseReason(request.reason)),
            "resume": self._resume,
            "mode": lambda: self._session().declare(
                read_clock(), Mode(request.mode), on=request.on
            ),
            "task-begin": lambda: self._session().begin_task(read_clock()),
            "task-end": lambda: self._session().end_task(read_clock(), submitted=request.on),
        }
        action = actions.get(request.do)
        if action is None:
            raise ControlFailed("This agent does not know that request.")
        action()

    # The session.

    def _clock_in(self, request: Request) -> None:
        if self._recording is not None:
            raise ControlFailed("You are clocked in already.")
        for name in _DISPLAY_VARIABLES:
            if name in request.display:
                os.environ[name] = request.display[name]
        policy = accepted_policy(self._paths, request.policy_digest)
        check_connects()
        session = self._opened_session(request.project, policy)
        facts = SessionFacts(session, self._identity.device, policy.version, AGENT_VERSION)
        interval_us = self._settings.seal_interval_us
        recording = Recording(
            facts, policy, read_clock(), self._spool, self._identity.key, interval_us
        )
        self._trouble.clear()
        self._memory = SessionMemory()
        try:
            self._capture = self._listen(recording, policy)
        except AgentError:
            recording.clock_out(read_clock())
            self._wake.set()
            raise
        self._recording, self._project_name = recording, request.project_name

    def _opened_session(self, project: bytes, policy: Policy) -> bytes:
        session = secrets.token_bytes(16)
        self._spool.add_session(session, project, policy.version)
        self._shipper.retry_now()
        self._wake.set()
        deadline_s = time.monotonic() + _OPENING_S
        while time.monotonic() < deadline_s:
            try:
                if self._spool.session(session).nonce is not None:
                    return session
            except KeyError:
                raise ControlFailed(f"Not clocked in. {self._shipper.last_error}") from None
            time.sleep(0.02)
        with self._spool.exclusive():
            if self._spool.session(session).nonce is None:
                self._spool.drop_session(session)
                why = self._shipper.last_error or "The server does not answer."
                raise ControlFailed(f"Not clocked in; nothing is recorded. {why}")
        return session

    def _clock_out(self) -> None:
        recording = self._session()
        self._stop_listening()
        recording.clock_out(read_clock())
        self._recording, self._memory = None, SessionMemory()
        self._shipper.retry_now()
        self._wake.set()

    def _pause(self, reason: PauseReason) -> None:
        recording = self._session()
        if recording.paused:
            raise ControlFailed("You are paused already.")
        self._stop_listening()
        recording.pause(read_clock(), reason)
        self._wake.set()

    def _resume(self) -> None:
        recording = self._session()
        if not recording.paused:
            raise ControlFailed("You are not paused.")
        recording.resume(read_clock())
        try:
            self._capture = self._listen(recording, recording.policy)
        except AgentError:
            recording.pause(read_clock(), PauseReason.NONE)
            raise

    def _session(self) -> Recording:
        if self._recording is None:
            raise ControlFailed("You are not clocked in.")
        return self._recording

    def _end(self) -> None:
        if self._recording is not None:
            with contextlib.suppress(AgentError):
                self._clock_out()
        self._ending.set()
        self._wake.set()

    def _tick(self) -> None:
        recording = self._recording
        if recording is None:
            return
        capture = self._capture
        if not recording.paused and (capture is None or capture.silent()):
            return
        if not recording.tick(read_clock()):
            return
        self._wake.set()
        stuck = self._spool.session(recording.facts.session).stuck
        if stuck:
            self._stop_listening()
            self._recording = None
            self._trouble.append(f"Recording stopped: {stuck} Clock in again to go on.")

    # Capture.

    def _listen(self, recording: Recording, policy: Policy) -> "CaptureThread":
        offers = x11_sources(policy, lambda picture: self._keep(picture, recording), self._memory)
        capture = Capture(offers, recording.observe, monotonic_us)
        thread = CaptureThread(capture)
        recording.middle_clicked = lambda at_us: _read_primary(capture, at_us)
        thread.start()
        return thread

    def _stop_listening(self) -> None:
        if self._capture is not None:
            self._capture.stop()
        self._capture = None

    def _keep(self, picture: Picture, recording: Recording) -> bool:
        rules = recording.policy.screenshots
        held_us = rules.review_delay_s * 1_000_000 if rules else 0
        not_before_us = time.time_ns() // 1000 + held_us
        try:
            self._spool.add_object(
                recording.facts.session,
                ObjectKind.IMAGE,
                picture.digest,
                picture.data,
                not_before_us,
            )
        except SpoolRefused as error:
            self._spool.count_loss(LossReason(error.reason))
            return False
        return True

    # Shipping.

    def _ship(self) -> None:
        settings = self._settings
        transport = Transport(
            self._identity.server,
            self._identity.token,
            settings.connect_timeout_s,
            settings.read_timeout_s,
        )
        key = self._identity.key
        delivery = Delivery(self._spool, self._shipper, transport, key, AGENT_VERSION)
        while not self._ending.is_set():
            wait_s: float | None = 5.0
            try:
                step = delivery.step()
                wait_s = step.action.seconds if isinstance(step.action, Wait) else 0.0
            except AgentError as error:
                log.warning("shipping: %s", type(error).__name__)
                self._shipper.last_error = str(error)
            if wait_s != 0.0:
                self._wake.wait(min(wait_s, 60.0) if wait_s is not None else 60.0)
                self._wake.clear()
        transport.close()

    def _something_waits(self) -> bool:
        try:
            counts = self._spool.counts(time.time_ns() // 1000)
        except SpoolRefused:
            return True
        return bool(counts.batches_waiting or counts.objects_waiting or counts.objects_held)

    # Status.

    def status(self) -> Status:
        """Everything the trainer should know now."""
        recording, capture = self._recording, self._capture
        counts = self._spool.counts(time.time_ns() // 1000)
        sources = capture.sources() if capture is not None else ()
        status = Status(
            running=True,
            recording=False,
            sources=sources,
            spool=spool_status(counts),
            last_acknowledged_us=counts.last_receipt_us,
            server=self._identity.server,
            server_error=self._shipper.last_error,
            trouble=tuple(self._trouble),
        )
        if recording is None:
            return status
        silent = capture is None or capture.silent()
        broken = broken_sources(() if silent or capture is None else capture.capture.states())
        in_force = self._shipper.policy_version_in_force
        return session_status(status, recording, self._project_name, broken, in_force)


class CaptureThread:
    """Runs a `Capture` in a thread; the sources live and die inside it."""

    def __init__(self, capture: Capture) -> None:
        self.capture = capture
        self._stopping = threading.Event()
        self._started = threading.Event()
        self._error: AgentError | None = None
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)

    def start(self) -> None:
        """Start; returns when the sources record.

        Raises:
            SourceUnavailable: a required source cannot start.
        """
        self._thread.start()
        if not self._started.wait(_OPENING_S):
            self._stopping.set()
            raise SourceUnavailable("The display does not answer.")
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """Stop the sources; their connections are closed when this returns."""
        self._stopping.set()
        self._thread.join(_STOP_S)
        if self._thread.is_alive():
            log.error("capture thread did not end")

    def silent(self) -> bool:
        """Whether the loop has no heartbeat."""
        return not self._thread.is_alive() or monotonic_us() - self.capture.beat_us > SILENT_US

    def sources(self) -> tuple[SourceStatus, ...]:
        """Each source's health, for the status."""
        silent = self.silent()
        return tuple(
            SourceStatus(name.name.lower(), "failed" if silent else state.name.lower(), why)
            for name, state, why in self.capture.states()
        )

    def _run(self) -> None:
        try:
            self.capture.start()
        except AgentError as error:
            self._error = error
            return
        except Exception as error:  # noqa: BLE001 - told to the caller, who waits for it
            log.warning("capture failed to start: %s", type(error).__name__)
            self._error = SourceUnavailable("The recorder failed to start on this display.")
            return
        finally:
            self._started.set()
        try:
            while not self._stopping.is_set():
                self.capture.turn()
        finally:
            self.capture.stop()


def _read_primary(capture: Capture, at_us: int) -> None:
    source: Source | None = capture.source(SourceName.CLIPBOARD)
    if isinstance(source, X11Clipboard):
        source.read_primary(at_us, monotonic_us())
