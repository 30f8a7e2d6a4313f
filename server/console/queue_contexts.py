"""What the list of reviews may show: typed, so that a template cannot reach further."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from server.console.cards import KIND_TITLES, CardLines, card_lines, rules_line
from server.console.wording import BAND_TITLES, reason_title
from server.language import N_, _
from server.records import DAY_US, OpenFilter, OpenReview, Stage, Wanted
from server.reviews.card import Seen, bit_of
from server.reviews.listing import Listed, Page, Rules
from server.reviews.reviewing import Queue

AGES = {
    "day": (N_("Waits for less than a day"), 0, 1),
    "days": (N_("Waits for one to three days"), 1, 3),
    "longer": (N_("Waits for longer than three days"), 3, None),
}
"""Coarse: the day on which a session was recorded must not follow from it."""
CASES = {"several": N_("Several sessions of one person"), "one": N_("One session alone")}
_BANDS = ("strong", "review", "cannot_determine", "consistent")
Query = Mapping[str, str]
Choice = tuple[str, str, bool]
"""Value, what it is called, whether it is chosen."""


@dataclass(frozen=True, slots=True)
class DoneRow:
    """A review in which the reader gave their verdict."""

    id: str
    opened_us: int


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A session in the list."""

    review: str
    card: CardLines
    waits: str


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case: what is taken together."""

    take: str
    """The review by which it is taken."""
    sessions: tuple[ListedRow, ...]


@dataclass(frozen=True, slots=True)
class QueuePage:
    """The queue."""

    waiting: int
    held: tuple[str, ...]
    done_today: int
    done: tuple[DoneRow, ...]
    cases: tuple[CaseRow, ...]
    filters: tuple[tuple[str, str, tuple[Choice, ...]], ...]
    """Name, label, choices."""
    narrowed: bool
    next_href: str | None
    said: str
    oversees: bool
    """Whether the reader also sees open reviews by name, of people in their teams."""


@dataclass(frozen=True, slots=True)
class OpenRow:
    """An open review, by name."""

    session: str
    person: str
    project: str
    band: str
    band_title: str
    reason: str
    stands: str
    began_us: int
    due_us: int | None


@dataclass(frozen=True, slots=True)
class OpenPage:
    """Open reviews of sessions that the reader sees in full."""

    rows: tuple[OpenRow, ...]
    filters: tuple[tuple[str, str, tuple[Choice, ...]], ...]
    narrowed: bool
    next_href: str | None


def queue_page(
    queue: Queue,
    page: Page,
    rules: Sequence[Rules],
    query: Query,
    now_us: int,
    *,
    said: str = "",
    oversees: bool = False,
) -> QueuePage:
    """The context of the queue."""
    filters = [
        ("kind", _("What stands out"), _kinds(query)),
        ("age", _("How long it waits"), _choices(query, "age", [(k, AGES[k][0]) for k in AGES])),
        ("case", _("Case"), _choices(query, "case", list(CASES.items()))),
    ]
    if len(rules) > 1:
        lines = [(str(at), rules_line(each.policy.allowed)) for at, each in enumerate(rules)]
        chosen = tuple((at, line, query.get("rules") == at) for at, line in lines)
        filters.insert(0, ("rules", _("Rules of the project"), chosen))
    return QueuePage(
        waiting=queue.waiting,
        held=tuple(each.id.hex() for each in queue.held),
        done_today=queue.done_today,
        done=tuple(DoneRow(each.id.hex(), each.opened_us) for each in queue.done),
        cases=tuple(_case(each, now_us) for each in page.cases),
        filters=tuple(filters),
        narrowed=any(query.get(name) for name in ("rules", "kind", "age", "case")),
        next_href=_next(query, "/reviews") if page.more else None,
        said=said,
        oversees=oversees,
    )


def open_page(
    rows: Sequence[OpenReview],
    people: Sequence[tuple[bytes, str]],
    projects: Sequence[tuple[bytes, str]],
    query: Query,
    *,
    more: bool,
) -> OpenPage:
    """The context of open reviews by name."""
    named = (("person", _("Person"), people), ("project", _("Project"), projects))
    filters = [
        (name, label, tuple((i.hex(), title, query.get(name) == i.hex()) for i, title in found))
        for name, label, found in named
    ]
    bands = [(band, BAND_TITLES[band]) for band in _BANDS]
    filters += [
        ("band", _("Finding"), _choices(query, "band", bands)),
        ("kind", _("What stands out"), _kinds(query)),
        ("age", _("How long it waits"), _choices(query, "age", [(k, AGES[k][0]) for k in AGES])),
    ]
    return OpenPage(
        rows=tuple(_open_row(row) for row in rows),
        filters=tuple(filters),
        narrowed=any(query.get(name) for name, _label, _found in filters),
        next_href=_next(query, "/reviews/open") if more else None,
    )


def wanted_of(query: Query, rules: Sequence[Rules], now_us: int) -> Wanted:
    """What a reviewer's query asks for; what it names and is not there says nothing."""
    from_us, to_us = _age(query, now_us)
    number = query.get("rules", "")
    chosen = rules[int(number)] if _is_one_of(number, len(rules)) else None
    several = {"several": True, "one": False}.get(query.get("case", ""))
    return Wanted(
        projects=chosen.projects if chosen else None,
        kinds=_bits(query),
        from_us=from_us,
        to_us=to_us,
        several=several,
    )


