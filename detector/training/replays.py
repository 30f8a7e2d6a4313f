"""How often a replay is found in a gallery, by kind and by what the forger changes.

And how often unrelated sessions match: counted over all pairs of writers, and carried on to a
gallery of a million sessions by the law that the counts follow.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import beta

from detector.features.stream import TextStream, text_stream
from detector.replay import Gallery, OrganisationKey, SessionOf, gallery_of, search
from detector.replay.searching import (
    CHANCE_VOTES,
    DESIGN_SESSIONS,
    FALSE_A_QUERY,
    IN_ORDER_VOTES,
    agreements,
    candidates,
    disjoint,
    in_order,
    votes_needed,
)
from detector.replay.within import replayed_within
from detector.simulation import replay
from detector.tables import MISSING, Keystrokes, keystrokes
from detector.training.examples import Essay
from detector.training.metrics import rate
from wire.keys import KeyClass

REPLAY_SEED = 4_711
KEY = OrganisationKey.from_secret(b"veritype evaluation of replays")
TEXT_CHARACTERS = 1_200
STRETCH_KEYS = 200
CLOCKS_MS = (1.0, 4.0, 8.0, 15.6)
JITTERS_MS = (2, 5, 10, 15, 20, 30)
TEMPOS = (0.8, 0.9, 1.1, 1.25)
LONG_PAUSE_US = 1_000_000
_LEVEL = 0.95

Change = Callable[[np.random.Generator, Keystrokes], Keystrokes]


@dataclass(frozen=True, slots=True)
class Forgery:
    """How a victim's session is replayed: in blocks or not, how much of it, and what is changed."""

    change: Change
    shuffled: bool = False
    typos: bool = False
    keys: int = TEXT_CHARACTERS


def forgeries() -> dict[str, Forgery]:
    """Return the kinds of replay that are tried, by name."""
    same = _unchanged
    kinds = {
        "replay": Forgery(same),
        "replay_typos": Forgery(same, typos=True),
        "block_replay": Forgery(same, shuffled=True),
        "block_replay_typos": Forgery(same, shuffled=True, typos=True),
        "pauses_redrawn": Forgery(pauses_redrawn),
        "keys_put_in_and_left_out": Forgery(keys_put_in_and_left_out),
        "block_replay_jitter_10_ms": Forgery(_jitter(10), shuffled=True),
        "stretch": Forgery(same, keys=STRETCH_KEYS),
        "stretch_typos": Forgery(keys_put_in_and_left_out, keys=STRETCH_KEYS),
        "stretch_in_blocks": Forgery(same, shuffled=True, keys=STRETCH_KEYS),
    }
    for clock in CLOCKS_MS:
        kinds[f"stretch_clock_{clock:g}_ms"] = Forgery(_clock(clock), keys=STRETCH_KEYS)
    for jitter in JITTERS_MS:
        kinds[f"stretch_jitter_{jitter}_ms"] = Forgery(_jitter(jitter), keys=STRETCH_KEYS)
        kinds[f"replay_jitter_{jitter}_ms"] = Forgery(_jitter(jitter))
    for tempo in TEMPOS:
        kinds[f"stretch_tempo_{tempo:g}"] = Forgery(_tempo(tempo), keys=STRETCH_KEYS)
    return kinds


def replay_figures(victims: Sequence[Essay], others: Sequence[Essay]) -> dict[str, object]:
    """Return found rates, false matches, and the size of signatures, over genuine essays.

    Args:
        victims: of writers that no constant of the search was fitted on; they are replayed.
        others: more genuine essays, in the gallery beside the victims'.
    """
    essays = [*victims, *others]
    streams = [text_stream(essay.keystrokes) for essay in essays]
    gallery = signed(essays, streams)
    keys = sum(len(stream) for stream in streams)
    return {
        "found": found_rates(victims, gallery),
        "false_matches": false_match_figures(essays, streams, gallery),
        "signature_bytes_per_1000_keys": round(1000 * gallery.size_bytes / max(keys, 1), 1),
    }


def signed(essays: Sequence[Essay], streams: Sequence[TextStream]) -> Gallery:
    """Return the gallery of the essays; sessions are named by their number."""
    return gallery_of(
        (
            SessionOf(str(number), essay.writer, stream)
            for number, (essay, stream) in enumerate(zip(essays, streams, strict=True))
        ),
        KEY,
    )


