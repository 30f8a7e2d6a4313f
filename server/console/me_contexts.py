"""What a trainer's own pages show: what needs them now, what they agreed to, their receipts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from server.console.flag_wording import Standing, standing
from server.console.own_time import OwnTime
from server.console.wording import policy_lines
from server.hours.calendar import iso_week
from server.language import _
from server.records import ConsentStep, Stage, StoredReview
from server.records.timesheets import SheetState, Timesheet, approvable_us
from server.services.review import SessionView
from wire.changes import changes
from wire.policy import Policy

_WEEK_US = 7 * 86_400_000_000
_UNSUBMITTED_US = 15 * 86_400_000_000


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that needs somebody, or that waits for others."""

    title: str
    about: str
    what: str
    silence: str
    """What happens if they do nothing."""
    due_us: int | None
    left: str
    href: str
    action: str


@dataclass(frozen=True, slots=True)
class MePage:
    """Where a trainer begins."""

    tasks: tuple[Task, ...]
    waiting: tuple[Task, ...]
    zone: str


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One step: a version accepted, or what was accepted withdrawn."""

    project: str
    when: str
    version: int | None
    asked: tuple[str, ...]
    """The rules of that version, in sentences."""
    new: tuple[str, ...]
    """What differed from the version accepted before."""


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A session with its receipts."""

    session: str
    project: str
    started: str
    batches: int


@dataclass(frozen=True, slots=True)
class ReceiptsPage:
    """Sessions, the newest first."""

    rows: tuple[ReceiptRow, ...]
    next_href: str | None


def me_page(
    reviews: Sequence[tuple[StoredReview, int | None]],
    sheets: Sequence[tuple[Timesheet, bool]],
    time: OwnTime,
) -> MePage:
    """The start page.

    Args:
        reviews: with the time when the session began.
        sheets: weeks, and whether a correction of one waits for its trainer.
        time: the reader's clock.
    """
    found = [(_of_review(review, began, time)) for review, began in reviews]
    tasks = [task for task, asks in found if asks]
    tasks += [task for sheet, corrected in sheets for task in _of_week(sheet, corrected, time)]
    waiting = [task for task, asks in found if not asks]
    return MePage(tuple(_by_deadline(tasks)), tuple(_by_deadline(waiting)), time.zone)


def is_live(review: StoredReview) -> bool:
    """Whether anything of a review is still to come."""
    return review.head.stage is not Stage.CLOSED and review.head.due_us is not None


def _by_deadline(tasks: Iterable[Task]) -> list[Task]:
    return sorted(tasks, key=lambda task: task.due_us or 1 << 62)


def _of_review(review: StoredReview, began_us: int | None, time: OwnTime) -> tuple[Task, bool]:
    stand = standing(review, time.when)
    asks = stand.asks and stand.due_us is not None and stand.due_us > time.now_us
    began = time.when(began_us if began_us is not None else review.opened_us)
    task = Task(
        title=stand.title,
        about=_("Session of %(when)s", when=began),
        what=stand.what,
        silence=stand.silence,
        due_us=stand.due_us,
        left=time.left(stand.due_us) if stand.due_us is not None else "",
        href=f"/flags/{review.id.hex()}",
        action=_action(stand, review),
    )
    return task, asks


def _action(stand: Standing, review: StoredReview) -> str:
    if not stand.asks:
        return _("See how it stands")
    appeals = review.head.stage is Stage.DECIDED
    return _("Read the reasons, and appeal") if appeals else _("See the evidence, and answer")


def _of_week(sheet: Timesheet, corrected: bool, time: OwnTime) -> Iterable[Task]:
    href, week = f"/hours/{sheet.id.hex()}", iso_week(sheet.week)
    if sheet.state is SheetState.DISPUTED and not sheet.answer:
        yield Task(
            title=_("Some of your time in week %(week)s is disputed", week=week),
            about="",
            what=_("It is not paid while it is disputed. Everything else of the week is."),
            silence=_(
                "If you do nothing, that admits nothing. If nobody decides in the days that the"
                " project's rules give, it is paid."
            ),
            due_us=None,
            left="",
            href=href,
            action=_("Read why, and answer"),
        )
    due_us = approvable_us(sheet.week)
    over = time.now_us >= due_us - _UNSUBMITTED_US + _WEEK_US
    if sheet.state is SheetState.OPEN and over:
        yield Task(
            title=_("Week %(week)s is not submitted", week=week),
            about="",
            what=_("Look through it. Time that is missing can be added in the agent first."),
            silence=_(
                "From %(due)s on it can be approved without you. What was recorded is paid all the"
                " same.",
                due=time.when(due_us),
            ),
            due_us=due_us,
            left=time.left(due_us) if due_us > time.now_us else "",
            href=href,
            action=_("Look through the week"),
        )
    if corrected:
        yield Task(
            title=_("A correction of week %(week)s would take time away", week=week),
            about="",
            what=_("It counts only if you accept it."),
            silence=_("If you do nothing, the hours stay as they were decided."),
            due_us=None,
            left="",
            href=href,
            action=_("Look at the correction"),
        )


def consent_rows(
    steps: Sequence[ConsentStep],
    projects: Mapping[bytes, str],
    policies: Mapping[tuple[bytes, int], Policy],
    time: OwnTime,
) -> tuple[ConsentRow, ...]:
    """The history of consents, the newest first."""
    before: dict[bytes, Policy] = {}
    rows = []
    for step in reversed(steps):
        policy = policies.get((step.project, step.version)) if step.version is not None else None
        earlier = before.get(step.project)
        differs = changes(earlier, policy) if earlier is not None and policy is not None else ()
        rows.append(
            ConsentRow(
                projects.get(step.project, ""),
                time.when(step.at_us),
                step.version,
                policy_lines(policy) if policy is not None else (),
                tuple(change.sentence for change in differs),
            )
        )
        if policy is not None:
            before[step.project] = policy
    return tuple(reversed(rows))


def receipt_rows(views: Sequence[SessionView], time: OwnTime) -> tuple[ReceiptRow, ...]:
    """Sessions of which something was received."""
    return tuple(
        ReceiptRow(
            view.line.id.hex(),
            view.line.project_name,
            time.when(view.line.opened_us),
            view.line.head_sequence + 1,
        )
        for view in views
        if view.line.head_sequence >= 0
    )
