"""Timesheets as whoever asks may see and decide them.

| step | who |
|---|---|
| submit, answer a dispute, give disputed minutes up | the trainer whose week it is |
| approve, dispute, lock | administrators, leads of their team, platform keys; no own week |
| accept a correction, or decline it | as for approving; one that takes pay away, only the trainer |

Every step is a line in the audit log, and is taken only if the week is still as it was seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.clock import now_us
from server.errors import Refusal, not_found
from server.hours.calendar import day_span
from server.hours.intervals import Disputed, Interval, disputed_in
from server.language import N_
from server.records import Role
from server.records.hours import HOLD_MAX_US, Seconds, Span
from server.records.timesheets import (
    Correction,
    CorrectionState,
    DisputedSpan,
    HoursLine,
    Move,
    SheetState,
    Timesheet,
    approvable_us,
)
from server.services.asking import Asker
from server.services.naming import named_id
from server.storage.protocols import OrganisationStore, Store
from wire.problems import ProblemCode

WORDS_MAX_CHARS = 2_000
STRETCHES_MAX = 100
_LINES_MAX = 5_000
"""Of one person's week: a session a minute would be twice as many."""
_WEEK_LAST = 6
_SECOND_US = 1_000_000
_DAY_US = 86_400 * _SECOND_US


@dataclass(frozen=True, slots=True)
class SheetView:
    """A week with what it is made of."""

    sheet: Timesheet
    day_spans: Mapping[int, Span]
    """Each of its days that there is, in UTC seconds."""
    lines: Sequence[HoursLine]
    corrections: Sequence[Correction]


class Timesheets:
    """Weeks of people: shown, submitted, disputed, approved, locked, corrected."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def page(
        self,
        asker: Asker,
        before_row: int | None,
        limit: int,
        week: int | None = None,
        state: SheetState | None = None,
        person_hex: str | None = None,
    ) -> Sequence[Timesheet]:
        """Timesheets within sight, the newest first."""
        person = named_id(person_hex) if person_hex is not None else None
        return self._of(asker).timesheets(asker.sight, limit, before_row, week, state, person)

    def view(self, asker: Asker, sheet_hex: str) -> SheetView:
        """One timesheet; raises `Refusal` for what the asker may not see."""
        store = self._of(asker)
        sheet = store.timesheet(named_id(sheet_hex), asker.sight)
        if sheet is None:
            raise not_found()
        days = (sheet.week, sheet.week + _WEEK_LAST)
        zones = store.zones_of(sheet.person)
        spans = {day: day_span(day, zones) for day in range(days[0], days[1] + 1)}
        real = {day: span for day, span in spans.items() if span[0] < span[1]}
        lines = store.hours_lines(days, _LINES_MAX, person=sheet.person)
        return SheetView(sheet, real, lines, store.corrections(sheet.row))

    def submit(self, asker: Asker, view: SheetView) -> None:
        """The trainer says: this is my week."""
        _need_own(asker, view.sheet)
        _need_state(view.sheet, SheetState.OPEN)
        self._move(asker, view.sheet, Move(SheetState.SUBMITTED, asker.name), "submitted")

    def approve(self, asker: Asker, view: SheetView) -> None:
        """These hours are right; what a dispute held is held no longer."""
        _need_decider(asker, view.sheet)
        if view.sheet.state is SheetState.OPEN:
            _need_over(view.sheet)
        else:
            _need_state(view.sheet, SheetState.SUBMITTED, SheetState.DISPUTED)
        self._move(asker, view.sheet, Move(SheetState.APPROVED, asker.name), "approved")

    def dispute(
        self, asker: Asker, view: SheetView, reason: str, disputed: Sequence[Disputed]
    ) -> None:
        """Doubt some minutes: they are held, for a while; all others are payable."""
        _need_decider(asker, view.sheet)
        _need_state(view.sheet, SheetState.SUBMITTED)
        spans = tuple(_spans(self._of(asker), view, disputed))
        if not spans:
            raise _invalid(N_("A dispute names the minutes that it is about."))
        move = Move(SheetState.DISPUTED, asker.name, reason=_words(reason), disputed=spans)
        self._move(asker, view.sheet, move, "disputed")

    def disputed_in(
        self, asker: Asker, view: SheetView, intervals: Sequence[Interval]
    ) -> list[Disputed]:
        """What intervals by the clock doubt; raises `Refusal` for those that make no sense."""
        rows = sorted({line.session_row for line in view.lines})
        return disputed_in(intervals, view.lines, self._of(asker).session_stretches(rows))

    def answer(self, asker: Asker, view: SheetView, answer: str) -> None:
        """What the trainer says to a dispute."""
        _need_own(asker, view.sheet)
        _need_state(view.sheet, SheetState.DISPUTED)
        move = Move(SheetState.DISPUTED, asker.name, answer=_words(answer))
        self._move(asker, view.sheet, move, "answered")

    def give_up(self, asker: Asker, view: SheetView) -> None:
        """The trainer agrees that the disputed minutes are not paid: nothing else is in doubt."""
        _need_own(asker, view.sheet)
        _need_state(view.sheet, SheetState.DISPUTED)
        move = Move(SheetState.APPROVED, asker.name, gives_up=True)
        self._move(asker, view.sheet, move, "given-up")

    def lock(self, asker: Asker, view: SheetView) -> None:
        """Payroll has taken it; nothing of it may be held any more."""
        _need_decider(asker, view.sheet)
        _need_state(view.sheet, SheetState.APPROVED)
        if view.sheet.seconds.held_s:
            raise _conflict(
                N_("Some of its minutes are held: wait until they are decided or lapse.")
            )
        self._move(asker, view.sheet, Move(SheetState.LOCKED, asker.name), "locked")

    def accept(self, asker: Asker, view: SheetView, correction: int) -> None:
        """Have a correction count."""
        _need_deciding(asker, view, correction)
        store = self._of(asker)
        if not store.accept_correction(view.sheet, correction, asker.name, now_us()):
            raise _moved_on()
        store.audit(asker.name, "timesheet.corrected", f"{view.sheet.id.hex()}/{correction}")

    def decline(self, asker: Asker, view: SheetView, correction: int, reason: str) -> None:
        """Let a correction never count, and say why."""
        _need_deciding(asker, view, correction)
        store, words = self._of(asker), _words(reason)
        if not store.decline_correction(view.sheet, correction, asker.name, words, now_us()):
            raise _moved_on()
        subject = f"{view.sheet.id.hex()}/{correction}"
        store.audit(asker.name, "timesheet.correction-declined", subject)

    def _move(self, asker: Asker, sheet: Timesheet, move: Move, did: str) -> None:
        store = self._of(asker)
        if not store.move_timesheet(sheet, move, now_us()):
            raise _moved_on()
        store.audit(asker.name, f"timesheet.{did}", sheet.id.hex())

    def _of(self, asker: Asker) -> OrganisationStore:
        return self._store.of(asker.organisation)


def _spans(
    store: OrganisationStore, view: SheetView, disputed: Sequence[Disputed]
) -> list[DisputedSpan]:
    known = {line.session: (line.session_row, line.opened_us) for line in view.lines}
    first, last = min(view.day_spans.values())[0], max(view.day_spans.values())[1]
    found = []
    for one in disputed[:STRETCHES_MAX]:
        if one.session not in known:
            raise _invalid(N_("A session that is named has no hours in this week."))
        row, opened_us = known[one.session]
        start_us = max(one.from_us, first * _SECOND_US)
        end_us = min(one.until_us, last * _SECOND_US)
        if start_us >= end_us:
            raise _invalid(N_("A stretch that is named lies outside of this week, or is empty."))
        hold_us = _hold_us(store, one.session)
        found.append(DisputedSpan(row, start_us - opened_us, end_us - opened_us, hold_us))
    return found


def _hold_us(store: OrganisationStore, session: bytes) -> int:
    """So long may a session's pay be held back: as its policy said when it was opened."""
    entry = store.session(session)
    policy = store.policy(entry.project, entry.policy_version) if entry else None
    return policy.review_rules.hold_days * _DAY_US if policy else HOLD_MAX_US