def found_rates(essays: Sequence[Essay], gallery: Gallery) -> dict[str, object]:
    """Return how often each kind of replay names its victim, and anyone else.

    A stretch of 200 keys is put into the session of another writer, who is not searched for.

    Args:
        essays: the victims, in the order of the gallery's first sessions.
        gallery: their signatures, and more.
    """
    writers = np.array([essay.writer for essay in essays])
    made: dict[str, object] = {}
    for kind, forgery in forgeries().items():
        found, others = [], 0
        for number in range(len(essays)):
            rng = np.random.default_rng([REPLAY_SEED, number])
            host = (number + 1) % len(essays)
            table = forged(rng, forgery, essays[number], essays[host])
            name = str(host) if forgery.keys == STRETCH_KEYS else ""
            matches = search(gallery, text_stream(table), KEY, session=name)
            tag = f"{KEY.name_tag('session', str(number)):016x}"
            found.append(any(match.session == tag for match in matches.found))
            others += sum(match.session != tag for match in matches.found)
        made[kind] = {**rate(np.array(found, np.bool_), writers).to_json(), "others": others}
    return made


def forged(
    rng: np.random.Generator, forgery: Forgery, victim: Essay, host: Essay | None = None
) -> Keystrokes:
    """Return a replay of the victim on another text; a stretch stands inside the host's session."""
    times = text_stream(victim.keystrokes).t_us
    first = int(rng.integers(0, max(len(times) - forgery.keys, 1)))
    from_to = times[[first, min(first + forgery.keys, len(times) - 1)]]
    start, stop = np.searchsorted(victim.keystrokes.t_us, from_to).tolist()
    part = victim.keystrokes.rows(start, stop + 1)
    text = "".join(rng.choice(list("aaaa "), forgery.keys))
    typed = replay(rng, part, text, shuffled=forgery.shuffled, typos=forgery.typos).keystrokes
    typed = forgery.change(rng, typed)
    if host is None or forgery.keys != STRETCH_KEYS:
        return typed
    return spliced(host.keystrokes, typed)


def spliced(host: Keystrokes, stretch: Keystrokes) -> Keystrokes:
    """Put a stretch of typing into the middle of a session."""
    middle = len(host) // 2
    before, after = host.rows(0, middle), host.rows(middle, len(host))
    at = int(before.t_us[-1]) + 500_000 if len(before) else 0
    longer = int(stretch.t_us[-1]) + 500_000
    columns = [
        np.concatenate([before.t_us, stretch.t_us + at, after.t_us + longer]),
        *(
            np.concatenate([getattr(part, name) for part in (before, stretch, after)])
            for name in ("key", "hold_us")
        ),
    ]
    return keystrokes(*columns)


def _unchanged(rng: np.random.Generator, table: Keystrokes) -> Keystrokes:
    return table


def _clock(step_ms: float) -> Change:
    def change(rng: np.random.Generator, table: Keystrokes) -> Keystrokes:
        step_us = step_ms * 1000.0
        times = np.floor((table.t_us + rng.uniform(0, step_us)) / step_us) * step_us
        return replace(table, t_us=times.astype(np.int64))

    return change


def _jitter(most_ms: float) -> Change:
    """Change each interval by up to ``most_ms`` either way, uniformly."""

    def change(rng: np.random.Generator, table: Keystrokes) -> Keystrokes:
        intervals = np.diff(table.t_us) + rng.uniform(-1e3, 1e3, len(table) - 1) * most_ms
        return _with_intervals(table, np.maximum(intervals, 1_000.0))

    return change


def _tempo(factor: float) -> Change:
    def change(rng: np.random.Generator, table: Keystrokes) -> Keystrokes:
        return _with_intervals(table, np.diff(table.t_us) * factor)

    return change


def pauses_redrawn(rng: np.random.Generator, table: Keystrokes) -> Keystrokes:
    """Give every interval over a second another length over a second."""
    intervals = np.diff(table.t_us).astype(np.float64)
    long = intervals > LONG_PAUSE_US
    intervals[long] = LONG_PAUSE_US * 10 ** rng.uniform(0, 1.2, int(long.sum()))
    return _with_intervals(table, intervals)


