from dataclasses import replace

import numpy as np
import pytest

from detector.evaluation.curves import reliability, risk_coverage, roc_curve
from detector.evaluation.families import with_worst, worst_first
from detector.evaluation.groups import group_figures
from detector.evaluation.parting import at_prevalence, parting
from detector.evaluation.scored import columns
from detector.evaluation.tables import against_genuine, label_figures
from tests.detector.evaluation.rows import CLEAN, scored_rows


def test_abstentions_are_counted_both_ways() -> None:
    genuine = scored_rows(20, flagged=1, abstained=3)
    attacks = scored_rows(10, "retyped", flagged=6, abstained=2, score=0.8)
    figures = parting(columns([*genuine, *attacks]))
    assert figures["bpcer_shipped"]["value"] == 0.05
    assert figures["bpcer_shipped_abstained_as_flag"]["value"] == 0.2
    assert figures["apcer_shipped"]["value"] == 0.4
    assert figures["apcer_shipped_abstained_as_caught"]["value"] == 0.2
    assert figures["auc"]["value"] == 1.0


def test_flags_are_worth_little_where_attacks_are_rare() -> None:
    genuine, attacks = scored_rows(100, flagged=1), scored_rows(10, "pasted", flagged=8)
    values = parting(columns([*genuine, *attacks]))["predictive_value"]
    assert values["0.5%"]["value"] == pytest.approx(0.2867, abs=1e-3)
    assert values["0.5%"]["value"] < values["2.0%"]["value"] < values["10.0%"]["value"]


def test_nothing_flagged_has_no_predictive_value_and_no_crash() -> None:
    both = [*scored_rows(5), *scored_rows(5, "machine")]
    assert parting(columns(both))["predictive_value"]["0.5%"]["value"] is None


def test_a_label_is_compared_with_genuine_only_and_apart_from_others() -> None:
    rows = [*scored_rows(4), *scored_rows(4, "retyped", score=0.7), *scored_rows(4, "", score=0.9)]
    made = against_genuine(rows)
    assert list(made) == ["retyped"]
    assert made["retyped"]["auc"]["sessions"] == 8


def test_genuine_sessions_with_a_paste_are_reported_apart() -> None:
    rows = scored_rows(6, flagged=1)
    rows[0] = replace(rows[0], longest_insertion=200, main_reason="inserted_unknown_source")
    made = label_figures(rows)
    assert made["with_paste_over_20"]["flagged"]["value"] == 1.0
    assert made["without_paste_over_20"]["flagged"]["value"] == 0.0
    assert made["main_reasons"] == {"inserted_unknown_source": 1}


def test_groups_of_the_table_are_compared_and_small_ones_hidden() -> None:
    rows = [
        replace(row, groups=(("gender", "f" if n < 10 else "m" if n < 20 else "x"),))
        for n, row in enumerate(scored_rows(22, flagged=5))
    ]
    made = group_figures(rows)["gender"]
    assert list(made["groups"]) == ["f", "m"]
    assert made["sessions_in_groups_too_small_to_show"] == 2
    assert made["largest_gap"]["between"] == ["m", "f"]
    assert made["largest_gap"]["flagged_difference"]["value"] == 0.5


def test_sessions_are_banded_by_length_speed_and_revision() -> None:
    rows = scored_rows(9)
    rows[:3] = [replace(r, text_keys=149, within_word_ms=99.0, pointer=True) for r in rows[:3]]
    rows[3:6] = [replace(r, text_keys=2_000, within_word_ms=float("nan")) for r in rows[3:6]]
    made = group_figures(rows)
    lengths = made["session length (text keys)"]["groups"]
    assert list(lengths) == ["under 150", "500 to 1500", "1500 or more"]
    speeds = made["typing speed (median ms within words)"]["groups"]
    assert set(speeds) == {"under 140", "140 to 185", "not recorded"}
    assert set(made["pointer"]["groups"]) == {"clicks", "keyboard only"}


def test_a_gap_without_any_flag_claims_no_certainty() -> None:
    rows = [replace(r, pointer=n % 2 == 0) for n, r in enumerate(scored_rows(10))]
    gap = group_figures(rows)["pointer"]["largest_gap"]["flagged_difference"]
    assert (gap["value"], gap["low"], gap["high"]) == (0.0, None, None)


def test_pointer_use_is_unknown_where_no_click_was_recorded() -> None:
    assert set(group_figures(scored_rows(5))["pointer"]["groups"]) == {"not recorded"}


def test_the_roc_curve_runs_from_nothing_flagged_to_everything() -> None:
    scores = np.array([0.1, 0.2, 0.3, 0.8, 0.9])
    points = roc_curve(scores, np.array([False, False, True, False, True]))
    assert points[0] == [0.0, 1.0]
    assert points[-1] == [1.0, 0.0]
    assert [0.0, 0.5] in points
    assert roc_curve(scores, np.ones(5, dtype=np.bool_)) == []


def test_no_point_of_a_curve_stands_for_few_writers() -> None:
    rows = [*scored_rows(8), *scored_rows(12, "retyped", flagged=12, score=0.9)]
    c = columns(rows)
    points = reliability(c.score, c.attack, c.writer)
    assert [p["writers"] for p in points] == [12]
    assert points[0]["attack_share"] == 1.0
    assert risk_coverage(c)[0]["coverage"] >= 0.5


def test_risk_falls_on_abstentions_last() -> None:
    rows = [*scored_rows(20), *scored_rows(20, "retyped", abstained=20, score=0.5)]
    points = risk_coverage(columns(rows))
    assert points[0]["risk"] == 0.0
    assert points[-1] == {"coverage": 1.0, "risk": 0.5}


def test_the_tables_own_share_of_attacks_moves_the_score() -> None:
    moved = at_prevalence(np.array([0.05, 0.5]), 0.5)
    assert moved[0] == pytest.approx(0.5)
    assert moved[1] > 0.9


def test_the_worst_family_comes_first_and_is_named() -> None:
    families = {
        "a": {"apcer_at_bpcer_1": 0.1},
        "b": {"apcer_at_bpcer_1": {"value": 0.4, "low": 0.3, "high": 0.5}},
        "c": {"apcer_at_bpcer_1": None},
    }
    assert list(worst_first(families)) == ["b", "a", "c"]
    assert "worst_auto_typer" not in with_worst(families)
    typers = with_worst(families | {"a3": {"apcer_at_bpcer_1": 0.2}})
    assert typers["worst_auto_typer"]["family"] == "a3"
    assert with_worst(families)["worst"] == {"family": "b", "value": 0.4, "low": 0.3, "high": 0.5}
    assert with_worst({}) == {"families": {}}


def test_one_session_of_one_label_gives_figures() -> None:
    assert label_figures([CLEAN])["flagged"]["value"] == 0.0
    assert label_figures([replace(CLEAN, label="machine")])["abstained"]["writers"] == 1