def takes_away(correction: Correction) -> bool:
    """Whether a correction lowers what is paid."""
    total = Seconds()
    for part in correction.parts:
        total += part.seconds
    return total.worked_s < 0


def may_decide(asker: Asker, sheet: Timesheet) -> bool:
    """Whether somebody who sees a timesheet may approve it."""
    return asker.role in (None, Role.ADMIN, Role.LEAD) and asker.person != sheet.person


def _need_decider(asker: Asker, sheet: Timesheet) -> None:
    if not may_decide(asker, sheet):
        detail = N_("A lead or an administrator decides this, and nobody their own week.")
        raise Refusal(ProblemCode.FORBIDDEN, 403, detail)


def _need_deciding(asker: Asker, view: SheetView, correction: int) -> None:
    """Whoever gains nothing by it decides: what takes pay away is the trainer's to decide."""
    found = next((one for one in view.corrections if one.row == correction), None)
    if found is None:
        raise not_found()
    if found.state is not CorrectionState.OFFERED:
        raise _conflict(N_("This correction is not offered any more; fetch the timesheet again."))
    if takes_away(found):
        _need_own(asker, view.sheet)
    else:
        _need_decider(asker, view.sheet)


def _need_own(asker: Asker, sheet: Timesheet) -> None:
    if asker.person != sheet.person:
        raise Refusal(ProblemCode.FORBIDDEN, 403, N_("Only the person whose week it is does this."))


def _need_state(sheet: Timesheet, *states: SheetState) -> None:
    if sheet.state not in states:
        raise _conflict(
            N_("The timesheet is %(state)s; this cannot be done with it."), state=sheet.state.value
        )


def _need_over(sheet: Timesheet) -> None:
    """Silence costs no pay: a week that nobody submits can be approved when it is long over."""
    if now_us() < approvable_us(sheet.week):
        raise _conflict(
            N_("It was not submitted; a week after it is over it can be approved anyway.")
        )


def _words(text: str) -> str:
    words = text.strip()
    if not 0 < len(words) <= WORDS_MAX_CHARS:
        raise _invalid(N_("Say why, in 1 to %(most)s characters."), most=WORDS_MAX_CHARS)
    return words


def _moved_on() -> Refusal:
    return _conflict(N_("The timesheet changed in the meantime; look at it again and decide anew."))


def _conflict(detail: str, **values: object) -> Refusal:
    return Refusal(ProblemCode.CONFLICT, 409, detail, values=values)


def _invalid(detail: str, **values: object) -> Refusal:
    return Refusal(ProblemCode.INVALID_REQUEST, 400, detail, values=values)
