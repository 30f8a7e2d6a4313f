"""Replays are found, and unrelated sessions are not."""

import numpy as np
import pytest

from detector.features.stream import TextStream, text_stream
from detector.replay import Gallery, OrganisationKey, search
from detector.replay.searching import covered_keys, disjoint, in_order, votes_needed
from detector.replay.within import replayed_within
from detector.simulation import draw_text, replay
from detector.tables import Keystrokes
from detector.training.examples import Essay
from detector.training.replays import forged, forgeries

FOUND_ALWAYS = (
    "replay_typos",
    "block_replay",
    "block_replay_typos",
    "pauses_redrawn",
    "keys_put_in_and_left_out",
    "stretch",
    "stretch_clock_15.6_ms",
    "stretch_jitter_10_ms",
    "stretch_tempo_0.8",
    "stretch_tempo_1.25",
)


@pytest.mark.parametrize("kind", FOUND_ALWAYS)
def test_a_replay_on_another_text_names_its_victim_alone(
    kind: str, tables: list[Keystrokes], gallery: Gallery, key: OrganisationKey
) -> None:
    rng = np.random.default_rng(3)
    victim, host = Essay("p2", tables[4], ""), Essay("p4", tables[9], "")
    stream = text_stream(forged(rng, forgeries()[kind], victim, host))
    matches = search(gallery, stream, key, session="s9", person="p4")
    assert [m.session for m in matches.found] == [f"{key.name_tag('session', 's4'):016x}"]
    match = matches.found[0]
    assert not match.own
    assert match.keystrokes >= 60
    assert 0 <= match.start_us < match.end_us <= int(stream.t_us[-1])
    assert matches.searched_sessions == len(gallery)


def test_a_person_who_replays_an_own_earlier_session_is_told_apart(
    streams: list[TextStream], tables: list[Keystrokes], gallery: Gallery, key: OrganisationKey
) -> None:
    rng = np.random.default_rng(4)
    again = text_stream(replay(rng, tables[4], draw_text(rng, 600)).keystrokes)
    assert search(gallery, again, key, session="new", person="p2").found[0].own
    assert not search(gallery, again, key, session="new", person="p3").found[0].own


def test_genuine_sessions_match_only_themselves(
    streams: list[TextStream], gallery: Gallery, key: OrganisationKey
) -> None:
    for number, stream in enumerate(streams):
        matches = search(gallery, stream, key, session=f"s{number}", person=f"p{number // 2}")
        assert matches.found == ()
        assert replayed_within(stream) == 0


@pytest.mark.parametrize("shuffled", [False, True])
def test_a_session_that_replays_itself_is_found(
    tables: list[Keystrokes], *, shuffled: bool
) -> None:
    rng = np.random.default_rng(6)
    start = tables[0].rows(0, 400)
    looped = replay(rng, start, draw_text(rng, 1_200), shuffled=shuffled).keystrokes
    noisy = looped.t_us + rng.integers(-4_000, 4_000, len(looped))
    table = Keystrokes(
        np.sort(noisy - noisy.min()), *(getattr(looped, n) for n in Keystrokes.__slots__[1:])
    )
    assert replayed_within(text_stream(table)) > 400


def test_votes_share_no_keystroke() -> None:
    asked = np.array([0, 4, 8, 30, 30, 60, 61])
    stored = np.array([100, 104, 108, 130, 500, 105, 161])
    rows = disjoint(asked, stored)
    assert rows.tolist() == [0, 3, 6]
    assert in_order(asked[rows], stored[rows]) == 3
    assert len(covered_keys(asked[rows], stored[rows])) == 61 + 15


def test_votes_far_apart_are_not_in_a_row() -> None:
    asked = np.array([0, 400, 800])
    assert in_order(asked, asked + 7) == 1
    assert in_order(asked[:0], asked[:0]) == 0


def test_more_votes_are_needed_where_chance_brings_more() -> None:
    needed = [votes_needed(expected, 1_000_000) for expected in (0.0, 0.001, 0.02, 0.5, 4.0)]
    assert needed == sorted(needed)
    assert needed[2] == 6
    for expected, votes in zip((0.001, 0.02, 0.5, 4.0), needed[1:], strict=True):
        assert 1e6 * (expected / (1 + expected)) ** votes <= 5e-4
