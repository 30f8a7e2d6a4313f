"""What the page is told, gathered from the agent: each is one JSON answer."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from agent.errors import AgentError, ControlFailed
from agent.face import consents, control
from agent.face.consent import consent_text
from agent.face.control import Request
from agent.face.day import Day, day_of
from agent.face.receipts import check, check_waiting, receipt_file
from agent.face.status import HeldPicture, HeldTitle, Status
from agent.identity import Enrolled
from agent.page.live import shown
from agent.page.sample import Samples
from agent.paths import Paths
from agent.preferences import read_preferences, write_preferences
from agent.session.recording import Recording
from agent.spool.blankings import picture_bytes
from agent.spool.reading import SessionSeen, SpoolReader
from agent.spool.rows import Region
from agent.spool.sent import Sent, sent_of
from agent.spool.store import Spool
from wire.codes import Mode, PauseReason

ANSWER_S = 3.0
"""So long the agent's main loop may take to answer: then the page says that it does not."""
_DO_S = 45.0
_SESSIONS_SHOWN = 10


class Live(msgspec.Struct, frozen=True):
    """The session's last events."""

    session: str
    last: int
    """Ask for those behind this number next."""
    now_ms: int
    events: list[dict[str, Any]]


class Now(msgspec.Struct, frozen=True):
    """Everything that changes from second to second."""

    status: Status
    pictures: tuple[HeldPicture, ...]
    titles: tuple[HeldTitle, ...]
    live: Live | None
    pixelate: bool


class ReceiptsChecked(msgspec.Struct, frozen=True):
    """A session's receipts, checked here and now."""

    session: str
    project: str
    batches: int
    last_received_us: int
    wrong: list[str]
    """What does not hold, in sentences."""
    notes: list[str]


class Receipts(msgspec.Struct, frozen=True):
    """What was sent, and the proof."""

    sent: Sent
    sessions: list[ReceiptsChecked]
    """The newest first."""
    older: int
    """Sessions that are not listed."""


class ConsentShown(msgspec.Struct, frozen=True):
    """A consent with all that was accepted."""

    project: str
    version: int
    accepted_us: int
    withdrawn_us: int | None
    text: str


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the trainer asks for with a button."""

    do: str
    """`pause`, `resume`, `clock-out`, `mode`, `blank`, `release`, `pixelate`, `sample-send`,
    `sample-delete`."""
    reason: str = "none"
    mode: str = ""
    on: bool = False
    number: int = 0
    regions: tuple[Region, ...] = ()


@dataclass(frozen=True, slots=True)
class House:
    """What the page reads of the agent it lives in."""

    paths: Paths
    spool: Spool
    enrolled: Callable[[], Enrolled]
    recording: Callable[[], Recording | None]
    samples: Samples
    remembered: dict[SessionSeen, ReceiptsChecked] = field(default_factory=dict)
    """Receipts that were checked already."""

    def now(self, after: int) -> Now:
        """The state, through the agent's main loop: one that hangs is seen as such.

        Raises:
            AgentError: the agent's main loop does not answer.
        """
        reply = control.exchange(self.paths.socket, Request(do="pictures"), ANSWER_S)
        if reply.status is None:
            raise ControlFailed("The agent process gave no status.")
        pixelate = read_preferences(self.paths).pixelate
        return Now(reply.status, reply.pictures, reply.titles, self._live(after), pixelate)

    def _live(self, after: int) -> Live | None:
        recording = self.recording()
        if recording is None:
            return None
        recorded = recording.recent.after(after)
        last = recorded[-1][0] if recorded else after
        session = recording.facts.session.hex()
        return Live(session, last, recording.covered_us // 1000, shown(recorded))

    def day(self) -> Day:
        """The hours of today."""
        recording = self.recording()
        live = recording.facts.session.hex() if recording is not None else ""
        reader = SpoolReader(self.paths.spool)
        try:
            today = datetime.now().astimezone().date()
            return day_of(reader, self.paths, today, time.time_ns() // 1000, live)
        finally:
            reader.close()

    def receipts(self) -> Receipts:
        """What was sent, with each receipt of the last sessions checked."""
        reader = SpoolReader(self.paths.spool)
        try:
            sessions = reader.sessions()
            newest = sessions[: -_SESSIONS_SHOWN - 1 : -1]
            counts = dict(
                self.spool.rows("SELECT session, count(*) FROM receipts GROUP BY session")
            )
            found = [self._checked(reader, seen, counts.get(seen.session, 0)) for seen in newest]
        finally:
            reader.close()
        totals = self.spool.rows("SELECT what, count, bytes FROM sent")
        return Receipts(sent_of(totals), found, max(0, len(sessions) - _SESSIONS_SHOWN))

    def _checked(self, reader: SpoolReader, seen: SessionSeen, count: int) -> ReceiptsChecked:
        """Checked anew only when something came: a signature costs a tenth of a millisecond."""
        known = self.remembered.get(seen)
        if known is not None and known.batches == count:
            return known
        enrolled = self.enrolled()
        file = receipt_file(reader, self.paths, enrolled, seen.session.hex())
        receipts = file.sessions[0]
        checked = check(receipts, enrolled.ring)
        check_waiting(checked, seen, reader)
        found = ReceiptsChecked(
            checked.session,
            checked.project_name,
            checked.receipts,
            receipts.receipts[-1].received_us if receipts.receipts else 0,
            checked.wrong,
            checked.notes,
        )
        for older in [each for each in self.remembered if each.session == seen.session]:
            self.remembered.pop(older, None)
        self.remembered[seen] = found
        return found

    def consented(self) -> list[ConsentShown]:
        """All that was accepted on this device, in full."""
        return [self._consent(given) for given in consents.all_given(self.paths)]

    def _consent(self, given: consents.Given) -> ConsentShown:
        try:
            text = consent_text(given.name, consents.document_of(self.paths, given))
        except AgentError as error:
            text = str(error)
        return ConsentShown(given.name, given.version, given.accepted_us, given.withdrawn_us, text)

    def picture(self, number: int) -> bytes:
        """A screenshot that has not left.

        Raises:
            ControlFailed: it is not here any more.
        """
        return picture_bytes(self.spool, number)

    def obey(self, order: Order) -> None:
        """Do what a button says.

        Raises:
            AgentError: it cannot be done; the text says why.
        """
        if order.do == "sample-send":
            self.samples.send()
            return
        if order.do == "sample-delete":
            self.samples.delete()
            return
        if order.do == "pixelate":
            chosen = msgspec.structs.replace(read_preferences(self.paths), pixelate=order.on)
            write_preferences(self.paths, chosen)
            return
        control.exchange(self.paths.socket, _request(order), _DO_S)


def _request(order: Order) -> Request:
    match order.do:
        case "pause":
            return Request(do="pause", reason=_code(PauseReason, order.reason))
        case "mode":
            return Request(do="mode", mode=_code(Mode, order.mode), on=order.on)
        case "blank" | "release":
            return Request(do=order.do, number=order.number, regions=order.regions)
        case "resume" | "clock-out":
            return Request(do=order.do)
        case _:
            raise ControlFailed("This page does not know that request.")


def _code(codes: type[PauseReason | Mode], name: str) -> int:
    for code in codes:
        if code.name.lower().replace("_", "-") == name:
            return int(code)
    raise ControlFailed("This page does not know that request.")
