"""The agent process.

Four threads: this one answers the command line and seals batches, one reads what the capturing
process sends while a session records (`capture.process`), one hears browsers
(`extension.listener`), one ships (`shipping.thread`). They share the `Recording` (locked) and the
`Spool` (locked).
"""

import contextlib
import logging
import secrets
import threading
import time
from collections.abc import Callable

from agent import AGENT_VERSION
from agent.capture.watch import Watch
from agent.clock import read_clock
from agent.display import WAYLAND_HIDES, desktop_environment, display_server
from agent.errors import (
    AgentError,
    ControlFailed,
    SpoolDamaged,
    SpoolRefused,
)
from agent.extension.listener import ExtensionListener
from agent.face.consent import accepted_policy
from agent.face.control import Reply, Request, Server
from agent.face.held import held_pictures, held_titles
from agent.face.report import (
    broken_sources,
    extension_status,
    session_status,
    source_statuses,
)
from agent.face.status import SourceStatus, Status, spool_status
from agent.identity import Identity, load_enrolled
from agent.observations import Observation
from agent.page.contents import House
from agent.page.server import Page
from agent.paths import Paths
from agent.preferences import read_preferences
from agent.session.blanking import blank_picture
from agent.session.recorder import SessionFacts
from agent.session.recording import Recording
from agent.settings import Settings
from agent.shipping.shipper import Shipper
from agent.shipping.thread import ShippingThread
from agent.spool.blankings import release
from agent.spool.bounds import expire
from agent.spool.salvage import open_spool
from agent.startup import close_unfinished
from agent.tray.starting import TrayIcon
from wire.codes import DisplayServer, ManualReason, Mode, PauseReason
from wire.policy import Policy

log = logging.getLogger(__name__)

_TICK_S = 1.0
_OPENING_S = 15.0
_LINGER_S = 3.0


