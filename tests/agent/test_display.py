"""Which desktop this is, from the environment alone."""

import pytest

from agent.display import check_desktop, desktop_environment, display_server
from agent.errors import DisplayUnavailable
from wire.codes import DisplayServer

X11, WAYLAND = DisplayServer.X11, DisplayServer.WAYLAND
DESKTOPS = [
    ({"DISPLAY": ":0"}, X11),
    ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "x11"}, X11),
    ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "tty"}, X11),
    ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, WAYLAND),
    ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, WAYLAND),
    ({"DISPLAY": ":99", "WAYLAND_DISPLAY": "wayland-0", "XDG_SESSION_TYPE": "x11"}, X11),
    ({"XDG_SESSION_TYPE": "wayland"}, WAYLAND),
    ({}, DisplayServer.UNKNOWN),
]


@pytest.mark.parametrize(("environment", "server"), DESKTOPS)
def test_old_programs_display_does_not_hide_a_wayland_session(
    environment: dict[str, str], server: DisplayServer
) -> None:
    assert display_server(environment, "linux") is server


def test_windows_and_macos_need_no_variables() -> None:
    assert display_server({}, "win32") is DisplayServer.WINDOWS
    assert display_server({}, "darwin") is DisplayServer.MACOS


def test_no_desktop_is_one_sentence_that_says_what_to_do() -> None:
    with pytest.raises(DisplayUnavailable, match="clock in from a terminal on your desktop"):
        check_desktop({}, "linux")


def test_a_process_for_another_desktop_keeps_nothing_of_the_old_one() -> None:
    old = {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0", "PATH": "/bin"}
    assert desktop_environment({"DISPLAY": ":1", "PATH": "/evil"}, old) == {
        "DISPLAY": ":1",
        "PATH": "/bin",
    }
