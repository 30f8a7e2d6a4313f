from dataclasses import replace
from itertools import pairwise
from math import isnan

import numpy as np
import pytest

from detector.assess import assess
from detector.assessment import Band
from detector.conduct import COPYING_LOGIT, Conduct, find_conduct
from detector.features.stream import text_stream
from detector.model import Model
from detector.reasons import Code, Reason
from detector.simulation import (
    composing,
    grammar_checked,
    looking_things_up,
    retyping_from_assistant,
)
from detector.surroundings import (
    CaretJumps,
    Device,
    Page,
    PageEdits,
    RegionVisit,
    Shown,
    Task,
)
from detector.tables import Focus, Recording, no_keystrokes
from wire.codes import Category, EditHow, Mode
from wire.policy import AllowedUse, Policy, Region, SiteRule

SECOND = 1_000_000
RULES = Policy(version=1, windows=())
GRAMMAR = Policy(version=1, windows=(), allowed=AllowedUse(ai_grammar_help=True))
RATING = Policy(
    version=1,
    windows=(),
    sites=(
        SiteRule(
            "https://tasks.example.org/*",
            tuple(Region(name, f"#{name}") for name in ("response-a", "response-b", "answer")),
        ),
    ),
)


def conduct_of(recording: Recording, policy: Policy = RULES) -> Conduct:
    return find_conduct(recording, text_stream(recording.keystrokes), policy)


def codes(reasons: tuple[Reason, ...]) -> list[Code]:
    return [reason.code for reason in reasons]


def test_retyping_from_an_assistant_s_window_is_reviewed_and_shown_where(
    rng: np.random.Generator, model: Model
) -> None:
    session = retyping_from_assistant(rng, words_a_look=5.0)
    recording = session.recording(effects_seen=False)
    found = conduct_of(recording)
    assert found.alone
    assert found.log_odds == COPYING_LOGIT
    result = assess(recording, model)
    assert result.flagged
    assert Code.ASSISTANT_BEFORE_BURSTS in codes(result.reasons)
    assert any(span.why is Code.ASSISTANT_BEFORE_BURSTS for span in result.spans)


def test_conduct_alone_leads_to_a_review_and_no_further(
    rng: np.random.Generator, model: Model
) -> None:
    session = composing(rng, characters=900)
    at_us = [int(t) for t in session.keystrokes.t_us]
    focus = [
        Focus(a + 200_000, b - 200_000, Category.ASSISTANT)
        for a, b in pairwise(at_us)
        if b - a >= 2_000_000
    ]
    recording = replace(session.recording(effects_seen=False), focus=tuple(focus))
    found = conduct_of(recording)
    assert found.looks > 0.6
    result = assess(recording, model)
    assert result.band is Band.REVIEW
    assert result.score >= 0.5


@pytest.mark.parametrize("category", [Category.REFERENCE, Category.OTHER, Category.ASSISTANT])
def test_a_writer_who_looks_things_up_is_not_flagged_for_it(
    rng: np.random.Generator, model: Model, category: Category
) -> None:
    session = looking_things_up(rng, characters=1_200, looks=3, category=category)
    recording = session.recording(effects_seen=False)
    found = conduct_of(recording)
    assert not found.alone
    assert Code.ASSISTANT_BEFORE_BURSTS not in codes(found.reasons)
    assert assess(recording, model).band is Band.CONSISTENT


def test_only_an_assistant_s_window_moves_the_odds(rng: np.random.Generator) -> None:
    session = retyping_from_assistant(rng, words_a_look=5.0)
    other = tuple(
        replace(f, category=Category.REFERENCE) if f.category is Category.ASSISTANT else f
        for f in session.focus
    )
    found = conduct_of(replace(session.recording(effects_seen=False), focus=other))
    assert found.log_odds == 0.0
    assert found.coupling.elsewhere_before_bursts > 0.5
    assert Code.NO_ASSISTANT_IN_VIEW in codes(found.counter_evidence)


def test_an_allowed_grammar_assistant_counts_for_nothing_and_is_said(
    rng: np.random.Generator, model: Model
) -> None:
    session = retyping_from_assistant(rng, words_a_look=5.0)
    found = conduct_of(session.recording(effects_seen=False), GRAMMAR)
    assert found.log_odds == 0.0
    assert not found.alone
    assert codes(found.counter_evidence) == [Code.ASSISTANT_ALLOWED]
    checked = grammar_checked(rng, characters=1_000).recording(effects_seen=False)
    assert assess(checked, model, GRAMMAR).band is Band.CONSISTENT


