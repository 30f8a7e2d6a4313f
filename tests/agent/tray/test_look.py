"""What icon and menu say about a status."""

import pytest

from agent.face.status import SourceStatus, Status
from agent.tray.look import ENTRY_MAX_CHARS, NOBODY, SENTENCES_MAX, Look, Order, entries, look


def told(state: str, *trouble: str) -> Status:
    sources = (SourceStatus("keyboard", "running"),)
    return Status(
        running=True,
        recording=state == "recording",
        state=state,
        project="Essays",
        sources=sources,
        trouble=trouble,
    )


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (NOBODY, Look.OFF),
        (told("off"), Look.OFF),
        (told("recording"), Look.RECORDING),
        (told("paused"), Look.PAUSED),
        (told("broken"), Look.BROKEN),
    ],
)
def test_each_state_looks_its_own_way(status: Status, expected: Look) -> None:
    assert look(status) is expected


def test_off_the_clock_nothing_can_be_stopped_and_nothing_started() -> None:
    assert [entry.order for entry in entries(NOBODY) if entry.order] == [Order.PAGE]


@pytest.mark.parametrize(
    ("state", "first"),
    [("recording", Order.PAUSE), ("paused", Order.RESUME), ("broken", Order.PAUSE)],
)
def test_on_the_clock_it_can_be_paused_and_ended(state: str, first: Order) -> None:
    orders = [entry.order for entry in entries(told(state)) if entry.order]
    assert orders == [first, Order.CLOCK_OUT, Order.PAGE]


def test_a_broken_recorder_says_so_and_why_before_anything_can_be_chosen() -> None:
    why = "The keyboard source does not work: the display is gone."
    lines = [entry.text for entry in entries(told("broken", why))]
    assert lines[:2] == ["NOT RECORDING, although you are clocked in for Essays.", f"! {why}"]


def test_long_and_many_sentences_are_cut() -> None:
    status = told("broken", *["x" * 500] * 50)
    sentences = [entry for entry in entries(status) if not entry.order]
    assert len(sentences) == SENTENCES_MAX
    assert max(len(entry.text) for entry in sentences) == ENTRY_MAX_CHARS