class Runner:
    """One person's agent on this device."""

    def __init__(self, paths: Paths, identity: Identity, settings: Settings) -> None:
        self._paths = paths
        self._identity = identity
        self._settings = settings
        self._spool, damage = open_spool(paths.spool, settings.spool_max_bytes)
        self._trouble = [damage] if damage else []
        self._shipper = Shipper(identity.server_key, settings.retry_cap_s)
        self._shipping = ShippingThread(self._spool, self._shipper, identity, settings)
        self._ending = threading.Event()
        self._recording: Recording | None = None
        self._project_name = ""
        self._watch: Watch | None = None
        self._pages: ExtensionListener | None = None
        self._icon = TrayIcon()
        house = House(paths, self._spool, lambda: load_enrolled(paths), lambda: self._recording)
        self._page = Page(house)

    def run(self) -> None:
        """Serve until nothing is recorded and nothing waits."""
        close_unfinished(self._spool, self._identity)
        with contextlib.suppress(AgentError):
            expire(self._spool, self._paths.spool, time.time_ns() // 1000)
        server = Server(self._paths.socket)
        self._pages = ExtensionListener(self._paths.extension_socket, self._seen_in_page)
        self._shipping.start()
        try:
            self._serve(server)
        finally:
            server.close()
            self._page.close()
            self._end()
            self._pages.close()
            self._icon.end()
            self._shipping.stop()
            self._spool.close()

    def stop(self) -> None:
        """End the process soon: a recording session is clocked out first."""
        self._ending.set()

    def _serve(self, server: Server) -> None:
        quiet_since_s = time.monotonic()
        while not self._ending.is_set():
            conversation = server.accept(_TICK_S)
            if conversation is not None:
                request = conversation.request()
                if request is None or request.do != "glance":
                    quiet_since_s = time.monotonic()
                conversation.reply(self._answer(request))
            try:
                self._tick()
            except SpoolDamaged:
                # The next start salvages the file; going on would lose what is recorded.
                log.warning("the spool is damaged: the agent stops")
                self._stop_listening()
                self._recording = None
                return
            except AgentError as error:
                log.warning("tick: %s", type(error).__name__)
                self._say(f"Storing what is recorded failed ({error}); it is tried again.")
            if self._recording is not None or self._something_waits():
                quiet_since_s = time.monotonic()
            elif time.monotonic() - quiet_since_s > _LINGER_S:
                return

    def _say(self, trouble: str) -> None:
        if trouble not in self._trouble:
            self._trouble.append(trouble)

    def _answer(self, request: Request | None) -> Reply:
        if request is None:
            return Reply("That was not a request.")
        try:
            self._do(request)
            return Reply(
                status=self.status(),
                pictures=held_pictures(self._spool),
                titles=held_titles(self._spool) if request.do == "pictures" else (),
                address=self._page.address() if request.do == "page" else "",
            )
        except AgentError as error:
            return Reply(str(error))
        except Exception as error:  # noqa: BLE001 - the process must outlive one bad request
            log.warning("request %s failed: %s", request.do, type(error).__name__)
            return Reply("The agent failed at that; its log says where.")

    def _do(self, request: Request) -> None:
        actions: dict[str, Callable[[], object]] = {
            "status": lambda: None,
            "glance": lambda: None,
            "clock-in": lambda: self._clock_in(request),
            "clock-out": self._clock_out,
            "pause": lambda: self._pause(PauseReason(request.reason)),
            "resume": self._resume,
            "mode": lambda: self._session().declare(
                read_clock(), Mode(request.mode), on=request.on
            ),
            "task-begin": lambda: self._session().begin_task(read_clock()),
            "note": lambda: self._session().note(read_clock(), request.text),
            "manual": lambda: self._session().add_by_hand(
                read_clock(), request.span_us, ManualReason(request.reason), request.text
            ),
            "stop": self.stop,
            "withdraw": lambda: self._withdraw(request.project),
            "task-end": lambda: self._session().end_task(read_clock(), submitted=request.on),
            "pictures": lambda: None,
            "page": lambda: None,
            "blank": lambda: self._blank(request),
            "release": lambda: self._release(request),
        }
        action = actions.get(request.do)
        if action is None:
            raise ControlFailed("This agent does not know that request.")
        action()

    # The session.

    def _clock_in(self, request: Request) -> None:
        if self._recording is not None:
            raise ControlFailed("You are clocked in already.")
        policy = accepted_policy(self._paths, request.policy_digest)
        desktop = desktop_environment(request.display)
        watch = Watch(desktop)
        try:
            watch.ready()
            recording = self._begun(request, policy)
            self._trouble.clear()
            if display_server(desktop) is DisplayServer.WAYLAND:
                self._say(WAYLAND_HIDES)
            try:
                coarse = read_preferences(self._paths).pixelate
                watch.listen(recording, coarse_pictures=coarse)
            except AgentError:
                recording.clock_out(read_clock())
                self._shipping.wake()
                raise
        except BaseException:
            watch.end()
            raise
        self._watch, self._recording = watch, recording
        self._project_name = request.project_name
        self._observe_pages(policy)
        self._icon.show(desktop)

    def _begun(self, request: Request, policy: Policy) -> Recording:
        session = self._opened_session(request.project, policy)
        facts = SessionFacts(session, self._identity.device, policy.version, AGENT_VERSION)
        interval_us = self._settings.seal_interval_us
        key = self._identity.key
        recording = Recording(facts, policy, read_clock(), self._spool, key, interval_us)
        recording.declare_remembered(self._paths)
        return recording

    def _opened_session(self, project: bytes, policy: Policy) -> bytes:
        session = secrets.token_bytes(16)
        self._spool.add_session(session, project, policy.version)
        self._shipper.retry_now()
        self._shipping.wake()
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
        self._recording = None
        self._shipper.retry_now()
        self._shipping.wake()

    def _withdraw(self, project: bytes) -> None:
        recording = self._recording
        if recording is not None and recording.project == project:
            self._clock_out()
        self._spool.add_withdrawal(project, time.time_ns() // 1000)
        self._shipper.retry_now()
        self._shipping.wake()

    def _pause(self, reason: PauseReason) -> None:
        recording = self._session()
        if recording.paused:
            raise ControlFailed("You are paused already.")
        self._observe_pages(None)
        if self._watch is not None:
            self._watch.rest()
        recording.pause(read_clock(), reason)
        self._shipping.wake()

    def _resume(self) -> None:
        recording = self._session()
        if not recording.paused:
            raise ControlFailed("You are not paused.")
        recording.resume(read_clock())
        try:
            if self._watch is not None:
                coarse = read_preferences(self._paths).pixelate
                self._watch.listen(recording, coarse_pictures=coarse)
        except AgentError:
            recording.pause(read_clock(), PauseReason.NONE)
            raise
        self._observe_pages(recording.policy)

    # Pictures before they leave.

    def _blank(self, request: Request) -> None:
        blank_picture(self._spool, request.number, request.regions, read_clock(), self._recording)
        self._shipping.wake()

    def _release(self, request: Request) -> None:
        release(self._spool, request.number)
        self._shipping.wake()

    def _session(self) -> Recording:
        if self._recording is None:
            raise ControlFailed("You are not clocked in.")
        return self._recording

    def _end(self) -> None:
        if self._recording is not None:
            with contextlib.suppress(AgentError):
                self._clock_out()
        self._ending.set()

    def _tick(self) -> None:
        recording = self._recording
        if recording is None:
            return
        if not recording.paused and (self._watch is None or self._watch.silent()):
            if self._watch is not None:
                self._watch.look()
            return
        if not recording.tick(read_clock()):
            return
        self._shipping.wake()
        stuck = self._spool.session(recording.facts.session).stuck
        if stuck:
            self._stop_listening()
            self._recording = None
            self._trouble.append(f"Recording stopped: {stuck} Clock in again to go on.")

    def _stop_listening(self) -> None:
        self._observe_pages(None)
        if self._watch is not None:
            self._watch.end()
        self._watch = None

    def _observe_pages(self, policy: Policy | None) -> None:
        if self._pages is not None:
            self._pages.scope(policy)

    def _seen_in_page(self, seen: Observation) -> None:
        recording = self._recording
        if recording is not None:
            recording.observe(seen)

    def _something_waits(self) -> bool:
        try:
            counts = self._spool.counts()
        except SpoolRefused:
            return True
        # What is held waits for the trainer to be back, not for this process.
        words = counts.withdrawals_waiting or counts.notices_waiting or self._page.in_use
        return bool(counts.batches_waiting or counts.objects_waiting or words)

    # Status.

    def status(self) -> Status:
        """Everything the trainer should know now."""
        recording = self._recording
        counts = self._spool.counts()
        sources = self._watch.sources if self._watch is not None else ()
        status = Status(
            running=True,
            recording=False,
            sources=source_statuses(sources) + self._browsers(),
            spool=spool_status(counts),
            last_acknowledged_us=counts.last_receipt_us,
            server=self._identity.server,
            server_error=self._shipper.last_error,
            trouble=(*self._trouble, *self._shipping.trouble()),
        )
        if recording is None:
            return status
        broken = broken_sources(sources)
        in_force = self._shipper.policy_version_in_force
        return session_status(status, recording, self._project_name, broken, in_force)

    def _browsers(self) -> tuple[SourceStatus, ...]:
        state = self._pages.state() if self._pages is not None else None
        return () if state is None else (extension_status(state),)
