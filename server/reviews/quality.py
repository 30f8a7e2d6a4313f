"""How good the reviews are: agreement, appeals, time, known sessions, and the flags' own errors.

Every figure has its interval: few reviews say little, and the page says so by their width.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from server.records import (
    ADVERSE,
    ControlSession,
    EventKind,
    How,
    ReviewEvent,
    Stage,
    StoredReview,
    Truth,
    Verdict,
)
from server.scoring.assessments import FLAGGED_BANDS
from server.storage.protocols import OrganisationStore

_AT_ONCE = 500
_RESAMPLED = 500
_SEED = 20_260_101
_SURE = 1.959963984540054
"""The two-sided 95 % quantile of the normal distribution."""
_VOTES = (Verdict.KEEP, Verdict.EXCLUDE_DATA, Verdict.REJECT_PAY)
_DAY_US = 86_400_000_000
_EDGES = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Figure:
    """An estimate with its 95 % interval, and how many cases it rests on."""

    value: float
    low: float
    high: float
    cases: int


@dataclass(frozen=True, slots=True)
class ControlResult:
    """What one reviewer said of sessions of which is known how they were made."""

    reviewer: bytes
    genuine: int
    genuine_kept: int
    others: int
    others_found: int


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures of one organisation; None: nothing to work them out from yet."""

    agreement: Figure | None
    """Share of pairs of blind verdicts that are the same, weighted by how they were drawn."""
    kappa: Figure | None
    overturned: Figure | None
    """Share of decided appeals after which less, or nothing, was left of the decision."""
    median_days: float | None
    ninth_decile_days: float | None
    false_flags: Figure | None
    """Share of genuine sessions that are flagged, from flags that people cleared and from the
    random check."""
    control_false_flags: Figure | None
    """The same, from control sessions that are known to be genuine."""
    missed: Figure | None
    """Share of the random check in which people found something that the detector had not."""
    controls: tuple[ControlResult, ...]


Pairs = Counter[tuple[int, int, float]]
"""How often two blind votes came together: the first, the second (places in the list of votes),
and the weight of such a pair."""


@dataclass(slots=True)
class Seen:
    """What some reviews came to, as counts that add up."""

    pairs: Pairs = field(default_factory=Counter)
    appeals: int = 0
    overturned: int = 0
    took_us: list[int] = field(default_factory=list)
    cleared_flags: int = 0
    random: int = 0
    random_adverse: int = 0
    genuine_unflagged: float = 0.0
    random_kept: int = 0


def measured(store: OrganisationStore) -> Quality:
    """All figures of an organisation."""
    seen = Seen()
    controls = {one.session_row: one for one in store.control_sessions()}
    by_reviewer: dict[bytes, list[tuple[Truth, bool]]] = defaultdict(list)
    for review in _all(store):
        if review.how is How.CONTROL:
            _note_control(by_reviewer, review, controls)
        else:
            note(seen, review)
    return Quality(
        agreement=agreement(seen.pairs),
        kappa=_kappa(seen.pairs),
        overturned=share(seen.overturned, seen.appeals),
        median_days=_days(seen.took_us, 50),
        ninth_decile_days=_days(seen.took_us, 90),
        false_flags=false_flags(seen),
        control_false_flags=_flagged(controls.values()),
        missed=share(seen.random_adverse, seen.random),
        controls=tuple(_result(*each) for each in sorted(by_reviewer.items())),
    )


def share(count: int, of: int) -> Figure | None:
    """A share with its interval (Wilson 1927, score interval); None of nothing."""
    if of == 0:
        return None
    centre, square = count / of, _SURE**2
    middle = (centre + square / (2 * of)) / (1 + square / of)
    half = (
        _SURE
        * float(np.sqrt(centre * (1 - centre) / of + square / (4 * of**2)))
        / (1 + square / of)
    )
    return Figure(centre, max(middle - half, 0.0), min(middle + half, 1.0), of)


