import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.alignment import Origin, align
from detector.alignment.rebuild import rebuild, text_codes
from detector.simulation import composed_with_paste, composing, draw_text, pasted_only
from detector.simulation.session import TextLog, without_effects
from detector.tables import keystrokes


def iou(start: int, end: int, at: int, length: int) -> float:
    shared = max(0, min(end, at + length) - max(start, at))
    return shared / (end - start + length - shared)


def test_a_recorded_log_rebuilds_the_text_exactly(rng: np.random.Generator) -> None:
    session = composing(rng, characters=1_500)
    typed = rebuild(session.keystrokes)
    assert typed.in_order
    assert typed.codes.tobytes() == text_codes(session.text_class).tobytes()


def test_own_text_is_explained(rng: np.random.Generator) -> None:
    session = composing(rng, characters=2_000)
    assert align(session.keystrokes, session.text_class).explained_share == 1.0


def test_own_text_is_explained_with_keys_only(rng: np.random.Generator) -> None:
    shares = [
        align(without_effects(s.keystrokes), s.text_class).explained_share
        for s in (composing(rng, characters=1_500) for _ in range(5))
    ]
    assert np.median(shares) >= 0.97


@pytest.mark.parametrize("masked", [False, True])
def test_a_spliced_passage_is_located(rng: np.random.Generator, masked: bool) -> None:
    found = []
    for _ in range(6):
        session = composing(rng, characters=2_000)
        table = without_effects(session.keystrokes) if masked else session.keystrokes
        at = int(rng.integers(100, 1_500))
        text = session.text_class
        spliced = text[:at] + draw_text(rng, 230)[:200] + text[at:]
        passages = align(table, spliced).passages(Origin.UNEXPLAINED)
        found.append(max(iou(p.start, p.end, at, 200) for p in passages))
    assert np.median(found) >= 0.9


def test_a_pasted_passage_is_marked_as_inserted(rng: np.random.Generator) -> None:
    session = composed_with_paste(rng, characters=1_500, pasted_share=0.3)
    result = align(session.keystrokes, session.text_class)
    (longest,) = sorted(result.passages(Origin.INSERTED), key=lambda p: p.start - p.end)[:1]
    assert longest.end - longest.start >= 300
    assert not result.passages(Origin.UNEXPLAINED, 20)


def test_a_pasted_text_is_unexplained_where_only_keys_were_seen(rng: np.random.Generator) -> None:
    session = pasted_only(rng, characters=800)
    result = align(without_effects(session.keystrokes), session.text_class)
    assert result.explained_share < 0.05


def test_an_empty_text_or_log_is_no_error() -> None:
    nothing = keystrokes((), ())
    assert align(nothing, "").explained_share == 1.0
    assert align(nothing, "aaa aa.").explained_share == 0.0


def test_ten_thousand_characters_against_forty_thousand_keys_take_under_200_ms(
    rng: np.random.Generator,
) -> None:
    log = TextLog()
    text = draw_text(rng, 10_000)
    for number, character in enumerate(text):
        log.type(character, 150.0, 90.0)
        if number % 12 == 11:
            for other in "aaaaaaaaaaaaaaaaa":
                log.type(other, 150.0, 90.0)
            for _ in range(17):
                log.erase(150.0, 90.0)
    table = log.table()
    assert len(table) >= 35_000
    align(table, text)
    best = []
    for _ in range(3):
        started = time.process_time()
        assert align(table, text).explained_share == 1.0
        best.append(time.process_time() - started)
    assert min(best) < 0.4  # the budget is 0.2 s on an idle core; tests share theirs


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="a0. \n?", max_size=400), st.text(alphabet="a0. \n", max_size=400))
def test_any_text_aligns_with_any_typing(text: str, typed: str) -> None:
    log = TextLog()
    for character in typed:
        log.type(character, 100.0, 80.0)
    result = align(log.table(), text)
    assert len(result.origin) == len(text)
    assert 0.0 <= result.explained_share <= 1.0
    if text == typed:
        assert result.explained_share == 1.0
