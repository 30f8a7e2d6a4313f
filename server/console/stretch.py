"""The panel of one stretch of a session: what was observed, what it compares with, what speaks for.

A reviewer before the verdict gets the same from the evidence alone; what an assessment said is
added only where the page may show one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.console.evidence_wording import BECAUSE, CATEGORIES, HOW, SEEN_BY, STATES, said
from server.console.reasons import read_aloud
from server.console.stretch_figures import AROUND_MS, Compared, Figures, figures_of
from server.console.timeline import coverage_of, focus_of, insertions_of
from server.errors import not_found
from server.language import _, ngettext, number
from server.scoring.assessments import Assessed, ReasonText
from server.scoring.facts import OpenedSession
from wire.policy import Policy

_OWN = frozenset({"like_own_baseline", "compared_with_enrolment", "enrolment_not_used"})
"""Reasons that tell of the comparison with the person's own typing."""
_MS_CHARS = 11

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Inserted:
    """Text that appeared without keys."""

    at_ms: int
    length: str
    how: str
    source: str
    seen_by: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What the assessment says of a stretch: nothing for a reviewer before the verdict."""

    own: tuple[ReasonText, ...] = ()
    """How it compares with the person's own typing."""
    counter: tuple[ReasonText, ...] = ()
    innocent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StretchPage:
    """One stretch of a session."""

    start_ms: int
    end_ms: int
    observed: tuple[str, ...]
    inserted: tuple[Inserted, ...]
    windows: tuple[tuple[str, str], ...]
    """Category, and for how long it was in front."""
    missing: tuple[tuple[str, str, int, int], ...]
    """What was not fully observed: state, why, from, to."""
    compared: tuple[Compared, ...]
    writers: int
    """How many people the last column of the comparison is of."""
    speaks: tuple[str, ...]
    """What in the evidence of the stretch speaks for the person."""
    judged: Judged | None


def asked_stretch(query: Mapping[str, str]) -> tuple[int, int]:
    """Which stretch an address names, in session milliseconds; raises `Refusal` if none."""
    found = [query.get(name, "") for name in ("from_ms", "to_ms")]
    if not all(text.isascii() and text.isdecimal() and len(text) <= _MS_CHARS for text in found):
        raise not_found()
    start_ms, end_ms = map(int, found)
    return start_ms, end_ms


def stretch_page(
    opened: OpenedSession,
    policy: Policy | None,
    start_ms: int,
    end_ms: int,
    assessed: Assessed | None,
) -> StretchPage:
    """The context of the panel; an assessment only where the page may show one."""
    session_ms = max((header.end_us for header in opened.headers), default=0) // 1000
    end_ms = max(start_ms, min(end_ms, session_ms))
    figures = figures_of(opened, start_ms, end_ms)
    inserted = [
        each
        for each in insertions_of(opened.batches)
        if start_ms - AROUND_MS <= each["t_ms"] <= end_ms + AROUND_MS
    ]
    missing = _within(coverage_of(opened, session_ms), start_ms, end_ms)
    windows = _within(focus_of(opened.batches, session_ms), start_ms, end_ms)
    return StretchPage(
        start_ms=start_ms,
        end_ms=end_ms,
        observed=tuple(figures.sentences()),
        inserted=tuple(map(_inserted, inserted)),
        windows=tuple(_in_front(windows)),
        missing=tuple(map(_missing, missing)),
        compared=tuple(figures.compared()),
        writers=figures.writers,
        speaks=tuple(_speaks(figures, inserted, missing, policy)),
        judged=_judged(assessed, start_ms, end_ms) if assessed else None,
    )


def _within(bands: Sequence[Json], start_ms: int, end_ms: int) -> list[Json]:
    """The parts of bands that lie in the stretch."""
    return [
        band | {"start_ms": max(band["start_ms"], start_ms), "end_ms": min(band["end_ms"], end_ms)}
        for band in bands
        if band["start_ms"] <= end_ms and band["end_ms"] >= start_ms
    ]


def _inserted(event: Json) -> Inserted:
    length = event["length_chars"]
    return Inserted(
        at_ms=event["t_ms"],
        length=_("not seen") if length is None else number(length),
        how=said(HOW, event["how"]),
        source=said(CATEGORIES, event["source"]),
        seen_by=said(SEEN_BY, event["seen_by"]),
    )


def _in_front(windows: Sequence[Json]) -> Iterator[tuple[str, str]]:
    lasted: dict[str, int] = {}
    for band in windows:
        name = band["category"]
        lasted[name] = lasted.get(name, 0) + band["end_ms"] - band["start_ms"]
    for name, ms in sorted(lasted.items(), key=lambda each: -each[1]):
        yield said(CATEGORIES, name), _lasted(ms)


def _lasted(ms: int) -> str:
    seconds = round(ms / 1000)
    if seconds < 60:
        return _("%(s)s s", s=seconds)
    return _("%(m)s min %(s)s s", m=seconds // 60, s=seconds % 60)


def _missing(band: Json) -> tuple[str, str, int, int]:
    why = said(BECAUSE, band["why"]) if band["why"] else ""
    return said(STATES, band["state"]), why, band["start_ms"], band["end_ms"]


def _speaks(
    figures: Figures, inserted: Sequence[Json], missing: Sequence[Json], policy: Policy | None
) -> Iterator[str]:
    """Counter-evidence in the stretch itself. Nothing of it is a judgement."""
    if figures.erased and not figures.redacted:
        yield ngettext(
            "Text was taken away with %(num)s key: what stood there was worked on.",
            "Text was taken away with %(num)s keys: what stood there was worked on.",
            figures.erased,
        )
    if policy is not None and inserted:
        allowed = sum(_allowed(each, policy) for each in inserted)
        if allowed:
            yield ngettext(
                "The project allows %(num)s of the insertions, by its length or its source.",
                "The project allows %(num)s of the insertions, by their length or their source.",
                allowed,
            )
    unseen = sum(each["length_chars"] is None for each in inserted)
    if unseen:
        yield ngettext(
            "Of %(num)s insertion only the shortcut was seen: it may have put in nothing.",
            "Of %(num)s insertions only the shortcut was seen: they may have put in nothing.",
            unseen,
        )
    if missing:
        yield _("Not everything was observed here. What is missing counts for nobody's guilt.")


def _allowed(event: Json, policy: Policy) -> bool:
    length = event["length_chars"]
    short = length is not None and length <= policy.allowed.paste_chars
    return short or event["source"] in {each.name.lower() for each in policy.allowed.paste_from}


def _judged(assessed: Assessed, start_ms: int, end_ms: int) -> Judged:
    why = {
        span.why for span in assessed.spans if span.start_ms <= end_ms and span.end_ms >= start_ms
    }
    assessed = read_aloud(assessed)
    said_of = (*assessed.reasons, *assessed.counter_evidence)
    return Judged(
        own=tuple(reason for reason in said_of if reason.code in _OWN),
        counter=tuple(each for each in assessed.counter_evidence if each.code not in _OWN),
        innocent=tuple(
            text for reason in assessed.reasons if reason.code in why for text in reason.innocent
        ),
    )
