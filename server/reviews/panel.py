"""What several reviewers' verdicts come to. Pure.

A cost exists only where two people said the same of the same moment of the session.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from server.records import ADVERSE, Spans, Verdict

VOTES_MAX = 3
SEATS_MAX = 5
"""So many are asked at most, those included who say that they cannot judge."""
_WORSE = (Verdict.KEEP, Verdict.EXCLUDE_DATA, Verdict.REJECT_PAY)
"""From nothing to the most."""


@dataclass(frozen=True, slots=True)
class Said:
    """One reviewer's verdict, and what it is about (nothing: the whole session)."""

    verdict: Verdict
    spans_us: Spans = ()


CLEARED = Said(Verdict.KEEP)


def settled(votes: Sequence[Said], *, last: bool, one_clears: bool) -> Said | None:
    """What the votes come to; None: another reviewer is needed.

    Args:
        votes: verdicts that keep or cost, in order.
        last: nobody else is asked, so that what is not agreed is not done.
        one_clears: a single verdict that keeps is enough.
    """
    for verdict in _WORSE[1:]:
        spans = _said_twice([vote.spans_us for vote in votes if vote.verdict is verdict])
        if spans is not None:
            return Said(verdict, spans)
    kept = sum(vote.verdict is Verdict.KEEP for vote in votes)
    if kept >= 2 or last or len(votes) >= VOTES_MAX or (one_clears and kept == len(votes) == 1):
        return CLEARED
    return None


def no_worse(found: Said, than: Said) -> Said:
    """What an appeal comes to: never more than what was appealed against."""
    if found.verdict not in ADVERSE:
        return CLEARED
    verdict = min(found.verdict, than.verdict, key=_WORSE.index)
    spans = _both(found.spans_us, than.spans_us)
    return CLEARED if spans is None else Said(verdict, spans)


def _said_twice(named: Sequence[Spans]) -> Spans | None:
    """Where two of these overlap; None: nowhere."""
    overlaps = [found for a, b in combinations(named, 2) if (found := _both(a, b)) is not None]
    if not overlaps:
        return None
    return () if () in overlaps else _joined([span for spans in overlaps for span in spans])


def _both(a: Spans, b: Spans) -> Spans | None:
    if not a or not b:
        return a or b
    shared = [(max(s, t), min(e, f)) for s, e in a for t, f in b if max(s, t) < min(e, f)]
    return _joined(shared) if shared else None


def _joined(spans: Sequence[tuple[int, int]]) -> Spans:
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)
