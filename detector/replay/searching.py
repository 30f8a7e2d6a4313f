"""Searching a gallery: which recorded sessions share rhythm shapes with this one.

Two rhythms agree by chance on one shape now and then, and then often on the shapes that overlap
it. So only shapes without a common keystroke count, on both sides: votes. A replay in order keeps
its votes at one distance, which chance does not; shuffled blocks scatter them, so a session's votes
are also counted in whatever order, and more are asked for.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from detector.features.stream import TextStream
from detector.replay.gallery import Gallery
from detector.replay.keyed import OrganisationKey
from detector.replay.shapes import ANCHOR_SLACK, SHAPE_KEYS, probed_codes, read_shapes
from detector.tables import BoolArray, IntArray

IN_ORDER_VOTES = 3
"""Votes in a row at one distance that make a match. Two were seen in none of 3.6 million pairs."""
LEAST_VOTES = 4
"""Votes that a match in any order needs at least."""
NEAR_KEYS = 120
"""Two votes in a row are at most so many keys apart."""
SAME_DISTANCE_KEYS = 6
"""Keys put in or left out between two votes in a row."""
CHANCE_VOTES = 1.15e-8
"""Votes expected by chance for each pair of a code asked for and a shape stored: measured over all
pairs of 1,892 writers (KLiCKe, held-out writers left aside)."""
OWN_FACTOR = 4.0
"""A person's own sessions agree by chance so many times more often (halves of a session: 3.6)."""
FALSE_A_QUERY = 5e-4
"""False matches by votes in any order allowed to each session that is searched for."""
DESIGN_SESSIONS = 1_000_000
MOST_CANDIDATES = 10_000
"""Sessions looked at closely, those with most agreements first."""


