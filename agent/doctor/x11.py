"""What the X11 display offers. It connects and asks for versions; it selects no input."""

from collections.abc import Iterator

from Xlib import X
from Xlib import error as xerror
from Xlib.ext import record, xfixes, xinput

from agent.doctor.finding import FAILS, PART, WORKS, Finding
from agent.errors import SourceUnavailable
from agent.sources.x11_display import LOST, XConnection
from agent.sources.x11_raw import xinput_version

_XINPUT_NEEDED = (2, 2)


def display_findings() -> list[Finding]:
    """The display and what it lets a program see."""
    try:
        connection = XConnection()
    except SourceUnavailable as error:
        fix = "Log in to an X11 desktop, or check DISPLAY and XAUTHORITY."
        return [Finding("display", FAILS, str(error), fix)]
    try:
        return list(_findings(connection))
    except (*LOST, xerror.XError):
        return [Finding("display", FAILS, "The display stopped to answer.", "Log in again.")]
    finally:
        connection.close()


def _findings(connection: XConnection) -> Iterator[Finding]:
    info = connection.display.display.info
    yield Finding("display", WORKS, f"X11, {info.vendor}")
    yield _keyboard(connection)
    yield _windows(connection)
    yield _extension(
        connection,
        xfixes.extname,
        "copies",
        "copying is seen at once, only its length is kept (XFixes)",
        "Without XFixes the clipboard is not watched.",
    )
    yield _extension(
        connection,
        record.extname,
        "pastes",
        "pastes by key, menu and middle click are seen (RECORD)",
        "Without RECORD only paste shortcuts are seen.",
    )


def _keyboard(connection: XConnection) -> Finding:
    version = xinput_version(connection) if connection.has(xinput.extname) else (0, 0)
    if version >= _XINPUT_NEEDED:
        says = f"XInput {version[0]}.{version[1]}: exact times, and which device a key came from"
        return Finding("keys", WORKS, says)
    return Finding(
        "keys",
        PART,
        "No XInput 2.2: keys are seen through RECORD, without their device.",
        "Use a newer X server (X.Org 1.12 or later).",
    )


def _windows(connection: XConnection) -> Finding:
    root = connection.root
    check = root.get_property(connection.atom("_NET_SUPPORTING_WM_CHECK"), X.AnyPropertyType, 0, 1)
    if check is None:
        return Finding(
            "windows",
            FAILS,
            "No window manager says which window is in front (EWMH).",
            "Start a desktop or a window manager that knows EWMH (almost all do).",
        )
    window = connection.display.create_resource_object("window", int(check.value[0]))
    name = window.get_property(connection.atom("_NET_WM_NAME"), X.AnyPropertyType, 0, 64)
    called = bytes(name.value).decode("utf-8", "replace") if name is not None else "unnamed"
    return Finding("windows", WORKS, f"{called} says which window is in front (EWMH)")


def _extension(
    connection: XConnection, extension: str, topic: str, works: str, missing: str
) -> Finding:
    if connection.has(extension):
        return Finding(topic, WORKS, works)
    return Finding(topic, PART, missing, "Use an X server that offers it (X.Org does).")
