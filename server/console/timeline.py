"""The data of a session's timeline: everything on one axis, in session milliseconds.

Where more points lie than a screen can show, a density stands for them; nothing here judges.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from detector.from_wire import copies_of, insertion_of
from detector.provenance.clipboard import Clipboard
from server.console.incidents import incidents_of
from server.console.presses import (
    POINTS_MAX,
    bucket_of,
    density,
    intervals,
    median_ms,
    presses_of,
    revisions,
    typing_rate,
)
from server.console.rendering import words
from server.scoring.facts import OpenedSession, idle_intervals, lost_stretches, paused_intervals
from server.services.asking import Asker
from server.services.pictures import blankings, digest_of, shown_instead
from server.services.review import Review
from wire import events
from wire.batch import Batch
from wire.codes import (
    Category,
    InsertionHow,
    InsertionSeenBy,
    ScreenshotFlag,
    ScreenshotOutcome,
    SourceName,
    SourceState,
)

_DOWN = (SourceState.FAILED, SourceState.MISSING, SourceState.DEGRADED)

Json = dict[str, Any]


def timeline_of(review: Review, asker: Asker, session: str) -> Json:
    """Everything that the session page draws."""
    assessed = review.assessment(asker, session)
    return evidence_of(review, asker, session, f"/sessions/{session}/objects") | {
        "started_ms": review.session(asker, session).line.opened_us // 1000,
        "spans": [
            {
                "start_ms": span.start_ms,
                "end_ms": span.end_ms,
                "kind": span.kind,
                "strength": span.strength,
                "why": words(span.why),
            }
            for span in assessed.spans
        ],
    }


def evidence_of(review: Review, asker: Asker, session: str, pictures_at: str) -> Json:
    """What was recorded, and nothing of what anybody makes of it, nor when or whose it was."""
    opened = review.opened(asker, session)
    stored = review.stored_digests(asker, session)
    end_ms = max((header.end_us for header in opened.headers), default=0) // 1000
    presses = presses_of(opened.batches)
    writing = presses.that_write()
    many = len(writing.t_us) > POINTS_MAX
    return {
        "end_ms": end_ms,
        "redacted": opened.redacted_us is not None,
        "coverage": coverage_of(opened, end_ms),
        "focus": focus_of(opened.batches, end_ms),
        "typing": typing_rate(writing.t_us, end_ms),
        "bucket_ms": bucket_of(end_ms),
        "intervals": [] if many else intervals(writing),
        "density": density(writing, end_ms) if many else None,
        "median_ms": median_ms(writing),
        "revisions": revisions(writing, end_ms),
        "insertions": list(insertions_of(opened.batches)),
        "incidents": incidents_of(opened, presses),
        "screenshots": list(_screenshots(opened, stored, pictures_at)),
        "spans": [],
    }


def coverage_of(opened: OpenedSession, end_ms: int) -> list[Json]:
    """What was observed: lost and paused stretches, away, and sources that were down."""
    bands = [_band(s.start_ms, s.end_ms, "lost", s.why) for s in lost_stretches(opened)]
    bands += [
        _band(start // 1000, end // 1000, "paused", "")
        for start, end in paused_intervals(opened, end_ms * 1000)
    ]
    bands += _down(opened.batches, end_ms)
    bands += [
        _band(start // 1000, end // 1000, "away", "")
        for start, end in idle_intervals(opened.batches, end_ms * 1000)
    ]
    return sorted(bands, key=lambda band: (band["start_ms"], band["end_ms"]))


def focus_of(batches: Sequence[Batch], end_ms: int) -> list[Json]:
    """Which category of window was in front, and from when to when."""
    seen = sorted(
        (event.t_us // 1000, event.category)
        for batch in batches
        for event in batch.body.events(events.Focus)
    )
    ends = [*(t_ms for t_ms, _ in seen[1:]), end_ms][: len(seen)]
    bands: list[Json] = []
    for (start, category), end in zip(seen, ends, strict=True):
        name = _name(Category, category)
        if bands and bands[-1]["category"] == name:
            bands[-1]["end_ms"] = max(end, start)
        else:
            bands.append({"start_ms": start, "end_ms": max(end, start), "category": name})
    return bands


def insertions_of(batches: Sequence[Batch]) -> Iterator[Json]:
    """Each insertion, in order of time, with where it was copied as the detector joins them."""
    clipboard = Clipboard(copies_of([batch.body for batch in batches]))
    found = [event for batch in batches for event in batch.body.events(events.Insertion)]
    for event in sorted(found, key=lambda event: event.t_us):
        copy = clipboard.behind(insertion_of(event))
        known = event.length_chars != events.MISSING_U32
        yield {
            "t_ms": event.t_us // 1000,
            "length_chars": event.length_chars if known else None,
            "how": _name(InsertionHow, event.how),
            "seen_by": _name(InsertionSeenBy, event.seen_by),
            "source": _name(Category, copy.category if copy else Category.UNKNOWN),
        }


def _screenshots(
    opened: OpenedSession, stored: frozenset[bytes], pictures_at: str
) -> Iterator[Json]:
    blanked = blankings(opened)
    for batch in opened.batches:
        for event in batch.body.events(events.Screenshot):
            digest = digest_of(event)
            to_show = shown_instead(blanked, digest)
            outcome = _name(ScreenshotOutcome, event.outcome)
            if digest in blanked:
                outcome = "blanked" if to_show is None else "partly blanked"
            if to_show is not None and to_show not in stored:
                outcome, to_show = "not sent yet", None
            yield {
                "t_ms": event.t_us // 1000,
                "outcome": outcome,
                "masked": bool(event.flags & ScreenshotFlag.MASKED),
                "pixelated": bool(event.flags & ScreenshotFlag.PIXELATED),
                "url": f"{pictures_at}/{to_show.hex()}" if to_show else None,
            }


def _down(batches: Sequence[Batch], end_ms: int) -> list[Json]:
    changes = sorted(
        (event.t_us // 1000, event.source, event.state)
        for batch in batches
        for event in batch.body.events(events.Health)
    )
    bands, since = [], dict[int, int]()
    for t_ms, source, state in changes:
        if state in _DOWN:
            since.setdefault(source, t_ms)
        elif source in since:
            bands.append(_band(since.pop(source), t_ms, "partly", _name(SourceName, source)))
    bands += [_band(t_ms, end_ms, "partly", _name(SourceName, s)) for s, t_ms in since.items()]
    return bands


def _band(start_ms: int, end_ms: int, state: str, why: str) -> Json:
    return {"start_ms": start_ms, "end_ms": end_ms, "state": state, "why": why}


def _name(
    kind: type[Category | InsertionHow | InsertionSeenBy | ScreenshotOutcome | SourceName],
    number: int,
) -> str:
    try:
        return kind(number).name.lower()
    except ValueError:
        return "unknown"
