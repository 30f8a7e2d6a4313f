"""Sessions of one person that overlap: each second is counted once, and shown where it was left.

Which session keeps a second does not depend on the order in which sessions came: what is known
best wins (`Kind`), then the session that began first, then the lower id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise

from server.records.hours import Kind, SessionTime, Span, Stretch
from wire.stretches import without


@dataclass(frozen=True, slots=True)
class Share:
    """What a session counts for, and what another one counts in its place."""

    counted: tuple[Stretch, ...]
    overlapped: tuple[Span, ...]


_Claim = tuple[Kind, int, bytes, int, int]
"""Kind, the session's first second and id, by which the best is the least; end, number."""


def shares(sessions: Sequence[SessionTime]) -> list[Share]:
    """The share of each of one person's sessions, in the order given."""
    claims = sorted(
        (start, (kind, session.span[0], session.id, end, number))
        for number, session in enumerate(sessions)
        for start, end, kind in session.stretches
    )
    counted: list[list[Stretch]] = [[] for _ in sessions]
    edges = sorted({at for start, claim in claims for at in (start, claim[3])})
    waiting: list[_Claim] = []
    begun = 0
    for at_s, next_s in pairwise(edges):
        while begun < len(claims) and claims[begun][0] <= at_s:
            heappush(waiting, claims[begun][1])
            begun += 1
        while waiting and waiting[0][3] <= at_s:
            heappop(waiting)
        if waiting:
            kind, _, _, _, number = waiting[0]
            _extend(counted[number], at_s, next_s, kind)
    return [
        Share(tuple(own), _rest(session.stretches, own))
        for session, own in zip(sessions, counted, strict=True)
    ]


def _extend(found: list[Stretch], start: int, end: int, kind: Kind) -> None:
    if found and found[-1][1] == start and found[-1][2] is kind:
        found[-1] = (found[-1][0], end, kind)
    else:
        found.append((start, end, kind))


def _rest(stretches: Sequence[Stretch], counted: Sequence[Stretch]) -> tuple[Span, ...]:
    taken = [(start, end) for start, end, _ in counted]
    return tuple(without([(start, end) for start, end, _ in stretches], taken))
