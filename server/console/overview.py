"""The first page of leads and administrators: how the organisation stands, in figures."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.console.desk import Desk, to
from server.errors import not_found
from server.language import N_, _, moment, number, percent
from server.language.formats import full_day
from server.overview.days import DayFigures
from server.overview.period import CASES_MIN, HOURS_MIN, Group, Period, period_of
from server.reviews.quality import Figure
from server.scoring.assessments import FLAGGED_BANDS
from server.services.asking import Asker

Writing = Callable[[float], str]
PERIODS = {7: N_("a week"), 28: N_("4 weeks"), 91: N_("13 weeks"), 364: N_("52 weeks")}
_USUAL = 28
_BY_WEEK_FROM = 91
_WEEK = 7


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure as the page says it."""

    title: str
    value: str
    interval: str
    """Empty where too little was seen, or where nothing is estimated."""
    cases: str
    means: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    """Control sessions that share something."""

    name: str
    value: str
    interval: str
    cases: str


@dataclass(frozen=True, slots=True)
class Points:
    """What the charts draw, a value for each stretch of days; None: nothing to say."""

    names: tuple[str, ...]
    hours: tuple[float, ...]
    flags: tuple[int, ...]
    sessions: tuple[int, ...]
    abstained: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """Figures of a period."""

    days: int
    periods: tuple[tuple[int, str], ...]
    hours: str
    sessions: str
    figures: tuple[FigureRow, ...]
    groups: tuple[tuple[str, tuple[GroupRow, ...]], ...]
    controls: FigureRow
    points: Points
    counted: str
    empty: bool


class OverviewRoutes:
    """The overview."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        """What to mount."""
        return [Route("/overview", self.overview, methods=["GET"])]

    async def overview(self, request: Request) -> Response:
        """Figures of a period that is chosen."""
        person = await self._desk.person(request)
        if person is None:
            return to("/login")
        asker = await self._desk.asker(request)
        if not asker.measures_reviews:
            raise not_found()
        asked = request.query_params.get("days", str(_USUAL))
        days = next((each for each in PERIODS if str(each) == asked), None)
        if days is None:
            raise not_found()
        page = await run_in_threadpool(self._contents, asker, days)
        return self._desk.page(request, "overview.html", person, {"page": page})

    def _contents(self, asker: Asker, days: int) -> OverviewPage:
        own = self._desk.sign_ins.store.of(asker.organisation)
        today = datetime.now(UTC).date().toordinal()
        found = period_of(own.day_figures(today - days + 1, today))
        return overview_page(found, days, today)


def overview_page(found: Period, days: int, today: int) -> OverviewPage:
    """The context of the page."""
    return OverviewPage(
        days=days,
        periods=tuple((each, _(title)) for each, title in PERIODS.items()),
        hours=number(found.hours, 0),
        sessions=number(found.sessions),
        figures=_figures(found),
        groups=tuple(
            (title, tuple(_group(group) for group in groups))
            for title, groups in (
                (_("Operating system"), found.by_system),
                (_("Language"), found.by_language),
                (_("How it was typed"), found.by_input),
            )
        ),
        controls=_row(
            _("Genuine control sessions that are flagged"),
            found.control_false_flags,
            percent_of,
            _("They are known to be genuine, so each flag among them is a false one."),
        ),
        points=_points(found, days, today),
        counted=moment(found.counted_us) if found.counted_us is not None else "",
        empty=not found.sessions and not found.hours,
    )


def _figures(found: Period) -> tuple[FigureRow, ...]:
    return (
        _row(
            _("Flags per thousand hours"),
            found.flags_per_thousand_hours if found.hours >= HOURS_MIN else None,
            one_place,
            _("Sessions that a person should look at, for the hours that were worked."),
            enough=True,
        ),
        _row(
            _("Decisions overturned on appeal"),
            found.overturned,
            percent_of,
            _("Of appeals that were decided: nothing adverse was left of the decision."),
        ),
        _row(
            _("Reviewers who agree"),
            found.agreement,
            percent_of,
            _("Of two blind verdicts on the same session, weighted by how they were drawn."),
        ),
        _row(
            _("Days to a decision, the middle of all"),
            found.median_days,
            one_place,
            _("From the opening of a review to its decision."),
        ),
        _row(
            _("Sessions of which nothing can be said"),
            found.abstained,
            percent_of,
            _("Too little was observed to judge. That counts neither for nor against anybody."),
        ),
        _row(
            _("Genuine sessions that are flagged, estimated"),
            found.false_flags,
            percent_of,
            _("From flags that people cleared, and from sessions that were drawn by chance."),
        ),
    )


def percent_of(value: float) -> str:
    """A share, as the page writes it."""
    return percent(value, 1)


def one_place(value: float) -> str:
    """A number with one place."""
    return number(value, 1)


def _row(
    title: str, found: Figure | None, write: Writing, means: str, *, enough: bool = False
) -> FigureRow:
    if found is None or (found.cases < CASES_MIN and not enough):
        return FigureRow(title, _("too few to say"), "", _cases(found), means)
    return FigureRow(title, write(found.value), _interval(found, write), _cases(found), means)


def _group(group: Group) -> GroupRow:
    few = group.figure.cases < CASES_MIN
    return GroupRow(
        group.name or _("not said"),
        _("too few to say") if few else percent_of(group.figure.value),
        "" if few else _interval(group.figure, percent_of),
        _cases(group.figure),
    )


def _interval(found: Figure, write: Writing) -> str:
    return _("%(low)s to %(high)s", low=write(found.low), high=write(found.high))


def _cases(found: Figure | None) -> str:
    return number(found.cases if found else 0)


def _points(found: Period, days: int, today: int) -> Points:
    """By day, or by week where there would be too many."""
    known = dict(found.days)
    step = _WEEK if days >= _BY_WEEK_FROM else 1
    starts = range(today - days + 1, today + 1, step)
    parts = [
        [known.get(day, DayFigures()) for day in range(start, start + step)] for start in starts
    ]
    sessions = [sum(sum(day.bands.values()) for day in part) for part in parts]
    unsaid = [sum(day.bands.get("cannot_determine", 0) for day in part) for part in parts]
    return Points(
        names=tuple(full_day(date.fromordinal(start)) for start in starts),
        hours=tuple(round(sum(day.worked_s for day in part) / 3_600, 2) for part in parts),
        flags=tuple(sum(_flagged(day) for day in part) for part in parts),
        sessions=tuple(sessions),
        abstained=tuple(
            round(none / all_, 4) if all_ else None
            for none, all_ in zip(unsaid, sessions, strict=True)
        ),
    )


def _flagged(day: DayFigures) -> int:
    return sum(count for band, count in day.bands.items() if band in FLAGGED_BANDS)