def keys_put_in_and_left_out(rng: np.random.Generator, table: Keystrokes) -> Keystrokes:
    """Put in keys with intervals of their own (2 %) and leave keys out with their time (1 %)."""
    intervals = np.diff(table.t_us, prepend=0).astype(np.float64)
    kept = rng.random(len(table)) >= 0.01
    rows = np.repeat(np.flatnonzero(kept), 1 + 2 * (rng.random(int(kept.sum())) < 0.02))
    added = np.r_[False, rows[1:] == rows[:-1]]
    intervals = np.where(added, 10 ** rng.normal(5.2, 0.2, len(rows)), intervals[rows])
    key = np.where(added, KeyClass.LETTER, table.key[rows])
    erases = added & ~np.r_[added[1:], False]
    key[erases] = KeyClass.BACKSPACE
    hold = np.where(added, MISSING, table.hold_us[rows])
    return keystrokes(np.cumsum(intervals).astype(np.int64), key, hold)


def _with_intervals(table: Keystrokes, intervals: np.ndarray) -> Keystrokes:
    times = np.r_[0.0, np.cumsum(intervals)] + float(table.t_us[0])
    return replace(table, t_us=np.round(times).astype(np.int64))


def false_match_figures(
    essays: Sequence[Essay], streams: Sequence[TextStream], gallery: Gallery
) -> dict[str, object]:
    """Return chance agreements between all pairs of different writers, and what they come to.

    Returns:
        Counts of pairs by votes and by votes in a row, the matches among them, an upper bound of
        their rate, and the expected false matches of one query against a million sessions.
    """
    votes = np.zeros(12, dtype=np.int64)
    rows = np.zeros(12, dtype=np.int64)
    exposure, false, pairs, within = 0.0, 0, 0, 0
    owner = np.unique([essay.writer for essay in essays], return_inverse=True)[1]
    for number, stream in enumerate(streams):
        agreed, asked_codes = agreements(gallery, stream, KEY)
        other = owner != owner[number]
        pairs += int(other.sum())
        exposure += asked_codes * float(gallery.shapes[other].sum())
        for stored_number, asked, stored in candidates(agreed, 1):
            if not other[stored_number]:
                continue
            kept = disjoint(asked, stored)
            row = in_order(asked[kept], stored[kept])
            votes[min(len(kept), 11)] += 1
            rows[min(row, 11)] += 1
            expected = CHANCE_VOTES * asked_codes * float(gallery.shapes[stored_number])
            needed = votes_needed(expected, len(gallery))
            false += row >= IN_ORDER_VOTES or len(kept) >= needed
        within += replayed_within(stream) > 0
    chance = float(np.arange(12) @ votes) / max(exposure, 1.0)
    return {
        "pairs": pairs,
        "pairs_by_votes": {str(v): int(votes[v]) for v in range(1, 12) if votes[v]},
        "pairs_by_votes_in_a_row": {str(v): int(rows[v]) for v in range(1, 12) if rows[v]},
        "chance_votes_per_code_and_shape": f"{chance:.3g}",
        "false_matches": false,
        "false_match_rate_upper_95": upper_bound(false, pairs),
        "expected_in_1000_searches_of_a_million": round(
            1000 * expected_false_matches(int(rows[2:].sum()), int(votes.sum()), pairs), 4
        ),
        "sessions_said_to_repeat_themselves": within,
        "sessions": len(streams),
    }


def upper_bound(events: int, trials: int) -> float:
    """Return the exact one-sided 95 % upper bound of a rate (Clopper and Pearson 1934)."""
    if not trials:
        return 1.0
    return float(beta.ppf(_LEVEL, events + 1, trials - events)) if events < trials else 1.0


def expected_false_matches(two_in_a_row: int, one: int, pairs: int) -> float:
    """Return the false matches that one query of a million unrelated sessions expects.

    By votes in any order the search allows `FALSE_A_QUERY`. For votes in a row: q, the chance that
    a vote is followed by another at its distance, has the upper bound of the pairs with two in a
    row among the pairs with a vote; a third follows with at most q again.
    """
    if not pairs or not one:
        return FALSE_A_QUERY
    follows = upper_bound(two_in_a_row, one)
    return FALSE_A_QUERY + DESIGN_SESSIONS * (one / pairs) * follows**2
