"""The agent process.

Four threads: this one answers the command line and seals batches, one reads what the capturing
process sends while a session records (`capture.process`), one hears browsers
(`extension.listener`), one ships (`shipping.thread`). They share the `Recording` (locked) and the
`Spool` (locked).
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable

from agent.attendance import Attendance
from agent.clock import read_clock
from agent.errors import (
    AgentError,
    ControlFailed,
    SpoolDamaged,
    SpoolRefused,
)
from agent.face.client import transport_for
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
from agent.page.contents import House
from agent.page.sample import Samples
from agent.page.server import Page
from agent.paths import Paths
from agent.server_keys import keep_handovers
from agent.session.blanking import blank_picture
from agent.settings import Settings
from agent.shipping.shipper import Shipper
from agent.shipping.thread import ShippingThread
from agent.spool.blankings import release
from agent.spool.bounds import expire
from agent.spool.salvage import open_spool
from agent.startup import close_unfinished
from wire.codes import ManualReason, Mode, PauseReason

log = logging.getLogger(__name__)

_TICK_S = 1.0
_OPENING_S = 15.0
_LINGER_S = 3.0


class Runner:
    """One person's agent on this device."""

    def __init__(
        self,
        paths: Paths,
        identity: Identity,
        settings: Settings,
        *,
        clocking_in: bool = False,
    ) -> None:
        """`clocking_in`: a request to clock in is on its way; get ready for it."""
        self._paths = paths
        self._identity = identity
        self._spool, damage = open_spool(paths.spool, settings.spool_max_bytes)
        self._shipper = Shipper(
            identity.server_key, settings.retry_cap_s, handovers=identity.handovers
        )
        self._shipping = ShippingThread(
            self._spool,
            self._shipper,
            identity,
            settings,
            lambda handovers: keep_handovers(paths, handovers),
        )
        self._ending = threading.Event()
        self._attendance = Attendance(
            paths, identity, settings, self._spool, self._shipper, self._shipping
        )
        if clocking_in:
            self._attendance.get_ready()
        if damage:
            self._attendance.say(damage)
        house = House(
            paths,
            self._spool,
            lambda: load_enrolled(paths),
            lambda: self._attendance.recording,
            Samples(paths, lambda: transport_for(identity, settings)),
        )
        self._page = Page(house)

    def run(self) -> None:
        """Serve until nothing is recorded and nothing waits."""
        close_unfinished(self._spool, self._identity)
        with contextlib.suppress(AgentError):
            expire(self._spool, self._paths.spool, time.time_ns() // 1000)
        server = Server(self._paths.socket)
        self._attendance.open()
        self._shipping.start()
        try:
            self._serve(server)
        finally:
            server.close()
            self._page.close()
            self._attendance.close()
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
                self._attendance.tick()
            except SpoolDamaged:
                # The next start salvages the file; going on would lose what is recorded.
                log.warning("the spool is damaged: the agent stops")
                self._attendance.give_up()
                return
            except AgentError as error:
                log.warning("tick: %s", type(error).__name__)
                self._attendance.say(
                    f"Storing what is recorded failed ({error}); it is tried again."
                )
            if self._attendance.recording is not None or self._something_waits():
                quiet_since_s = time.monotonic()
            elif time.monotonic() - quiet_since_s > _LINGER_S:
                return

    def _answer(self, request: Request | None) -> Reply:
        if request is None:
            return Reply("That was not a request.")
        try:
            self._do(request)
            asked = request.do == "pictures"
            return Reply(
                status=self.status(),
                pictures=held_pictures(self._spool) if asked else (),
                titles=held_titles(self._spool) if asked else (),
                address=self._page.address() if request.do == "page" else "",
            )
        except AgentError as error:
            return Reply(str(error))
        except Exception as error:  # noqa: BLE001 - the process must outlive one bad request
            log.warning("request %s failed: %s", request.do, type(error).__name__)
            return Reply("The agent failed at that; its log says where.")

    def _do(self, request: Request) -> None:
        clock = self._attendance
        actions: dict[str, Callable[[], object]] = {
            "status": lambda: None,
            "glance": lambda: None,
            "clock-in": lambda: clock.clock_in(request),
            "clock-out": clock.clock_out,
            "pause": lambda: clock.pause(PauseReason(request.reason)),
            "resume": clock.resume,
            "mode": lambda: clock.session.declare(read_clock(), Mode(request.mode), on=request.on),
            "task-begin": lambda: clock.session.begin_task(read_clock()),
            "note": lambda: clock.session.note(read_clock(), request.text),
            "manual": lambda: clock.session.add_by_hand(
                read_clock(), request.span_us, ManualReason(request.reason), request.text
            ),
            "stop": self.stop,
            "withdraw": lambda: clock.withdraw(request.project),
            "task-end": lambda: clock.session.end_task(read_clock(), submitted=request.on),
            "pictures": lambda: None,
            "page": lambda: None,
            "blank": lambda: self._blank(request),
            "release": lambda: self._release(request),
        }
        action = actions.get(request.do)
        if action is None:
            raise ControlFailed("This agent does not know that request.")
        action()

    # Pictures before they leave.

    def _blank(self, request: Request) -> None:
        blank_picture(
            self._spool, request.number, request.regions, read_clock(), self._attendance.recording
        )
        self._shipping.wake()

    def _release(self, request: Request) -> None:
        release(self._spool, request.number)
        self._shipping.wake()

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
        clock, counts = self._attendance, self._spool.counts()
        status = Status(
            running=True,
            recording=False,
            sources=source_statuses(clock.sources) + self._browsers(),
            spool=spool_status(counts),
            last_acknowledged_us=counts.last_receipt_us,
            server=self._identity.server,
            server_error=self._shipper.last_error,
            trouble=(*clock.trouble, *self._shipping.trouble()),
        )
        if clock.recording is None:
            return status
        broken = broken_sources(clock.sources)
        return session_status(status, clock.recording, clock.project_name, broken, clock.news())

    def _browsers(self) -> tuple[SourceStatus, ...]:
        state = self._attendance.browsers
        return () if state is None else (extension_status(state),)
