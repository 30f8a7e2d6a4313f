"""What the report's plots show, without drawing them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MOST_LINES = 6
FEWEST_FOR_RATES = 2
Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One named curve."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class LinePlot:
    """Curves over one pair of axes; shares run from 0 to 1.

    Attributes:
        file: name of the picture.
        title: what is seen.
        x: label of the horizontal axis, with its unit.
        y: label of the vertical axis, with its unit.
        lines: the curves.
        diagonal: whether the line x = y is drawn, where a calibrated score would lie.
        stairs: whether points are joined by steps.
        widest: where the horizontal axis ends.
    """

    file: str
    title: str
    x: str
    y: str
    lines: tuple[Line, ...]
    diagonal: bool = False
    stairs: bool = False
    widest: float = 1.0


@dataclass(frozen=True, slots=True)
class Dot:
    """One figure with its interval; None where there is none."""

    name: str
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class DotPlot:
    """Figures below one another, each with its interval.

    Attributes:
        file: name of the picture.
        title: what is seen.
        x: label of the horizontal axis, with its unit.
        dots: the figures, from the top.
        limit: where a target lies, if there is one.
    """

    file: str
    title: str
    x: str
    dots: tuple[Dot, ...]
    limit: float | None = None


Plot = LinePlot | DotPlot


def plots(result: Figures) -> tuple[Plot, ...]:
    """Return every plot that the figures allow."""
    found: list[Plot] = []
    compared = dict(_compared(result))
    found.extend(_curves(compared))
    for section, limit in (("attacks", None), ("attacks_leave_one_family_out", 0.05)):
        families = result.get(section, {}).get("families", {})
        if families:
            found.append(_missed(section, families, limit))
    for file, figures in result.get("tables", {}).items():
        found.extend(_groups(file, figures))
    return tuple(found)


def _compared(result: Figures) -> Iterator[tuple[str, Figures]]:
    """Yield what is parted from the genuine: attacks of each sort, then each table's labels."""
    pooled = result.get("attacks", {}).get("pooled", {})
    yield from pooled.items()
    for file, figures in result.get("tables", {}).items():
        for label, parted in figures.get("against_genuine", {}).items():
            yield f"{_stem(file)}: {label}", parted


def _stem(file: str) -> str:
    return file.removesuffix(".parquet")


def _curves(compared: dict[str, Figures]) -> Iterator[Plot]:
    roc = _lines(compared, "roc", lambda points: ([p[0] for p in points], [p[1] for p in points]))
    if roc:
        yield LinePlot(
            "roc.png",
            "Attacks missed against genuine work flagged",
            "genuine flagged, BPCER (%)",
            "attacks missed, APCER (%)",
            roc,
            stairs=True,
        )
        yield LinePlot(
            "roc-few-flags.png",
            "Attacks missed where few genuine are flagged",
            "genuine flagged, BPCER (%)",
            "attacks missed, APCER (%)",
            roc,
            stairs=True,
            widest=0.1,
        )
    reliable = _lines(
        compared,
        "reliability",
        lambda points: ([p["mean_score"] for p in points], [p["attack_share"] for p in points]),
    )
    if reliable:
        yield LinePlot(
            "reliability.png",
            "Reliability of the score",
            "mean score in the bin (%)",
            "attacks in the bin (%)",
            reliable,
            diagonal=True,
        )
    risk = _lines(
        compared,
        "risk_coverage",
        lambda points: ([p["coverage"] for p in points], [p["risk"] for p in points]),
    )
    if risk:
        yield LinePlot(
            "risk-coverage.png",
            "Errors among the most certain sessions",
            "sessions decided (%)",
            "decided wrongly (%)",
            risk,
        )


def _lines(compared: dict[str, Figures], name: str, split: Any) -> tuple[Line, ...]:
    made = []
    for title, figures in compared.items():
        points = figures.get(name) or []
        if len(points) >= FEWEST_FOR_RATES:
            x, y = split(points)
            made.append(Line(title, tuple(x), tuple(y)))
    return tuple(made[:MOST_LINES])


def _missed(section: str, families: Figures, limit: float | None) -> DotPlot:
    left_out = "the family left out of training" if limit is not None else "shipped model"
    return DotPlot(
        f"{section.replace('_', '-')}.png",
        f"Attacks missed at BPCER 1 %, {left_out}",
        "attacks missed, APCER (%)",
        tuple(
            _dot(name.replace("_", " "), figures["apcer_at_bpcer_1"])
            for name, figures in families.items()
        ),
        limit,
    )


def _dot(name: str, figure: Any) -> Dot:
    if isinstance(figure, dict):
        return Dot(name, figure["value"], figure["low"], figure["high"])
    return Dot(name, figure, None, None)


def _groups(file: str, figures: Figures) -> Iterator[DotPlot]:
    for label, groupings in figures.get("groups", {}).items():
        dots = [
            _dot(f"{_short(grouping)}: {name}", rates["flagged"])
            for grouping, parts in groupings.items()
            for name, rates in parts["groups"].items()
            if len(parts["groups"]) > 1
        ]
        if len(dots) >= FEWEST_FOR_RATES:
            yield DotPlot(
                f"groups-{_stem(file)}-{label}.png".replace(" ", "-"),
                f"{_stem(file)}, {label}: flagged by group",
                "sessions flagged (%)",
                tuple(dots),
            )


def _short(grouping: str) -> str:
    return grouping.split(" (")[0]
