"""Names on the desktop's message buses (D-Bus), asked for once and within a second."""

from collections.abc import Sequence

from agent.doctor.finding import ABSENT, PART, WORKS, Desk, Finding

_ASK_S = 1.0


def bus_findings(desk: Desk) -> Sequence[Finding]:
    """The session bus, and who is on it that the agent would listen to."""
    if desk.platform != "linux":
        return []
    session, system = names_on("SESSION"), names_on("SYSTEM")
    if session is None:
        lacks = "No message bus (D-Bus): no accessibility, no media, no screen lock is seen."
        fix = "Start the desktop with dbus-run-session, or install dbus-user-session."
        return [Finding("message bus", PART, lacks, fix)]
    return [_accessibility(session), _media(session), _lock(session, system or frozenset())]


def names_on(bus: str) -> frozenset[str] | None:
    """Names on a bus, present or startable; None if there is no such bus."""
    from jeepney import DBusAddress, new_method_call  # noqa: PLC0415 - a platform backend
    from jeepney.io.blocking import open_dbus_connection  # noqa: PLC0415 - as above

    address = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
    names: set[str] = set()
    try:
        with open_dbus_connection(bus=bus) as connection:
            for method in ("ListNames", "ListActivatableNames"):
                asked = new_method_call(address, method)
                names |= set(connection.send_and_get_reply(asked, timeout=_ASK_S).body[0])
    except (OSError, KeyError, ValueError, RuntimeError, IndexError):
        return None
    return frozenset(names)


def _accessibility(session: frozenset[str]) -> Finding:
    if "org.a11y.Bus" in session:
        return Finding("accessibility", WORKS, "the accessibility bus shows inserted lengths")
    return Finding(
        "accessibility",
        PART,
        "No accessibility bus: pastes from menus and password fields are seen less.",
        "Install at-spi2-core and log in again.",
    )


def _media(session: frozenset[str]) -> Finding:
    players = sum(name.startswith("org.mpris.MediaPlayer2.") for name in session)
    if players:
        return Finding("media", WORKS, f"{players} player(s) tell when they play (MPRIS)")
    return Finding("media", WORKS, "players that start will tell when they play (MPRIS)")


def _lock(session: frozenset[str], system: frozenset[str]) -> Finding:
    if "org.freedesktop.login1" in system:
        return Finding("lock, sleep", WORKS, "logind tells when the screen locks or sleeps")
    if any(name.endswith(".ScreenSaver") for name in session):
        return Finding("lock, sleep", WORKS, "the screen saver tells when the screen locks")
    return Finding("lock, sleep", ABSENT, "No logind: locking counts as idle after a while.")
