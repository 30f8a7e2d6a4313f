"""Drawing the report's plots as PNG files that read on a phone."""

import io
from collections.abc import Iterable

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from detector.evaluation.plots import DotPlot, LinePlot, Plot

WIDTH_IN = 5.0
LINE_HEIGHT_IN = 4.6
DOT_HEIGHT_IN = 0.36
MARGIN_IN = 1.3
DOTS_PER_INCH = 160
FONT_PT = 11
LONGEST_NAME = 34
# Okabe and Ito 2008: told apart with any of the common colour vision deficiencies; the dashes and
# marks differ too, for grey print.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))
MARKS = ("o", "s", "^", "D", "v", "P")


def drawn(plots: Iterable[Plot]) -> dict[str, bytes]:
    """Return each plot's PNG by its file name; the same bytes for the same plot."""
    return {plot.file: _png(plot) for plot in plots}


def _png(plot: Plot) -> bytes:
    height = LINE_HEIGHT_IN if isinstance(plot, LinePlot) else _dots_height(plot)
    figure = Figure(figsize=(WIDTH_IN, height), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.set_title(plot.title, fontsize=FONT_PT, loc="left", wrap=True)
    axes.tick_params(labelsize=FONT_PT - 1)
    axes.set_xlabel(plot.x, fontsize=FONT_PT)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(visible=True, color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, symbol=""))
    if isinstance(plot, LinePlot):
        _draw_lines(axes, plot)
        figure.legend(loc="outside lower left", fontsize=FONT_PT - 1, frameon=False)
    else:
        _draw_dots(axes, plot)
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    return file.getvalue()


def _dots_height(plot: DotPlot) -> float:
    return MARGIN_IN + DOT_HEIGHT_IN * len(plot.dots)


def _draw_lines(axes: Axes, plot: LinePlot) -> None:
    axes.set_ylabel(plot.y, fontsize=FONT_PT)
    room = 0.02
    axes.set_xlim(-room * plot.widest, (1 + room) * plot.widest)
    if plot.stairs or plot.diagonal:
        axes.set_ylim(-room, 1 + room)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=""))
    if plot.diagonal:
        axes.plot([0, 1], [0, 1], color="#777777", linewidth=1.0, label="calibrated")
    for number, line in enumerate(plot.lines):
        axes.plot(
            line.x,
            line.y,
            color=COLOURS[number % len(COLOURS)],
            linestyle=DASHES[number % len(DASHES)],
            marker="" if plot.stairs else MARKS[number % len(MARKS)],
            markersize=4.5,
            linewidth=1.8,
            drawstyle="steps-post" if plot.stairs else "default",
            label=line.name,
        )
    if not plot.stairs:
        axes.set_ylim(bottom=-room * axes.get_ylim()[1])


def _draw_dots(axes: Axes, plot: DotPlot) -> None:
    rows = range(len(plot.dots))
    for row, dot in zip(rows, plot.dots, strict=True):
        if dot.low is not None and dot.high is not None:
            axes.plot([dot.low, dot.high], [row, row], color=COLOURS[0], linewidth=2.2)
        axes.plot([dot.value], [row], color=COLOURS[1], marker="o", markersize=6, clip_on=False)
    if plot.limit is not None:
        axes.axvline(plot.limit, color="#333333", linestyle="--", linewidth=1.0)
        axes.annotate(
            f"target {plot.limit:.0%}",
            (plot.limit, -0.6),
            textcoords="offset points",
            xytext=(3, 0),
            fontsize=FONT_PT - 2,
        )
    axes.set_yticks(list(rows), [_wrapped(dot.name) for dot in plot.dots])
    axes.set_ylim(len(plot.dots) - 0.4, -0.9)
    axes.set_xlim(left=0.0)


def _wrapped(name: str) -> str:
    """Break a long name at its colon, so that it leaves room for the plot on a phone."""
    return name if len(name) <= LONGEST_NAME else name.replace(": ", ":\n", 1)