def open_filter_of(query: Query, now_us: int) -> OpenFilter:
    """What the query of whoever sees names asks for."""
    from_us, to_us = _age(query, now_us)
    band = query.get("band", "")
    return OpenFilter(
        person=_id(query.get("person", "")),
        project=_id(query.get("project", "")),
        band=band if band in _BANDS else None,
        kinds=_bits(query),
        from_us=from_us,
        to_us=to_us,
    )


def page_number(query: Query) -> int:
    """Which page is asked for, from 0."""
    number = query.get("page", "")
    return int(number) if _is_one_of(number, 10_000) else 0


def _case(case: Sequence[Listed], now_us: int) -> CaseRow:
    rows = tuple(
        ListedRow(each.review.hex(), card_lines(each), _waits(each.began_us, now_us))
        for each in case
    )
    return CaseRow(rows[0].review, rows)


def _waits(began_us: int, now_us: int) -> str:
    days = (now_us - began_us) / DAY_US
    title = next(title for title, _from, to in AGES.values() if to is None or days < to)
    return _(title)


def _open_row(row: OpenReview) -> OpenRow:
    band = row.band or ""
    return OpenRow(
        session=row.session.hex(),
        person=row.person_name,
        project=row.project_name,
        band=band,
        band_title=_(BAND_TITLES[band]) if band in BAND_TITLES else "",
        reason=reason_title(row.main_reason) if row.main_reason else "",
        stands=_stands(row),
        began_us=row.began_us,
        due_us=row.due_us,
    )


def _stands(row: OpenReview) -> str:
    if row.stage == Stage.TRAINER:
        return _("The trainer is asked")
    if row.held:
        return _("A reviewer holds it")
    return _("An appeal waits") if row.appealed else _("Waits for a reviewer")


def _kinds(query: Query) -> tuple[Choice, ...]:
    return _choices(query, "kind", [(kind.value, KIND_TITLES[kind]) for kind in Seen])


def _choices(query: Query, name: str, titles: Sequence[tuple[str, str]]) -> tuple[Choice, ...]:
    return tuple((value, _(title), query.get(name) == value) for value, title in titles)


def _bits(query: Query) -> int:
    kind = query.get("kind", "")
    return bit_of(Seen(kind)) if kind in set(Seen) else 0


def _age(query: Query, now_us: int) -> tuple[int | None, int | None]:
    """From and until when a review of the age that is asked for began to wait."""
    if query.get("age") not in AGES:
        return None, None
    _title, least, most = AGES[query["age"]]
    to_us = now_us - least * DAY_US if least else None
    return (now_us - most * DAY_US if most is not None else None), to_us


def _next(query: Query, path: str) -> str:
    kept = {name: value for name, value in query.items() if name != "page" and value}
    return f"{path}?{urlencode(kept | {'page': str(page_number(query) + 1)})}"


def _is_one_of(number: str, count: int) -> bool:
    return number.isdecimal() and number.isascii() and len(number) < 6 and int(number) < count


def _id(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text) or None
    except ValueError:
        return None
