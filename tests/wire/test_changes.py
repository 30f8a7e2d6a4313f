"""What differs between two policies, and whether more is recorded."""

import fnmatch

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from wire import changes as changes_module
from wire.changes import changes, growth
from wire.codes import Category
from wire.policy import (
    AllowedUse,
    Policy,
    Region,
    Retention,
    ReviewRules,
    Screenshots,
    SiteRule,
    Thresholds,
    WindowRule,
)
from wire.window_rules import narrower, records_no_more

A, B = Region("A", "#a"), Region("B", "#b")
SITE = SiteRule("https://one.example/*", (A,))
OLD = Policy(
    version=3,
    windows=(
        WindowRule(Category.PRIVATE, title="*bank*"),
        WindowRule(Category.TASK, title="*task*"),
        WindowRule(Category.ASSISTANT, title="*ai*"),
    ),
    sites=(SITE,),
    screenshots=Screenshots(interval_s=300, height_px=480, pixelate=True, review_delay_s=600),
    allowed=AllowedUse(ai_grammar_help=True),
    retention=Retention(10, 10, 100),
    idle_after_s=300,
)


def pictures(**values: int) -> dict[str, object]:
    assert OLD.screenshots is not None
    return {"screenshots": replace(OLD.screenshots, **values)}


GREW: list[tuple[str, dict[str, object]]] = [
    ("windows", {"windows": (*OLD.windows, WindowRule(Category.TASK, title="*more*"))}),
    ("windows", {"windows": OLD.windows[1:]}),
    ("windows", {"windows": (OLD.windows[1], OLD.windows[0], OLD.windows[2])}),
    ("windows", {"windows": OLD.windows[:2]}),
    ("windows", {"windows": (*OLD.windows[:1], WindowRule(Category.TASK), OLD.windows[2])}),
    ("sites", {"sites": (SITE, SiteRule("https://two.example/*"))}),
    ("sites", {"sites": (SiteRule(SITE.pattern, (A, B)),)}),
    ("screenshots.interval_s", pictures(interval_s=299)),
    ("screenshots.height_px", pictures(height_px=481)),
    ("screenshots.whole_screen", pictures(whole_screen=True)),
    ("screenshots.pixelate", pictures(pixelate=False)),
    ("screenshots.review_delay_s", pictures(review_delay_s=599)),
    ("retention.class_sequences_days", {"retention": Retention(11, 10, 100)}),
    ("retention.screenshots_days", {"retention": Retention(10, 11, 100)}),
    ("retention.evidence_days", {"retention": Retention(10, 10, 101)}),
    ("record_titles", {"record_titles": True}),
    ("idle_after_s", {"idle_after_s": 299}),
]
TOLD: list[tuple[str, dict[str, object]]] = [
    ("windows", {"windows": (OLD.windows[0], OLD.windows[2])}),
    ("windows", {"windows": (WindowRule(Category.PRIVATE, title="*mail*"), *OLD.windows)}),
    ("sites", {"sites": ()}),
    ("sites", {"sites": (SiteRule(SITE.pattern),)}),
    ("screenshots", {"screenshots": None}),
    ("screenshots", {"confidential": True}),
    ("screenshots.interval_s", pictures(interval_s=301)),
    ("screenshots.height_px", pictures(height_px=479)),
    ("screenshots.review_delay_s", pictures(review_delay_s=601)),
    ("retention.evidence_days", {"retention": Retention(10, 10, 99)}),
    ("idle_after_s", {"idle_after_s": 301}),
    ("allowed.ai_grammar_help", {"allowed": AllowedUse()}),
    ("allowed.ai_search", {"allowed": AllowedUse(ai_grammar_help=True, ai_search=True)}),
    ("allowed.paste_chars", {"allowed": AllowedUse(paste_chars=1, ai_grammar_help=True)}),
    ("false_flag_rate", {"false_flag_rate": 0.02}),
    ("thresholds.review", {"thresholds": Thresholds(0.7, 0.7)}),
    ("review.answer_days", {"review": ReviewRules(answer_days=3)}),
    ("review.hold_days_max", {"review": ReviewRules(hold_days_max=30)}),
]


@pytest.mark.parametrize(("field", "values"), GREW)
def test_more_that_is_recorded_is_growth(field: str, values: dict[str, object]) -> None:
    assert [each.field for each in growth(OLD, replace(OLD, version=4, **values))] == [field]