def test_dictation_and_switch_devices_leave_bursts_no_meaning(rng: np.random.Generator) -> None:
    session = retyping_from_assistant(rng, words_a_look=5.0)
    for mode in (Mode.DICTATION, Mode.SWITCH_DEVICE):
        declared = session.recording(effects_seen=False, declared=frozenset({mode}))
        assert conduct_of(declared).log_odds == 0.0


def test_few_bursts_show_no_habit(rng: np.random.Generator) -> None:
    session = retyping_from_assistant(rng, characters=120, words_a_look=5.0)
    assert not conduct_of(session.recording(effects_seen=False)).alone


def test_without_a_focus_source_nothing_is_known_and_nothing_counts(
    rng: np.random.Generator,
) -> None:
    session = retyping_from_assistant(rng)
    found = conduct_of(replace(session.recording(effects_seen=False), focus=None))
    assert isnan(found.coupling.assistant_before_bursts)
    assert isnan(found.coupling.alternations_per_100_words)
    assert found.log_odds == 0.0
    assert found.reasons == ()
    assert found.counter_evidence == ()


def page(*regions: int, written: int = 3) -> Page:
    visits = tuple(
        RegionVisit(n * SECOND, (n + 1) * SECOND, region) for n, region in enumerate(regions)
    )
    edit = (5 * SECOND, 0, EditHow.TYPED, 3, 0, 3, 1, written)
    none = np.zeros(0, np.int64)
    edits = PageEdits(*(np.array([value]) for value in edit))
    return Page(edits, CaretJumps(none, none, none, none), visits)


def rated(
    seen: Page,
    shown: tuple[Shown, ...] | None = None,
    focus: tuple[Focus, ...] | None = None,
    declared: frozenset[Mode] = frozenset(),
) -> Recording:
    return Recording(
        no_keystrokes(),
        page=seen,
        tasks=(Task(1, 0, 9 * SECOND, True),),
        shown=shown,
        focus=focus,
        declared=declared,
        duration_us=9 * SECOND,
    )


def test_both_responses_opened_speaks_for_reading() -> None:
    found = conduct_of(rated(page(1, 2, 3)), RATING)
    assert codes(found.counter_evidence) == [Code.READ_BOTH]
    assert found.reasons == ()


def test_one_response_never_opened_is_said_but_decides_nothing() -> None:
    found = conduct_of(rated(page(1, 3)), RATING)
    assert codes(found.reasons) == [Code.PART_NOT_OPENED]
    assert found.log_odds == 0.0
    assert not found.alone


@pytest.mark.parametrize("seen", [page(3), page(), None])
def test_a_page_that_is_only_scrolled_says_nothing(seen: Page | None) -> None:
    recording = Recording(no_keystrokes(), page=seen, duration_us=9 * SECOND)
    assert conduct_of(recording, RATING).reasons == ()


def test_reading_time_is_held_against_what_was_shown() -> None:
    in_view = (
        Focus(0, 4 * SECOND, Category.TASK),
        Focus(4 * SECOND, 9 * SECOND, Category.OTHER),
    )
    shown = (Shown(2_000, task=1),)
    hurried = conduct_of(rated(page(1, 2, 3), focus=in_view, shown=shown), RATING)
    assert hurried.reading.chars_per_s == 500.0
    assert codes(hurried.reasons) == [Code.HARDLY_READ]
    short = conduct_of(rated(page(1, 2, 3), focus=in_view, shown=(Shown(100, 1),)), RATING)
    assert Code.TIME_TO_READ in codes(short.counter_evidence)
    assert isnan(conduct_of(rated(page(1, 2, 3), focus=in_view), RATING).reading.chars_per_s)


def test_a_screen_reader_reads_without_focus_or_pointer() -> None:
    modes = frozenset({Mode.SCREEN_READER})
    shown = (Shown(9_000, task=1),)
    found = conduct_of(rated(page(1, 3), shown=shown, declared=modes), RATING)
    assert found.reasons == ()


def test_a_virtual_machine_is_said_and_changes_no_band(
    rng: np.random.Generator, model: Model
) -> None:
    recording = composing(rng, characters=600).recording(effects_seen=False)
    plain = assess(recording, model)
    device = Device(virtual_machine=True, remote_desktop=True)
    virtual = assess(replace(recording, device=device), model)
    assert {Code.VIRTUAL_MACHINE, Code.REMOTE_DESKTOP} <= set(codes(virtual.counter_evidence))
    assert virtual.score == plain.score
    assert virtual.band is plain.band
