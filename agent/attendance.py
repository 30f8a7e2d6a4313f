"""The trainer's clock: in, pause, resume, out. Listeners exist only between the two.

Called from the agent process's main thread alone; what is recorded comes in by two others (the
capturing process's reader and the browsers' listener) through the locked `Recording`.
"""

import contextlib
import os
import secrets
import time

from agent import AGENT_VERSION
from agent.abilities import abilities
from agent.capture.frames import SourceReport
from agent.capture.watch import Watch
from agent.clock import read_clock
from agent.display import WAYLAND_HIDES, desktop_environment, display_server
from agent.errors import AgentError, ControlFailed
from agent.extension.listener import ExtensionListener
from agent.face.consent import accepted_policy
from agent.face.consents import check_not_withdrawn
from agent.face.control import Request
from agent.face.rules import while_recording
from agent.identity import Identity
from agent.observations import Observation
from agent.paths import Paths
from agent.preferences import read_preferences
from agent.session.recorder import SessionFacts
from agent.session.recording import Recording
from agent.settings import Settings
from agent.shipping.shipper import Shipper
from agent.shipping.thread import ShippingThread
from agent.spool.store import Spool
from agent.tray.starting import TrayIcon
from wire.codes import DisplayServer, PauseReason, SourceState
from wire.policy import Policy

_OPENING_S = 15.0


class Attendance:
    """One person's sessions, one after the other."""

    def __init__(
        self,
        paths: Paths,
        identity: Identity,
        settings: Settings,
        spool: Spool,
        shipper: Shipper,
        shipping: ShippingThread,
    ) -> None:
        self._paths = paths
        self._identity = identity
        self._settings = settings
        self._spool = spool
        self._shipper = shipper
        self._shipping = shipping
        self._watch: Watch | None = None
        self._prepared: Watch | None = None
        self._icon = TrayIcon()
        self._pages: ExtensionListener | None = None
        self.recording: Recording | None = None
        """The session in hand."""
        self.project_name = ""
        self.trouble: list[str] = []
        """Sentences that the trainer must read."""

    def open(self) -> None:
        """Be there for browsers; the caller holds the instance lock."""
        self._pages = ExtensionListener(self._paths.extension_socket, self._seen_in_page)

    def get_ready(self) -> None:
        """Start a capturing process for a request that is on its way; it opens no listener."""
        self._prepared = Watch(desktop_environment(os.environ))

    @property
    def sources(self) -> tuple[SourceReport, ...]:
        """Each source's state while a session is in hand."""
        return self._watch.sources if self._watch is not None else ()

    @property
    def browsers(self) -> SourceState | None:
        """Whether a browser is connected; None: there is nothing for it to observe."""
        return self._pages.state() if self._pages is not None else None

    @property
    def session(self) -> Recording:
        """The session in hand.

        Raises:
            ControlFailed: there is none.
        """
        if self.recording is None:
            raise ControlFailed("You are not clocked in.")
        return self.recording

    def news(self) -> str:
        """What changed, if other rules came into force than those of the session in hand."""
        recording, version = self.recording, self._shipper.policy_version_in_force
        if recording is None or version <= recording.facts.policy_version:
            return ""
        for offer in self._shipper.offers:
            if (offer.project, offer.policy.version) == (recording.project, version):
                return while_recording(recording.policy, offer.policy)
        return "The project has new rules: clock out and in again to read them."

    def say(self, trouble: str) -> None:
        """Keep a sentence for the trainer to read, once."""
        if trouble not in self.trouble:
            self.trouble.append(trouble)

    def clock_in(self, request: Request) -> None:
        """Begin a session; returns when its sources record.

        Raises:
            ControlFailed: one is in hand, or the server does not open this one.
            ConsentMissing: these rules were not accepted on this device.
            SourceUnavailable: this desktop cannot be recorded on.
        """
        if self.recording is not None:
            raise ControlFailed("You are clocked in already.")
        check_not_withdrawn(self._paths, request.project)
        policy = accepted_policy(self._paths, request.policy_digest)
        desktop = desktop_environment(request.display)
        watch = self._prepared_for(desktop)
        try:
            watch.ready()
            self._shipping.observing(abilities(display_server(desktop), self.browsers))
            recording = self._begun(request, policy)
            self.trouble.clear()
            if display_server(desktop) is DisplayServer.WAYLAND:
                self.say(WAYLAND_HIDES)
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
        self._watch, self.recording = watch, recording
        self.project_name = request.project_name
        self._observe_pages(policy)
        self._icon.show(desktop)

    def _prepared_for(self, desktop: dict[str, str]) -> Watch:
        prepared, self._prepared = self._prepared, None
        if prepared is None:
            return Watch(desktop)
        if prepared.environment == desktop and prepared.alive:
            return prepared
        prepared.end()
        return Watch(desktop)

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

    def clock_out(self) -> None:
        """End the session: no listener is open when this returns."""
        recording = self.session
        self._stop_listening()
        recording.clock_out(read_clock())
        self.recording = None
        self._shipper.retry_now()
        self._shipping.wake()

    def withdraw(self, project: bytes) -> None:
        """The trainer takes a consent back: a session under it ends now, and the server is told."""
        recording = self.recording
        if recording is not None and recording.project == project:
            self.clock_out()
        self._spool.add_withdrawal(project, time.time_ns() // 1000)
        self._shipper.retry_now()
        self._shipping.wake()

    def pause(self, reason: PauseReason) -> None:
        """Close every listener until `resume`."""
        recording = self.session
        if recording.paused:
            raise ControlFailed("You are paused already.")
        self._observe_pages(None)
        if self._watch is not None:
            self._watch.rest()
        recording.pause(read_clock(), reason)
        self._shipping.wake()

    def resume(self) -> None:
        """Record again."""
        recording = self.session
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

    def tick(self) -> None:
        """Seal what is due; call it every second.

        Raises:
            SpoolDamaged: the spool file does not read any more.
            SpoolRefused: the spool could not take something; it is tried again.
        """
        recording = self.recording
        if recording is None:
            return
        if self._shipper.barred:
            self.clock_out()
            self.say(
                f"Recording has stopped. {self._shipper.barred} What was not sent is kept on this"
                " device."
            )
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
            self.give_up()
            self.trouble.append(f"Recording stopped: {stuck} Clock in again to go on.")

    def give_up(self) -> None:
        """Stop listening without a word to the spool, which does not take any."""
        self._stop_listening()
        self.recording = None

    def close(self) -> None:
        """End everything: a session in hand is clocked out first."""
        if self.recording is not None:
            with contextlib.suppress(AgentError):
                self.clock_out()
        if self._prepared is not None:
            self._prepared.end()
        if self._pages is not None:
            self._pages.close()
        self._icon.end()

    def _stop_listening(self) -> None:
        self._observe_pages(None)
        if self._watch is not None:
            self._watch.end()
        self._watch = None

    def _observe_pages(self, policy: Policy | None) -> None:
        if self._pages is not None:
            self._pages.scope(policy)

    def _seen_in_page(self, seen: Observation) -> None:
        recording = self.recording
        if recording is not None:
            recording.observe(seen)
