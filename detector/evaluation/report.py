"""The report that people read: targets first, then what failed, then table by table."""

from collections.abc import Iterator
from typing import Any

from detector.evaluation.blocks import Block, Heading, Paragraph, Picture, Table
from detector.evaluation.plots import Plot, plots
from detector.evaluation.sections import section_blocks
from detector.evaluation.table_report import table_blocks

Figures = dict[str, Any]
ESTABLISHED = ("frozen", "note", "tables", "targets", "seconds")
"""Parts of the result that are no sections."""


def report(result: Figures, titles: dict[str, str]) -> tuple[Block, ...]:
    """Return the report's blocks.

    Args:
        result: what the evaluation made.
        titles: the heading of each section.
    """
    return tuple(_blocks(result, titles))


def _blocks(result: Figures, titles: dict[str, str]) -> Iterator[Block]:
    yield Heading(1, "How often the detector is wrong")
    yield Paragraph("Written by `python -m detector evaluate`; do not edit.")
    yield _rests_on(result)
    yield Heading(2, "Targets")
    yield _targets(result["targets"])
    yield from _reading(result)
    yield from _failed(result)
    pictures = {plot.file: plot for plot in plots(result)}
    yield from _overview(pictures)
    for file, figures in result["tables"].items():
        if "skipped" not in figures:
            yield from table_blocks(file, figures, pictures)
    for name in (n for n in result if n not in ESTABLISHED):
        if "skipped" not in result[name]:
            yield from section_blocks(name, titles.get(name, name), result[name], pictures)
    yield Heading(2, "Files")
    yield Table(
        ("file", "SHA-256"),
        tuple((f"`{name}`", f"`{digest}`") for name, digest in result["frozen"]["files"].items()),
    )


def _rests_on(result: Figures) -> Table:
    frozen = result["frozen"]
    sound = {True: "yes", False: "no: changed since", None: "not known"}
    libraries = ", ".join(f"{name} {number}" for name, number in frozen["libraries"].items())
    return Table(
        ("", "this run"),
        (
            ("commit", f"`{frozen['commit']}`"),
            ("code as committed", sound[frozen["code_as_committed"]]),
            ("model", f"{frozen['model_version']}, features {frozen['features_version']}"),
            ("date", frozen["date"]),
            ("time taken", f"{result.get('seconds', 0) / 60:.1f} minutes"),
            ("libraries", f"Python {frozen['python']} on {frozen['processor']}, {libraries}"),
        ),
    )


def _targets(rows: list[Figures]) -> Table:
    words = {True: "yes", False: "**no**", None: "not measured here"}
    return Table(
        ("task", "to reach", "measured", "met"),
        tuple((row["task"], row["to_reach"], _measured(row), words[row["met"]]) for row in rows),
    )


def _measured(row: Figures) -> str:
    value, interval = row["measured"], row["interval"]
    if value is None:
        return "–"
    shown = _plain(value)
    if interval is None or None in interval:
        return shown
    return f"{shown} ({_plain(interval[0])} to {_plain(interval[1])})"


def _plain(value: float) -> str:
    return f"{value:.4g}"


def _reading(result: Figures) -> Iterator[Block]:
    yield Heading(2, "How to read this")
    yield Paragraph(
        "A share or an AUC is followed by its 95 % interval, from resampling writers, so that many "
        "sessions of one person do not pass for many people; with no event, or nothing but "
        "events, it is the exact binomial one over writers. With fewer than about 20 writers read "
        "the interval, not the figure, and an AUC of 1 with an interval of no width only says "
        "that no resample differed."
    )
    yield Paragraph(
        "*BPCER*: genuine sessions flagged; *APCER*: attacks missed (ISO/IEC 30107-3). "
        "*Flagged* means the bands review and strong. An abstention (cannot determine) is no flag "
        "unless a row says so; both ways of counting are given. A sort of session with fewer than "
        "three writers is not shown by group, and no point of a curve but ROC's stands for fewer "
        "than ten."
    )
    yield Paragraph(result["note"][0].upper() + result["note"][1:] + ".")


def _failed(result: Figures) -> Iterator[Block]:
    lines = [
        (f"`{name}`", figures["skipped"])
        for name, figures in (*result["tables"].items(), *_sections(result))
        if "skipped" in figures
    ]
    for file, figures in result["tables"].items():
        broken = figures.get("broken_sessions")
        if broken is not None:
            named = "; ".join(f"{each['session']}: {each['why']}" for each in broken["first"])
            lines.append((f"`{file}`", f"{broken['count']} broken sessions left out. {named}"))
    if lines:
        yield Heading(2, "What was left out")
        yield Table(("table or part", "why"), tuple(lines))


def _sections(result: Figures) -> Iterator[tuple[str, Figures]]:
    for name, figures in result.items():
        if name not in ESTABLISHED:
            yield name, figures


def _overview(pictures: dict[str, Plot]) -> Iterator[Block]:
    captions = {
        "roc.png": "Attacks missed (APCER) against genuine work flagged (BPCER) over every "
        "threshold; the nearer to the lower left corner, the better.",
        "roc-few-flags.png": "The left edge of the same, where a usable threshold lies.",
        "reliability.png": "Share of attacks among sessions of about one score, the score moved "
        "to the sample's own share of attacks.",
        "risk-coverage.png": "Wrong decisions among the sessions of which the detector is most "
        "certain, as more and more are decided; abstentions come last.",
    }
    shown = [Picture(file, caption) for file, caption in captions.items() if file in pictures]
    if shown:
        yield Heading(2, "Overview")
        yield from shown
