"""One keystroke or aggregate table's part of the report."""

from collections.abc import Iterator, Mapping
from typing import Any

from detector.evaluation.blocks import Block, Heading, Paragraph, Picture, Table
from detector.evaluation.parting import SCALARS
from detector.evaluation.wording import counted, number, share, title, worded

Figures = dict[str, Any]


def table_blocks(file: str, figures: Figures, pictures: Mapping[str, Any]) -> Iterator[Block]:
    """Yield the part of one table."""
    yield Heading(2, file)
    yield Paragraph(f"{figures['split'][0].upper()}{figures['split'][1:]}.")
    if "by_label" not in figures:
        yield from _aggregates(figures)
        return
    yield _by_label(figures["by_label"])
    suggestions = figures.get("accepted_suggestions_over_20_located")
    if suggestions is not None:
        yield Paragraph(
            "Accepted suggestions over 20 characters located as insertions, "
            f"{suggestions['note']}: {share(suggestions)} of {suggestions['sessions']} "
            f"({suggestions['writers']} writers)."
        )
    yield from _compared("Against the genuine sessions", figures.get("against_genuine"))
    yield from _compared("Windows of 500 text keys", figures.get("windows_500"))
    yield from _enrolment(figures.get("with_enrolment"))
    yield from _compared("Cross-validated within the table", figures.get("cross_validated_within"))
    yield from _groups(file, figures["groups"], pictures)


def _by_label(labels: Figures) -> Table:
    rows = []
    for label, rates in labels.items():
        rows.append(_label_row(label, rates))
        for part in ("without_paste_over_20", "with_paste_over_20"):
            if part in rates:
                rows.append(_label_row(f"{label}, {title(part)}", rates[part]))
    header = ("label", "sessions (writers)", "flagged", "abstained", "main reasons")
    return Table(header, tuple(rows))


def _label_row(label: str, rates: Figures) -> tuple[str, ...]:
    reasons = ", ".join(f"`{code}` {count}" for code, count in rates["main_reasons"].items())
    flagged = rates["flagged"]
    return (label, counted(flagged), share(flagged), share(rates["abstained"]), reasons or "–")


def _compared(heading: str, made: Figures | None) -> Iterator[Block]:
    """Yield figures as rows, and what is compared as columns."""
    shown = {name: figures for name, figures in (made or {}).items() if figures}
    if not shown:
        return
    yield Heading(3, heading)
    yield compared_table(shown)


def _enrolment(made: Figures | None) -> Iterator[Block]:
    if not made:
        return
    names = ("sessions", "same_sessions_without", "windows_500", "same_windows_without")
    shown = {name: made[name] for name in names} | made["windows_500_by_enrolment"]
    yield from _compared("One genuine and one copied session a person enrolled", shown)
    yield Heading(3, "Poisoned enrolment")
    rows = (
        (
            title(name),
            f"{each['used']} of {made['writers']}",
            share(each["apcer_sessions"]),
            share(each["apcer_windows_500"]),
        )
        for name, each in made["poisoned"].items()
    )
    header = ("enrolment", "accepted", "copies missed", "500-key windows of copies missed")
    yield Table(header, tuple(rows))


def compared_table(made: Figures) -> Table:
    """Return a table with a row for each figure and a column for each sort of attack."""
    names = [name for name in SCALARS if any(name in figures for figures in made.values())]
    rows = [
        (title(name), *(worded(name, figures.get(name)) for figures in made.values()))
        for name in names
    ]
    alone = [figures.get("by_copying_evidence_alone") for figures in made.values()]
    if any(alone):
        shown = (number(figures["auc"]) if figures else "–" for figures in alone)
        rows.append(("AUC of the copying evidence alone", *shown))
    predictive: list[Figures] = [figures.get("predictive_value", {}) for figures in made.values()]
    prevalences = dict.fromkeys(prevalence for values in predictive for prevalence in values)
    for prevalence in prevalences:
        found = (share(values.get(prevalence)) for values in predictive)
        rows.append((f"flags that are right at {prevalence} attacks", *found))
    sizes = tuple(counted(f["auc"]) for f in made.values())
    rows.insert(0, ("sessions or windows (writers)", *sizes))
    return Table(("figure", *(title(name) for name in made)), tuple(rows))


def _groups(file: str, groups: Figures, pictures: Mapping[str, Any]) -> Iterator[Block]:
    lines: list[tuple[str, ...]] = []
    for label, groupings in groups.items():
        for grouping, parts in groupings.items():
            lines.extend(
                (
                    label,
                    f"{grouping}: {name}",
                    counted(rates["flagged"]),
                    share(rates["flagged"]),
                    share(rates["abstained"]),
                )
                for name, rates in parts["groups"].items()
                if len(parts["groups"]) > 1
            )
    if not lines:
        return
    yield Heading(3, "By group")
    stem = f"groups-{file.removesuffix('.parquet')}-"
    for picture in pictures:
        if picture.startswith(stem):
            label = picture.removeprefix(stem).removesuffix(".png")
            yield Picture(picture, f"Sessions labelled {label}: flagged, by group, with intervals.")
    yield Table(("label", "group", "sessions (writers)", "flagged", "abstained"), tuple(lines))
    gaps = [
        (label, grouping, " and ".join(gap["between"]), share(gap["flagged_difference"]))
        for label, groupings in groups.items()
        for grouping, parts in groupings.items()
        if (gap := parts.get("largest_gap")) is not None
    ]
    yield Table(("label", "grouping", "largest gap in flags is between", "difference"), tuple(gaps))


def _aggregates(figures: Figures) -> Iterator[Block]:
    rows = [
        (title(name), number(part["auc"]), share(part["tpr_at_fpr_1"]))
        for name, part in figures.items()
        if isinstance(part, dict)
    ]
    yield Table(("columns", "AUC", "TPR at 1 % FPR"), tuple(rows))
