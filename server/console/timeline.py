"""The data of a session's timeline: everything on one axis, in session milliseconds.

Points are thinned to what a screen can show; nothing here judges.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import Any

from detector.from_wire import copies_of, insertion_of
from detector.provenance.clipboard import Clipboard
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
    KeyFlag,
    ScreenshotFlag,
    ScreenshotOutcome,
    SourceName,
    SourceState,
)
from wire.keys import KeyClass

_BUCKETS_MAX = 400
_BUCKET_MIN_MS = 5_000
_POINTS_MAX = 4_000
# Plain integers: an enum's own `&` costs a microsecond, and a long session has 100,000 keys.
_NO_TEXT = frozenset(map(int, (KeyClass.SHIFT, KeyClass.MODIFIER, KeyClass.CAPSLOCK)))
_CHORD, _INJECTED = int(KeyFlag.CHORD), int(KeyFlag.INJECTED)
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
                "why": span.why,
            }
            for span in assessed.spans
        ],
    }


def evidence_of(review: Review, asker: Asker, session: str, pictures_at: str) -> Json:
    """What was recorded, and nothing of what anybody makes of it, nor when or whose it was."""
    opened = review.opened(asker, session)
    stored = review.stored_digests(asker, session)
    end_ms = max((header.end_us for header in opened.headers), default=0) // 1000
    keys = _keys(opened.batches)
    rate, bucket_ms = typing_rate(keys, end_ms)
    return {
        "end_ms": end_ms,
        "coverage": coverage_of(opened, end_ms),
        "focus": _focus(opened.batches, end_ms),
        "typing": rate,
        "bucket_ms": bucket_ms,
        "intervals": _intervals(keys),
        "insertions": list(insertions_of(opened.batches)),
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


def typing_rate(keys: Sequence[tuple[int, int]], end_ms: int) -> tuple[list[list[float]], int]:
    """Keys per minute in equal buckets, as (middle of the bucket, rate)."""
    bucket_ms = max(_BUCKET_MIN_MS, -(-end_ms // _BUCKETS_MAX))
    counts = Counter(t_us // 1000 // bucket_ms for t_us, _ in keys)
    buckets = range(-(-end_ms // bucket_ms))
    per_minute = 60_000 / bucket_ms
    middle = bucket_ms // 2
    return [[n * bucket_ms + middle, round(counts[n] * per_minute, 1)] for n in buckets], bucket_ms


def _keys(batches: Sequence[Batch]) -> list[tuple[int, int]]:
    """Presses that make or change text, as (time, flags), in order."""
    found = []
    for batch in batches:
        columns = batch.body.columns(events.Keystroke)
        found += [
            (t_us, flags)
            for t_us, key, flags in zip(
                columns["t_us"], columns["key_class"], columns["flags"], strict=True
            )
            if key not in _NO_TEXT and not flags & _CHORD
        ]
    return sorted(found)


def _intervals(keys: Sequence[tuple[int, int]]) -> list[list[float]]:
    """Inter-key intervals as (time, milliseconds), with 1 for an injected key."""
    step = -(-len(keys) // _POINTS_MAX) or 1
    return [
        [b // 1000, max((b - a) / 1000, 1.0), int(flags & _INJECTED > 0)]
        for (a, _), (b, flags) in islice(pairwise(keys), 0, None, step)
    ]


def _focus(batches: Sequence[Batch], end_ms: int) -> list[Json]:
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
    """Each insertion with the place it was copied in, as the detector joins them."""
    clipboard = Clipboard(copies_of([batch.body for batch in batches]))
    for batch in batches:
        for event in batch.body.events(events.Insertion):
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
