"""Lock, sleep and media, as the desktop's own services tell them on the message buses (D-Bus).

Of a media player only whether it plays is kept: what it plays comes in the same message and is
dropped with it. Of the lock only its state counts (logind's `LockedHint`, a screen saver's
`ActiveChanged`): logind's `Lock` and `Unlock` signals are requests, which nobody need obey.
"""

import contextlib
import select
from typing import Any

from jeepney import DBusAddress, HeaderFields, Message

from agent.clock import monotonic_us
from agent.errors import SourceUnavailable
from agent.observations import PresenceSeen
from agent.sources.bus import THE_BUS, BusConnection, session_bus_address, system_bus_address
from agent.sources.protocol import Emit
from wire.codes import PresenceChange, SourceName, SourceState

SAVERS = {
    "org.freedesktop.ScreenSaver": "/org/freedesktop/ScreenSaver",
    "org.gnome.ScreenSaver": "/org/gnome/ScreenSaver",
    "org.cinnamon.ScreenSaver": "/org/cinnamon/ScreenSaver",
    "org.mate.ScreenSaver": "/org/mate/ScreenSaver",
    "org.xfce.ScreenSaver": "/org/xfce/ScreenSaver",
}
"""Services that lock the screen, and where they answer."""
MPRIS = "org.mpris.MediaPlayer2"
"""Names of media players begin so (MPRIS 2.2)."""
LOGIND = "org.freedesktop.login1"
_PLAYER = "/org/mpris/MediaPlayer2"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_OWN_SESSION = "/org/freedesktop/login1/session/auto"
_NAMES = "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'"
_SESSION_RULES = (
    *(f"type='signal',sender='{n}',interface='{n}',member='ActiveChanged'" for n in SAVERS),
    *(f"{_NAMES},arg0='{name}'" for name in SAVERS),
    f"type='signal',interface='{_PROPERTIES}',member='PropertiesChanged',path='{_PLAYER}',"
    f"arg0='{MPRIS}.Player'",
    f"{_NAMES},arg0namespace='{MPRIS}'",
)
_SYSTEM_RULES = (
    f"type='signal',sender='{LOGIND}',interface='{LOGIND}.Manager',member='PrepareForSleep'",
)


