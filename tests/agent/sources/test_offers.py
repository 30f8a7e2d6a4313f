"""Which sources each desktop is offered, and which of them it needs."""

import pytest

from agent.capture.frames import Listen
from agent.capture.loop import REQUIRED, Capture
from agent.errors import DisplayUnavailable
from agent.sources.memory import SessionMemory
from agent.sources.offers import Offers, check_connects, sources_offered
from tests.agent.conftest import POLICY
from wire.codes import SourceName, SourceState

X11 = {"DISPLAY": ":7654"}
WAYLAND = {"DISPLAY": ":7654", "WAYLAND_DISPLAY": "wayland-0"}


def offered(environment: dict[str, str]) -> Offers:
    listen = Listen(b"", bytes(32), 0, 0, False)
    return sources_offered(POLICY, listen, SessionMemory(), environment, "linux")


def test_an_x11_desktop_needs_keyboard_and_focus() -> None:
    offers = offered(X11)
    assert offers.required == REQUIRED == {SourceName.KEYBOARD, SourceName.FOCUS}
    names = [name for name, _ in offers.sources]
    assert len(names) == len(set(names))
    assert {*REQUIRED, SourceName.DEVICE} <= set(names)


def test_a_wayland_desktop_needs_nothing_and_lists_what_is_missing() -> None:
    offers = offered(WAYLAND)
    assert offers.required == frozenset()
    seen = [(name, made) for name, made in offers.sources if name is not SourceName.PRESENCE]
    capture = Capture(seen, lambda _: None, lambda: 0, offers.required)
    capture.start()
    states = {name: (state, why) for name, state, why in capture.states()}
    capture.stop()
    assert states.pop(SourceName.DEVICE) == (SourceState.RUNNING, "")
    assert {state for state, _ in states.values()} == {SourceState.MISSING}
    assert all(why.startswith("Wayland ") for _, why in states.values())
    assert {*REQUIRED, SourceName.CLIPBOARD, SourceName.POINTER} <= states.keys()


def test_no_desktop_is_refused_and_wayland_needs_no_display() -> None:
    check_connects({"WAYLAND_DISPLAY": "wayland-0"}, "linux")
    with pytest.raises(DisplayUnavailable):
        check_connects({}, "linux")
