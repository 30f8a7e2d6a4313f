from typing import Any

from detector.doors.plots import drawn
from detector.evaluation.blocks import Heading, Paragraph, Picture, Table, markdown, page
from detector.evaluation.groups import group_figures
from detector.evaluation.log_entry import with_entry
from detector.evaluation.plots import Dot, DotPlot, Line, LinePlot, plots
from detector.evaluation.report import report
from detector.evaluation.tables import against_genuine, label_figures
from detector.evaluation.targets import TARGETS, targets
from detector.evaluation.wording import number, share
from tests.detector.evaluation.rows import scored_rows


def result() -> dict[str, Any]:
    rows = [*scored_rows(12, flagged=1), *scored_rows(12, "assisted", flagged=6, score=0.3)]
    table = {
        "split": "unseen table",
        "sessions": 24,
        "writers": 24,
        "broken_sessions": {"count": 1, "first": [{"session": "s9", "why": "no time"}]},
        "by_label": {
            label: label_figures([r for r in rows if r.label == label])
            for label in ("composed", "assisted")
        },
        "groups": {"composed": group_figures(rows[:12])},
        "against_genuine": against_genuine(rows),
        "with_enrolment": None,
        "cross_validated_within": {},
    }
    made: dict[str, Any] = {
        "frozen": {
            "commit": "0" * 40,
            "code_as_committed": True,
            "date": "2026-11-30",
            "model_version": "m",
            "features_version": "2",
            "python": "3.11",
            "processor": "x86_64",
            "libraries": {"numpy": "2"},
            "files": {"iiitd_bu.parquet": "ab"},
        },
        "note": "intervals are 95 %",
        "tables": {"iiitd_bu.parquet": table, "odd.parquet": {"skipped": "no table"}},
        "attacks_leave_one_family_out": {
            "worst": {"family": "A3", "value": 0.5, "low": None, "high": None},
            "families": {"A3": {"apcer_at_bpcer_1": 0.5, "stretches": 9}},
        },
        "anything new": {"figure": {"value": 0.5, "low": 0.1, "high": 0.9}, "deeper": {"n": 3}},
        "seconds": 60.0,
    }
    made["targets"] = targets(made)
    return made


def test_targets_are_judged_by_what_was_measured_and_nothing_else() -> None:
    judged = {row["task"]: row for row in targets(result())}
    assert len(judged) == len(TARGETS)
    unseen = judged["IIITD-BU, nothing of it seen"]
    assert unseen["measured"] == 1.0
    assert unseen["met"] is True
    assert judged["worst attack family of any sort left out of training"]["met"] is False
    assert judged["1,000 sessions of 20,000 events, one core"]["met"] is None


def test_the_report_shows_targets_failures_tables_and_sections_it_does_not_know() -> None:
    text = markdown(report(result(), {"anything new": "A new part"}), "evaluation/")
    for expected in (
        "| IIITD-BU, nothing of it seen | AUC 0.75 | 1 (1 to 1) | yes |",
        "left out of training | APCER 5 % at BPCER 1 % | 0.5 | **no** |",
        "| `odd.parquet` | no table |",
        "s9: no time",
        "## A new part",
        "| figure | 50 % (10 to 90) |",
        "![",
        "| 1.0 minutes |".removeprefix("| "),
    ):
        assert expected in text
    assert text.index("## Targets") < text.index("## iiitd_bu.parquet")


def test_every_plot_that_the_report_names_is_drawn_the_same_each_time() -> None:
    made = result()
    blocks = report(made, {})
    named = {block.file for block in blocks if isinstance(block, Picture)}
    once, again = drawn(plots(made)), drawn(plots(made)[:1])
    assert named == set(once)
    assert all(once[name] == data for name, data in again.items())
    assert all(data.startswith(b"\x89PNG") and len(data) < 100_000 for data in once.values())


def test_plots_stand_what_is_missing_and_names_that_are_long() -> None:
    lines = tuple(Line(f"line {n}", (0.0, 1.0), (0.0, 1.0)) for n in range(6))
    dots = (Dot("a grouping with a long name: and its group", 0.1, None, None),)
    made = drawn(
        [
            LinePlot("a.png", "t", "x (%)", "y (%)", lines, diagonal=True),
            DotPlot("b.png", "t", "x (%)", dots, limit=0.05),
        ]
    )
    assert set(made) == {"a.png", "b.png"}


def test_the_page_holds_its_pictures_and_escapes() -> None:
    blocks = (
        Heading(1, "A & B"),
        Paragraph("see `x<y`, **not** *that*"),
        Table(("name", "n"), (("a|b", "1"),)),
        Picture("p.png", "what it shows"),
    )
    text = page(blocks, {"p.png": b"png"})
    assert "A &amp; B" in text
    assert "<code>x&lt;y</code>, <strong>not</strong> <em>that</em>" in text
    assert 'src="data:image/png;base64,cG5n"' in text
    assert "http" not in text.replace("https://", "http://").split("<body>")[1]
    assert "a\\|b" in markdown(blocks, "")


def test_the_log_gains_a_row_and_keeps_the_others() -> None:
    first = with_entry("", result(), ())
    second = with_entry(first + "\nA note below.\n", result(), ())
    rows = [line for line in second.splitlines() if line.startswith("| ")]
    assert [row.split(" | ")[0] for row in rows] == ["| run", "| 1", "| 2"]
    assert "iiitd_bu: composed flagged 8.3 %" in rows[1]
    assert "AUC of assisted 1.000" in rows[1]
    assert second.rstrip().endswith("A note below.")
    assert "no evaluation-only table" in with_entry("", result(), ("iiitd_bu.parquet",))


def test_a_log_without_a_table_gets_one() -> None:
    made = with_entry("# Something else\n", result() | {"tables": {}}, ())
    assert made.startswith("# Something else")
    assert "| 1 | 0000000, 2026-11-30 |" in made


def test_a_dirty_tree_is_said_in_the_log() -> None:
    made = result()
    made["frozen"]["code_as_committed"] = False
    assert "0000000 (code not as committed)" in with_entry("", made, ())


def test_undefined_figures_are_dashes() -> None:
    assert share(None) == number({"value": None, "low": None, "high": None}) == "–"
    assert share({"value": 0.125, "low": 0.0, "high": 1.0}) == "12.5 % (0 to 100)"
    assert number(0.5) == "0.500"


def test_each_figure_is_a_target_once() -> None:
    paths = [target.path for target in TARGETS]
    assert len(paths) == len(set(paths))