@pytest.mark.parametrize(("field", "values"), TOLD)
def test_what_records_no_more_is_told_and_needs_no_consent(
    field: str, values: dict[str, object]
) -> None:
    new = replace(OLD, version=4, **values)
    assert growth(OLD, new) == ()
    assert field in [each.field for each in changes(OLD, new)]


@pytest.mark.parametrize(("field", "values"), [(f, v) for f, v in GREW if f != "windows"])
def test_the_way_back_from_growth_is_none(field: str, values: dict[str, object]) -> None:
    assert growth(replace(OLD, **values), OLD) == ()


def test_titles_and_screenshots_that_begin_are_growth_whatever_else_shrinks() -> None:
    none = replace(OLD, screenshots=None)
    assert [each.field for each in growth(none, replace(OLD, retention=Retention(1, 1, 1)))] == [
        "screenshots"
    ]
    assert growth(replace(OLD, confidential=True), OLD)


def test_the_same_document_under_another_version_is_no_change() -> None:
    assert changes(OLD, replace(OLD, version=9)) == ()
    unsaid = replace(OLD, review=ReviewRules(hold_days_max=14), thresholds=Thresholds())
    assert changes(OLD, unsaid) == ()


def test_every_field_has_its_answer_and_one_without_counts_as_growth(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert set(changes_module._FIELDS) == set(Policy.__struct_fields__)
    assert set(changes_module._PICTURES) == set(Screenshots.__struct_fields__)
    without = {k: v for k, v in changes_module._FIELDS.items() if k != "false_flag_rate"}
    monkeypatch.setattr(changes_module, "_FIELDS", without)
    monkeypatch.setattr(changes_module, "_PICTURES", {})
    grown = growth(OLD, replace(OLD, false_flag_rate=0.2, **pictures(interval_s=3000)))
    assert {each.field for each in grown} == {"false_flag_rate", "screenshots.interval_s"}


def test_what_grew_is_said_first() -> None:
    new = replace(OLD, allowed=AllowedUse(), record_titles=True)
    assert [each.grew for each in changes(OLD, new)] == [True, False]


@pytest.mark.parametrize(
    ("new", "old", "surely"),
    [
        ("*task 1*", "*task*", True),
        ("Task 12", "task*", True),
        ("a?c", "*", True),
        ("a*c", "a*", True),
        ("*a", "a*", False),
        ("ab", "a?", False),
        ("[ab]", "*", False),
        ("*", "*a*", False),
    ],
)
def test_a_narrower_pattern_is_known_where_it_is_sure(new: str, old: str, surely: bool) -> None:
    assert narrower(new, old) is surely


LETTERS = st.text("ab*?", min_size=1, max_size=5)


@given(LETTERS, LETTERS, st.lists(st.text("ab", max_size=6), max_size=20))
def test_nothing_that_a_narrower_pattern_matches_is_missed(
    new: str, old: str, names: list[str]
) -> None:
    if narrower(new, old):
        for name in names:
            assert fnmatch.fnmatchcase(name, old) or not fnmatch.fnmatchcase(name, new)


RULES = st.lists(st.builds(WindowRule, st.sampled_from(Category), LETTERS), max_size=4)
DETAIL = {Category.TASK: 2, Category.PRIVATE: 0}


@given(RULES, RULES, st.lists(st.text("ab", max_size=6), max_size=20), st.integers(0, 3))
def test_rules_that_record_no_more_record_no_window_in_more_detail(
    old: list[WindowRule], new: list[WindowRule], titles: list[str], kept: int
) -> None:
    for later in (new, old[kept:], [*new[:1], *old], old[:kept]):
        if not records_no_more(old, later):
            continue
        before, after = (Policy(1, tuple(rules)) for rules in (old, later))
        for title in titles:
            was, now = before.categorise(title, "p"), after.categorise(title, "p")
            assert DETAIL.get(now, 1) <= DETAIL.get(was, 1)


def test_digests_say_nothing_of_growth() -> None:
    new = replace(OLD, false_flag_rate=0.02)
    assert new.digest() != OLD.digest()
    assert msgspec.json.decode(msgspec.json.encode(new), type=Policy) == new
