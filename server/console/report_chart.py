"""The timeline of a report: one drawing that needs no script, made of what the timeline shows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from server.console.rendering import clock

WIDTH = 1000
_TICKS = 6
_TYPING_HEIGHT, _INSERTED_HEIGHT = 56, 80
_STEPS_MS = tuple(
    minutes * 60_000 for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1_440, 10_080)
)


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of a lane, in units of the drawing."""

    x: float
    width: float
    kind: str


@dataclass(frozen=True, slots=True)
class Bar:
    """An insertion: where, and how high of its lane."""

    x: float
    height: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A time on the axis."""

    x: float
    said: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn."""

    spans: tuple[Band, ...]
    coverage: tuple[Band, ...]
    windows: tuple[Band, ...]
    typing: str
    """An SVG path, from the floor of its lane up."""
    fastest: int
    """Keys per minute at the top of its lane."""
    insertions: tuple[Bar, ...]
    longest: int
    """Characters at the top of its lane."""
    ticks: tuple[Tick, ...]


def chart_of(timeline: dict[str, Any]) -> Chart:
    """Draw the data of a session's timeline (`server.console.timeline`)."""
    end_ms = max(timeline["end_ms"], 1)
    scale = WIDTH / end_ms
    fastest = max([1, *(math.ceil(rate) for _, rate in timeline["typing"])])
    lengths = [each["length_chars"] or 1 for each in timeline["insertions"]]
    longest = max([100, *lengths])
    return Chart(
        spans=tuple(_band(each, scale, each["kind"]) for each in timeline["spans"]),
        coverage=tuple(_band(each, scale, each["state"]) for each in timeline["coverage"]),
        windows=tuple(_band(each, scale, each["category"]) for each in timeline["focus"]),
        typing=_path(timeline["typing"], timeline["bucket_ms"], scale, fastest),
        fastest=fastest,
        insertions=tuple(
            Bar(
                round(each["t_ms"] * scale, 2),
                round(_INSERTED_HEIGHT * math.log10(1 + length) / math.log10(1 + longest), 1),
            )
            for each, length in zip(timeline["insertions"], lengths, strict=True)
        ),
        longest=longest,
        ticks=tuple(_ticks(end_ms, scale)),
    )


def _band(each: dict[str, Any], scale: float, kind: str) -> Band:
    width = (each["end_ms"] - each["start_ms"]) * scale
    return Band(round(each["start_ms"] * scale, 2), round(max(width, 1.0), 2), kind)


def _path(typing: Sequence[Sequence[float]], bucket_ms: int, scale: float, fastest: int) -> str:
    steps = [f"M0 {_TYPING_HEIGHT}"]
    for middle_ms, rate in typing:
        left, right = (middle_ms - bucket_ms / 2) * scale, (middle_ms + bucket_ms / 2) * scale
        y = _TYPING_HEIGHT * (1 - rate / fastest)
        steps.append(f"L{left:.1f} {y:.1f}L{min(right, WIDTH):.1f} {y:.1f}")
    return "".join([*steps, f"L{WIDTH} {_TYPING_HEIGHT}Z"])


def _ticks(end_ms: int, scale: float) -> list[Tick]:
    step = next((each for each in _STEPS_MS if end_ms / each <= _TICKS), end_ms)
    return [Tick(round(at * scale, 2), clock(at)) for at in range(0, end_ms + 1, step)]