@dataclass(frozen=True, slots=True)
class Match:
    """A recorded session whose timing stands in this one too.

    Attributes:
        session: its tag, which only the organisation can turn into a name.
        own: whether it is the same person's.
        votes: shapes that agree, none sharing a keystroke with another.
        keystrokes: keystrokes of this session that they cover, and those between them.
        start_us: press time of the first of them.
        end_us: press time of the last.
    """

    session: str
    own: bool
    votes: int
    keystrokes: int
    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class Matches:
    """What a search came to.

    Attributes:
        found: matches, the one with most votes first.
        searched_sessions: how many sessions were compared.
    """

    found: tuple[Match, ...]
    searched_sessions: int

    def to_json(self) -> dict[str, Any]:
        """Return plain values, times in milliseconds; sessions are opaque tags."""
        return {
            "searched_sessions": self.searched_sessions,
            "found": [
                {
                    "session": match.session,
                    "own": match.own,
                    "votes": match.votes,
                    "keystrokes": match.keystrokes,
                    "start_ms": match.start_us // 1000,
                    "end_ms": -(-match.end_us // 1000),
                }
                for match in self.found
            ],
        }


@dataclass(frozen=True, slots=True)
class Agreements:
    """Shapes that agree: a row for each pair of a shape asked for and a shape stored."""

    session: IntArray
    asked: IntArray
    stored: IntArray


def search(
    gallery: Gallery,
    stream: TextStream,
    key: OrganisationKey,
    *,
    session: str = "",
    person: str = "",
) -> Matches:
    """Find sessions whose timing stands in ``stream`` too.

    Args:
        gallery: signatures of recorded sessions.
        stream: text keys of the session in question.
        key: the organisation's key.
        session: name of the session in question, which is no match of itself.
        person: whose session it is.

    Raises:
        BadGalleryError: another key made the gallery.
    """
    gallery.check_key(key)
    agreed, asked_codes = agreements(gallery, stream, key)
    asker = _Asker(
        stream=stream,
        chance=CHANCE_VOTES * asked_codes,
        sessions=len(gallery),
        session=key.name_tag("session", session) if session else None,
        person=key.name_tag("person", person) if person else None,
    )
    found = [
        match
        for number, asked, stored in candidates(agreed, IN_ORDER_VOTES)
        if (match := _match(gallery, asker, number, asked, stored)) is not None
    ]
    found.sort(key=lambda match: (-match.votes, match.session))
    return Matches(tuple(found), len(gallery))


@dataclass(frozen=True, slots=True)
class _Asker:
    """The session in question, and the chance votes that each stored shape brings it."""

    stream: TextStream
    chance: float
    sessions: int
    session: int | None
    person: int | None


def _match(
    gallery: Gallery, asker: _Asker, number: int, asked: IntArray, stored: IntArray
) -> Match | None:
    tag = int(gallery.session_tag[number])
    rows = disjoint(asked, stored)
    asked, stored = asked[rows], stored[rows]
    own = asker.person is not None and int(gallery.person_tag[number]) == asker.person
    expected = asker.chance * int(gallery.shapes[number]) * (OWN_FACTOR if own else 1.0)
    enough = in_order(asked, stored) >= IN_ORDER_VOTES or len(rows) >= votes_needed(
        expected, asker.sessions
    )
    if tag == asker.session or not enough:
        return None
    keys = covered_keys(asked, stored)
    times = asker.stream.t_us
    return Match(
        f"{tag:016x}", own, len(rows), len(keys), int(times[keys[0]]), int(times[keys[-1]])
    )


def agreements(
    gallery: Gallery, stream: TextStream, key: OrganisationKey
) -> tuple[Agreements, int]:
    """Return every pair of shapes with one tag, and how many codes were asked for."""
    codes, starts = probed_codes(read_shapes(stream.interval_us[1:], ANCHOR_SLACK))
    tags = key.shape_tags(codes)
    order = np.argsort(tags)
    tags, starts = tags[order], starts[order]
    low = np.searchsorted(gallery.shape_tag, tags, "left")
    high = np.searchsorted(gallery.shape_tag, tags, "right")
    count = high - low
    hit = np.flatnonzero(count)
    rows = expanded(low[hit], count[hit])
    agreed = Agreements(
        gallery.session[rows].astype(np.int64),
        np.repeat(starts[hit], count[hit]),
        gallery.start[rows].astype(np.int64),
    )
    return agreed, len(codes)


def expanded(start: IntArray, count: IntArray) -> IntArray:
    """Return start[i], start[i] + 1 ... for each i, joined."""
    if not len(start):
        return np.zeros(0, dtype=np.int64)
    before = np.cumsum(count) - count
    made: IntArray = np.arange(int(count.sum())) + np.repeat(start - before, count)
    return made


def candidates(agreed: Agreements, needed: int) -> list[tuple[int, IntArray, IntArray]]:
    """Return the sessions with enough agreements to be looked at: number, asked, stored."""
    order = np.argsort(agreed.session, kind="stable")
    session, asked, stored = (a[order] for a in (agreed.session, agreed.asked, agreed.stored))
    edges = np.flatnonzero(np.diff(session, prepend=-1))
    counts = np.diff(np.r_[edges, len(session)])
    chosen = np.flatnonzero(counts >= needed)
    chosen = chosen[np.argsort(-counts[chosen], kind="stable")[:MOST_CANDIDATES]]
    return [
        (int(session[a]), asked[a : a + n], stored[a : a + n])
        for a, n in zip(edges[chosen].tolist(), counts[chosen].tolist(), strict=True)
    ]


def disjoint(asked: IntArray, stored: IntArray) -> IntArray:
    """Choose agreements of which no two share a keystroke, on either side: votes.

    Greedy in order of the keystrokes asked for. Of several stored shapes that agree with one asked
    for, the one nearest to the distance of the vote before comes first, so that a replay in order
    stays in order.

    Returns:
        Row numbers, in the order of ``asked``.
    """
    taken: list[int] = []
    used: dict[int, int] = {}
    until, distance = -1, 0
    order = np.lexsort((stored, asked))
    edges = np.flatnonzero(np.diff(asked[order], prepend=-1))
    for rows in np.split(order, edges[1:]) if len(order) else []:
        start = int(asked[rows[0]])
        if start < until:
            continue
        nearest = np.argsort(np.abs(stored[rows] - start - distance), kind="stable")
        for row in rows[nearest].tolist():
            place = int(stored[row])
            if not _taken(used, place):
                used[place // SHAPE_KEYS] = place
                taken.append(row)
                until, distance = start + SHAPE_KEYS, place - start
                break
    return np.array(taken, dtype=np.int64)


def _taken(used: dict[int, int], place: int) -> bool:
    """Whether a shape at ``place`` shares a keystroke with one in ``used`` (one a bucket)."""
    near = place // SHAPE_KEYS
    return any(
        abs(used.get(bucket, -2 * SHAPE_KEYS) - place) < SHAPE_KEYS
        for bucket in (near - 1, near, near + 1)
    )


def in_order(asked: IntArray, stored: IntArray) -> int:
    """Return the most votes in a row that keep their distance, up to a few typos between two."""
    if not len(asked):
        return 0
    linked = _linked(asked, stored)
    breaks = np.flatnonzero(np.r_[True, ~linked, True])
    return int(np.diff(breaks).max())


def _linked(asked: IntArray, stored: IntArray) -> BoolArray:
    """Whether each vote but the first keeps the distance of the one before, close to it."""
    near = np.diff(asked) <= NEAR_KEYS
    linked: BoolArray = near & (np.abs(np.diff(stored - asked)) <= SAME_DISTANCE_KEYS)
    return linked


def votes_needed(expected: float, sessions: int) -> int:
    """Return the votes that must agree, in whatever order, to be no chance.

    Votes between two unrelated sessions follow a geometric law: a Poisson count whose mean varies
    from pair to pair, negative binomial with shape 1, so P(v or more) = (m / (1 + m))^v. Measured
    shape: 2, so 1 errs on the safe side (`docs/detector-inside.md`).

    Args:
        expected: mean number of chance votes between the two sessions, m.
        sessions: how many sessions are searched; a million at least is assumed.
    """
    if expected <= 0.0:
        return LEAST_VOTES
    chance = FALSE_A_QUERY / max(sessions, DESIGN_SESSIONS)
    needed = math.log(chance) / math.log(expected / (1.0 + expected))
    return max(math.ceil(needed), LEAST_VOTES)


def covered_keys(asked: IntArray, stored: IntArray) -> IntArray:
    """Return the indices of the text keys that the votes cover, ascending.

    Interval i ends at key i + 1, so a shape covers 15 keys. Keys between two votes in a row that
    keep their distance are covered too.

    Args:
        asked: where each vote's shape starts, ascending.
        stored: where it starts in the other session.
    """
    until = asked + SHAPE_KEYS + 1
    until[:-1] = np.where(_linked(asked, stored), asked[1:], until[:-1])
    covered: IntArray = np.unique(expanded(asked, until - asked))
    return covered
