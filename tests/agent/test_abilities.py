"""What a device says that it can observe."""

import pytest

from agent.abilities import abilities
from wire.codes import Ability, DisplayServer, Observable, SourceState


@pytest.mark.parametrize("display", list(DisplayServer))
def test_every_display_says_something_of_everything(display: DisplayServer) -> None:
    said = dict(abilities(display))
    assert set(said) == set(Observable)
    assert set(said.values()) <= set(Ability)


def test_wayland_cannot_observe_other_windows_and_x11_can() -> None:
    assert dict(abilities(DisplayServer.WAYLAND))[Observable.KEYBOARD] == Ability.NO
    assert dict(abilities(DisplayServer.X11))[Observable.KEYBOARD] == Ability.YES
    assert dict(abilities(DisplayServer.UNKNOWN))[Observable.KEYBOARD] == Ability.UNKNOWN


def test_the_extension_is_known_only_while_a_browser_is_connected() -> None:
    for state in (None, SourceState.MISSING):
        said = dict(abilities(DisplayServer.WAYLAND, state))
        assert said[Observable.EXTENSION] == Ability.UNKNOWN
    said = dict(abilities(DisplayServer.WAYLAND, SourceState.RUNNING))
    assert said[Observable.EXTENSION] == Ability.YES
