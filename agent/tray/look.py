"""What the icon and its menu say about a status. Pure.

Each state has a shape and a colour, so that neither is needed to tell them apart.
"""

from dataclasses import dataclass
from enum import Enum

from agent.face.status import Status, status_text

ENTRY_MAX_CHARS = 72
SENTENCES_MAX = 5


class Look(Enum):
    """How the icon looks; the value is what its window is called."""

    OFF = "Veritype: off the clock"
    """A grey ring."""
    RECORDING = "Veritype: recording"
    """A red disc."""
    PAUSED = "Veritype: paused"
    """Two amber bars."""
    BROKEN = "Veritype: NOT RECORDING"
    """A white exclamation mark in a red triangle."""


class Order(Enum):
    """What the menu can do."""

    PAUSE = "Pause"
    RESUME = "Resume"
    CLOCK_OUT = "Clock out"
    PAGE = "Open my page"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu; without an order it is there to be read."""

    text: str
    order: Order | None = None


_LOOKS = {"recording": Look.RECORDING, "paused": Look.PAUSED, "broken": Look.BROKEN}
_ORDERS = {
    Look.OFF: (Order.PAGE,),
    Look.RECORDING: (Order.PAUSE, Order.CLOCK_OUT, Order.PAGE),
    Look.PAUSED: (Order.RESUME, Order.CLOCK_OUT, Order.PAGE),
    Look.BROKEN: (Order.PAUSE, Order.CLOCK_OUT, Order.PAGE),
}
NOBODY = Status(running=False, recording=False)
"""What is shown where no agent process runs."""


def look(status: Status) -> Look:
    """How the icon shows this status."""
    return _LOOKS.get(status.state, Look.OFF)


def entries(status: Status) -> tuple[Entry, ...]:
    """The menu: the first sentences of the status, then what can be done about it."""
    # The status names each source indented; the page and `veritype status` have those.
    lines = [line for line in status_text(status).splitlines() if not line.startswith(" ")]
    sentences = [Entry(_short(line)) for line in lines[:SENTENCES_MAX]]
    return (*sentences, *(Entry(order.value, order) for order in _ORDERS[look(status)]))


def _short(line: str) -> str:
    return line if len(line) <= ENTRY_MAX_CHARS else line[: ENTRY_MAX_CHARS - 3] + "..."