class DesktopBus:
    """Changes in whether the person can be there, and whether something plays."""

    name = SourceName.PRESENCE

    def __init__(self) -> None:
        self._session: BusConnection | None = None
        self._system: BusConnection | None = None
        self._ready: select.epoll | None = None
        self._emit: Emit = _nowhere
        self._locked_by: set[str] = set()
        self._playing: set[str] = set()

    def start(self, emit: Emit) -> None:
        """Connect to the buses there are, and ask how things stand; see `Source.start`."""
        self._session = _connected(session_bus_address)
        self._system = _connected(system_bus_address)
        if self._session is None and self._system is None:
            raise SourceUnavailable(
                "This desktop has no message bus (D-Bus), which tells of locks and media."
            )
        self._emit, self._ready = emit, select.epoll()
        self._locked_by.clear()
        self._playing.clear()
        for bus in self._buses():
            self._ready.register(bus.fileno(), select.EPOLLIN)
        if self._session is not None:
            self._ask_desktop(self._session)
        if self._system is not None:
            self._ask_logind(self._system)

    def stop(self) -> None:
        """Disconnect."""
        for bus in self._buses():
            bus.close()
        if self._ready is not None:
            self._ready.close()
        self._session = self._system = self._ready = None
        self._emit = _nowhere

    def fileno(self) -> int | None:
        """Both buses."""
        return self._ready.fileno() if self._ready is not None else None

    def pump(self, now_us: int) -> int | None:
        """Take the signals that came."""
        for bus in self._buses():
            for message in bus.pump():
                self._said(message, now_us)
        return None

    def check(self) -> SourceState:
        """Whether the buses live."""
        now_us, buses = monotonic_us(), self._buses()
        if not buses or any(bus.silent(now_us) for bus in buses):
            return SourceState.FAILED
        for bus in buses:
            bus.check_life(now_us)
        return SourceState.RUNNING

    def _buses(self) -> list[BusConnection]:
        return [bus for bus in (self._session, self._system) if bus is not None]

    # How things stand when recording begins.

    def _ask_desktop(self, bus: BusConnection) -> None:
        for rule in _SESSION_RULES:
            bus.watch(rule)
        for name, path in SAVERS.items():
            self._ask_saver(bus, DBusAddress(path, name, name))
        bus.call(THE_BUS, "ListNames", answer=lambda answer: self._players(bus, _first(answer)))

    def _ask_saver(self, bus: BusConnection, saver: DBusAddress) -> None:
        def answered(answer: tuple[Any, ...] | None) -> None:
            self._lock(str(saver.bus_name), on=_first(answer) is True)

        bus.call(saver, "GetActive", answer=answered)

    def _players(self, bus: BusConnection, names: object) -> None:
        for name in names if isinstance(names, list) else ():
            if str(name).startswith(MPRIS + "."):
                bus.call(
                    THE_BUS,
                    "GetNameOwner",
                    "s",
                    (name,),
                    lambda answer: self._player(bus, _first(answer)),
                )

    def _player(self, bus: BusConnection, owner: object) -> None:
        if isinstance(owner, str):
            whom = DBusAddress(_PLAYER, owner, _PROPERTIES)
            bus.call(
                whom,
                "Get",
                "ss",
                (f"{MPRIS}.Player", "PlaybackStatus"),
                lambda answer: self._plays(owner, _plain(_first(answer))),
            )

    def _ask_logind(self, bus: BusConnection) -> None:
        for rule in _SYSTEM_RULES:
            bus.watch(rule)

        def named(answer: tuple[Any, ...] | None) -> None:
            identifier = _plain(_first(answer))
            manager = DBusAddress("/org/freedesktop/login1", LOGIND, f"{LOGIND}.Manager")
            if isinstance(identifier, str):
                bus.call(manager, "GetSession", "s", (identifier,), found)

        def found(answer: tuple[Any, ...] | None) -> None:
            path = _first(answer)
            if isinstance(path, str):
                bus.watch(
                    f"type='signal',sender='{LOGIND}',interface='{_PROPERTIES}',"
                    f"member='PropertiesChanged',path='{path}'"
                )

        own = DBusAddress(_OWN_SESSION, LOGIND, _PROPERTIES)
        bus.call(own, "Get", "ss", (f"{LOGIND}.Session", "Id"), named)
        bus.call(
            own,
            "Get",
            "ss",
            (f"{LOGIND}.Session", "LockedHint"),
            lambda answer: self._lock(LOGIND, on=_plain(_first(answer)) is True),
        )

    # What changes.

    def _said(self, message: Message, now_us: int) -> None:
        fields = message.header.fields
        sender = fields.get(HeaderFields.sender, "")
        match fields.get(HeaderFields.member), message.body:
            case ("ActiveChanged", (bool(on),)):
                self._lock(fields.get(HeaderFields.interface, ""), on=on)
            case ("PrepareForSleep", (bool(on),)):
                change = PresenceChange.SUSPENDED if on else PresenceChange.RESUMED
                self._emit(PresenceSeen(now_us, change))
            case ("PropertiesChanged", (str(interface), dict(changed), *_)):
                if interface == f"{LOGIND}.Session" and "LockedHint" in changed:
                    self._lock(LOGIND, on=_plain(changed["LockedHint"]) is True)
                elif interface == f"{MPRIS}.Player" and "PlaybackStatus" in changed:
                    self._plays(sender, _plain(changed["PlaybackStatus"]))
            case ("NameOwnerChanged", (str(name), str(owner), str())):
                self._lock(name, on=False)
                self._plays(owner, None)

    def _lock(self, by: str, *, on: bool) -> None:
        was = bool(self._locked_by)
        (self._locked_by.add if on else self._locked_by.discard)(by)
        if bool(self._locked_by) is not was:
            change = PresenceChange.UNLOCKED if was else PresenceChange.LOCKED
            self._emit(PresenceSeen(monotonic_us(), change))

    def _plays(self, player: str, status: object) -> None:
        was = bool(self._playing)
        (self._playing.add if status == "Playing" else self._playing.discard)(player)
        if bool(self._playing) is not was:
            change = PresenceChange.MEDIA_ENDED if was else PresenceChange.MEDIA_BEGAN
            self._emit(PresenceSeen(monotonic_us(), change))


def _connected(address: Any) -> BusConnection | None:
    with contextlib.suppress(SourceUnavailable):
        return BusConnection(address())
    return None


def _first(answer: tuple[Any, ...] | None) -> object:
    return answer[0] if answer else None


def _plain(variant: object) -> object:
    """The value in a variant, which jeepney gives with its type."""
    return variant[1] if isinstance(variant, tuple) and len(variant) == 2 else None


def _nowhere(_seen: object) -> None:
    """Where observations go while nothing is recorded."""
