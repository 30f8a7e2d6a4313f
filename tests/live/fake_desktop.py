"""A fake of the desktop's services: logind, a screen saver and a media player on a real bus.

It is a fake because the real ones need a machine to themselves: logind a seat and system rights, a
screen locker a person to unlock it, suspend the hardware. What it says is what they say: logind
(org.freedesktop.login1 of systemd 252), GNOME's screen saver and MPRIS 2.2, signature by signature.
"""

from typing import Any

from jeepney import DBusAddress, HeaderFields, Message, MessageType
from jeepney.bus_messages import message_bus as the_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import new_error, new_method_return, new_signal

LOGIND = "org.freedesktop.login1"
SAVER = "org.gnome.ScreenSaver"
PLAYER = "org.mpris.MediaPlayer2.fake"
SESSION_PATH = "/org/freedesktop/login1/session/_37"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_PLAYER_PATH = "/org/mpris/MediaPlayer2"


class FakeDesktop:
    """Answers what it is asked when pumped; says what the test tells it to say."""

    def __init__(self, address: str, *, locked: bool = False, playing: bool = False) -> None:
        self._bus: DBusConnection = open_dbus_connection(bus=address)
        self.locked = locked
        self.playing = playing
        self.asked: list[str] = []
        for name in (LOGIND, SAVER, PLAYER):
            self._bus.send_and_get_reply(the_bus.RequestName(name))

    def close(self) -> None:
        """Leave the bus, as a service that crashed."""
        self._bus.close()

    def pump(self) -> None:
        """Answer the calls that came."""
        while True:
            try:
                message = self._bus.receive(timeout=0)
            except TimeoutError:
                return
            if message.header.message_type is MessageType.method_call:
                self._bus.send(self._answer(message))

    def _answer(self, call: Message) -> Message:
        member = call.header.fields[HeaderFields.member]
        asked = f"{member} {' '.join(map(str, call.body))}".strip()
        self.asked.append(asked)
        answers: dict[str, tuple[str, tuple[Any, ...]]] = {
            "GetActive": ("b", (self.locked,)),
            f"Get {LOGIND}.Session Id": ("v", (("s", "7"),)),
            f"Get {LOGIND}.Session LockedHint": ("v", (("b", self.locked),)),
            "GetSession 7": ("o", (SESSION_PATH,)),
            "Get org.mpris.MediaPlayer2.Player PlaybackStatus": ("v", (("s", self._status()),)),
        }
        if asked not in answers:
            return new_error(call, "org.freedesktop.DBus.Error.UnknownMethod")
        return new_method_return(call, *answers[asked])

    def _status(self) -> str:
        return "Playing" if self.playing else "Paused"

    def hint(self, *, locked: bool) -> None:
        """Logind: a locker says that the session is locked, or no more."""
        self._changed(SESSION_PATH, f"{LOGIND}.Session", {"LockedHint": ("b", locked)})

    def ask_to_lock(self) -> None:
        """Logind: somebody asks for a lock; nobody need obey."""
        self._say(DBusAddress(SESSION_PATH, interface=f"{LOGIND}.Session"), "Lock", None, ())

    def sleep(self, *, soon: bool) -> None:
        """Logind: the machine is about to sleep, or woke."""
        manager = DBusAddress("/org/freedesktop/login1", interface=f"{LOGIND}.Manager")
        self._say(manager, "PrepareForSleep", "b", (soon,))

    def saver(self, *, active: bool) -> None:
        """The screen saver: it covers the screen, or no more."""
        saver = DBusAddress("/org/gnome/ScreenSaver", interface=SAVER)
        self._say(saver, "ActiveChanged", "b", (active,))

    def play(self, status: str) -> None:
        """The player: it plays, pauses or stops; the title is in the same message."""
        title = {"xesam:title": ("s", "a title nobody else need know")}
        changed = {"PlaybackStatus": ("s", status), "Metadata": ("a{sv}", title)}
        self._changed(_PLAYER_PATH, "org.mpris.MediaPlayer2.Player", changed)

    def _changed(self, path: str, interface: str, changed: dict[str, tuple[str, Any]]) -> None:
        emitter = DBusAddress(path, interface=_PROPERTIES)
        self._say(emitter, "PropertiesChanged", "sa{sv}as", (interface, changed, []))

    def _say(
        self, emitter: DBusAddress, member: str, signature: str | None, body: tuple[Any, ...]
    ) -> None:
        self._bus.send(new_signal(emitter, member, signature, body))