def kappa_of(tables: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cohen's kappa (1960) of each square table of weights in a stack.

    Where both reviewers always say the same one thing, chance alone agrees: 1 by convention.
    """
    total = tables.sum(axis=(-2, -1))
    agreed = np.trace(tables, axis1=-2, axis2=-1) / total
    chance = (tables.sum(axis=-1) * tables.sum(axis=-2)).sum(axis=-1) / total**2
    alone = np.isclose(chance, 1)
    return np.where(alone, 1.0, (agreed - chance) / np.where(alone, 1.0, 1 - chance))


def _all(store: OrganisationStore) -> Iterator[StoredReview]:
    after = 0
    while found := store.committed_reviews(after, _AT_ONCE):
        yield from found
        after = found[-1].row


def note(seen: Seen, review: StoredReview) -> None:
    """Count a review that is no control."""
    first = [event for event in review.events if event.how is not How.APPEAL]
    seen.pairs.update(_pair(first))
    decision = review.head.decision
    if decision is None or review.head.stage is not Stage.DECIDED:
        return
    seen.took_us.append(decision.decided_us - review.opened_us)
    if review.head.appealed:
        seen.appeals += 1
        seen.overturned += decision.verdict not in ADVERSE
    if decision.by_silence:
        return
    kept = decision.verdict is Verdict.KEEP
    if review.how is How.FLAG:
        seen.cleared_flags += kept
    elif review.how is How.RANDOM:
        seen.random += 1
        seen.random_adverse += not kept
        seen.random_kept += kept
        seen.genuine_unflagged += kept / review.selected_with


def _pair(events: Sequence[ReviewEvent]) -> Iterator[tuple[int, int, float]]:
    """The first two blind votes, weighted by how likely the second was asked for."""
    votes = [
        event
        for event in events
        if event.kind is EventKind.COMMITTED and event.blind and event.verdict in _VOTES
    ]
    if len(votes) >= 2 and votes[0].verdict and votes[1].verdict:
        weight = 1 / votes[0].again_with if votes[0].again_with else 1.0
        yield _VOTES.index(votes[0].verdict), _VOTES.index(votes[1].verdict), weight


def _tables(pairs: Pairs) -> NDArray[np.float64]:
    """The table of all pairs, and behind it those of resampled ones (Efron 1979).

    Pairs that are the same are drawn together: a resample is how often each kind came.
    """
    size, times = len(_VOTES), np.array(list(pairs.values()))
    cells = np.zeros((len(pairs), size * size))
    for number, (one, other, weight) in enumerate(pairs):
        cells[number, one * size + other] = weight
    rng = np.random.default_rng(_SEED)
    drawn = rng.multinomial(times.sum(), times / times.sum(), _RESAMPLED)
    counts = np.vstack([times[np.newaxis], drawn]) @ cells
    return counts.reshape(-1, size, size)


def agreement(pairs: Pairs) -> Figure | None:
    """Share of pairs that are the same."""
    if not pairs:
        return None
    tables = _tables(pairs)
    shares = np.trace(tables, axis1=-2, axis2=-1) / tables.sum(axis=(-2, -1))
    return _figure(shares, pairs.total())


def _kappa(pairs: Pairs) -> Figure | None:
    return _figure(kappa_of(_tables(pairs)), pairs.total()) if pairs else None


def _figure(values: NDArray[np.float64], cases: int) -> Figure:
    low, high = np.percentile(values[1:], _EDGES)
    return Figure(float(values[0]), float(low), float(high), cases)


def false_flags(seen: Seen) -> Figure | None:
    """Flagged and cleared, of all genuine ones; the interval from both counts as Poisson."""
    if not seen.random_kept:
        return None
    each = seen.genuine_unflagged / seen.random_kept
    rng = np.random.default_rng(_SEED)
    flagged = rng.gamma(seen.cleared_flags + 0.5, size=_RESAMPLED)
    unflagged = rng.gamma(seen.random_kept + 0.5, size=_RESAMPLED) * each
    low, high = np.percentile(flagged / (flagged + unflagged), _EDGES)
    value = seen.cleared_flags / (seen.cleared_flags + seen.genuine_unflagged)
    return Figure(value, float(low), float(high), seen.cleared_flags + seen.random_kept)


def _flagged(controls: Iterable[ControlSession]) -> Figure | None:
    genuine = [one for one in controls if one.truth is Truth.GENUINE and one.band is not None]
    return share(sum(one.band in FLAGGED_BANDS for one in genuine), len(genuine))


def _note_control(
    by_reviewer: Mapping[bytes, list[tuple[Truth, bool]]],
    review: StoredReview,
    controls: Mapping[int, ControlSession],
) -> None:
    known = controls.get(review.session_row or 0)
    for event in review.events:
        said = event.kind is EventKind.COMMITTED and event.verdict in _VOTES
        if known is not None and said and event.person is not None:
            by_reviewer[event.person].append((known.truth, event.verdict is Verdict.KEEP))


def _result(reviewer: bytes, said: Sequence[tuple[Truth, bool]]) -> ControlResult:
    genuine = [kept for truth, kept in said if truth is Truth.GENUINE]
    others = [kept for truth, kept in said if truth is not Truth.GENUINE]
    return ControlResult(
        reviewer, len(genuine), sum(genuine), len(others), sum(not kept for kept in others)
    )


def _days(took_us: Sequence[int], percentile: int) -> float | None:
    return float(np.percentile(took_us, percentile)) / _DAY_US if took_us else None
