"""Text that appears in the focused field, and password fields, by the accessibility bus (AT-SPI2).

Programs on that bus tell when a field takes the focus, what kind of field it is, and when its text
changes. What is kept: the length of each change of the focused editable field, and whether that
field is one for passwords. Of a password field nothing else is kept, not even a length.
"""

import contextlib
from dataclasses import dataclass, field

from jeepney import DBusAddress

from agent.clock import monotonic_us
from agent.errors import SourceUnavailable
from agent.observations import SecretField, TextDeleted, TextInserted
from agent.sources.atspi_signals import (
    OBJECT_EVENTS,
    Accessible,
    Change,
    Role,
    Said,
    StateBit,
    has_state,
    said,
    text_length_only,
)
from agent.sources.bus import BusConnection, session_bus_address
from agent.sources.protocol import Emit
from wire.codes import SourceName, SourceState

PASSWORD_FIELDS_UNSEEN: tuple[str, ...] = (
    "Programs that draw without a toolkit, or with one that has no accessibility "
    "(Tk, Xt, Motif, xterm, older Java): their password fields look like any other field.",
    "Terminals: a password typed at a prompt (sudo, ssh) is not known as one.",
    "Web pages in Chromium and its relatives, unless the Veritype extension is installed there.",
    "Web pages in Firefox, unless the extension is installed or Firefox was started with "
    "accessibility on (GNOME_ACCESSIBILITY=1).",
    "Screen lockers that do not tell the desktop that it is locked (i3lock, slock, xscreensaver).",
    "Fields that a program paints itself: canvases, games, remote desktops, virtual machines.",
    "Fields that are not marked as password fields: card numbers, PINs shown in clear, notes.",
)
"""Password fields that nobody can tell the agent about. Pause, or put such windows under a
`PRIVATE` rule."""

LEAD_US = 500_000
"""A signal has no time of its own and may come late: a password field is taken to have had the
focus for so long already. The keys before it (a user's name, the Tab) are given up for that."""
_PASSWORDS_KEPT = 256
_UNKNOWN_KEPT = 64
_ASK_AGAIN_US = 1_000_000
_STRANGE_MAX = 200
"""Changes in fields without the focus, until the field that has it is known."""
_BUS = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
_REGISTRY = DBusAddress(
    "/org/a11y/atspi/registry", "org.a11y.atspi.Registry", "org.a11y.atspi.Registry"
)
_TEXT_EVENT = "object:text-changed"
_EVENTS = ("object:state-changed:focused", "object:property-change:accessible-role")
"""What programs are asked to say all the time; they say nothing else for us."""
_TEXT_RULE = f"type='signal',interface='{OBJECT_EVENTS}',member='TextChanged'"
_RULES = (
    f"type='signal',interface='{OBJECT_EVENTS}',member='StateChanged',arg0='focused'",
    f"type='signal',interface='{OBJECT_EVENTS}',member='PropertyChange',arg0='accessible-role'",
    "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg2=''",
)
_ACCESSIBLE = "org.a11y.atspi.Accessible"


@dataclass(slots=True)
class _Focus:
    """The field that has the focus."""

    about: Accessible
    since_us: int
    role: int | None = None
    editable: bool | None = None
    early: list[TextInserted | TextDeleted] = field(default_factory=list)
    """Changes before its role was known."""


class Accessibility:
    """Lengths of text changes in the focused editable field; nothing of password fields."""

    name = SourceName.ACCESSIBILITY

    def __init__(self) -> None:
        self._bus: BusConnection | None = None
        self._emit: Emit = _nowhere
        self._focus: _Focus | None = None
        self._secret: Accessible | None = None
        self._passwords: dict[Accessible, None] = {}
        """Fields that were password fields once: they stay so when their text is shown."""
        self._asked_us: dict[Accessible, int] = {}
        """When a field was asked whether it has the focus."""
        self._heard: Accessible | None = None
        """The field whose changes are delivered: no others cost anything."""
        self._hears_all = False
        """Changes of all fields are delivered, until the one with the focus is known."""
        self._strange = 0

    def start(self, emit: Emit) -> None:
        """Find the accessibility bus and ask for the signals; see `Source.start`."""
        bus = BusConnection(_address(), text_length_only)
        try:
            for rule in _RULES:
                bus.watch(rule)
            bus.watch(_TEXT_RULE)
            for event in (*_EVENTS, _TEXT_EVENT):
                bus.call(_REGISTRY, "RegisterEvent", "s", (event,), begin_service=True)
        except BaseException:
            bus.close()
            raise
        self._bus, self._emit = bus, emit
        self._focus = self._secret = self._heard = None
        self._hears_all, self._strange = True, 0

    def stop(self) -> None:
        """Take what came until now, and disconnect."""
        bus, self._bus = self._bus, None
        if bus is not None:
            with contextlib.suppress(ConnectionError):
                self._take(bus, monotonic_us())
            bus.close()
        self._emit, self._focus, self._secret = _nowhere, None, None

    def fileno(self) -> int | None:
        """The bus."""
        return self._bus.fileno() if self._bus is not None else None

    def pump(self, now_us: int) -> int | None:
        """Take the signals that came."""
        if self._bus is not None:
            self._take(self._bus, now_us)
        return None

    def check(self) -> SourceState:
        """Whether the bus lives; also whether the password field still has the focus."""
        bus, now_us = self._bus, monotonic_us()
        if bus is None:
            return SourceState.FAILED
        if bus.silent(now_us):
            return SourceState.FAILED
        bus.check_life(now_us)
        if self._secret is not None:
            self._ask_state(bus, self._secret)
        return SourceState.RUNNING

    def _take(self, bus: BusConnection, now_us: int) -> None:
        for message in bus.pump():
            signal = said(message)
            if signal is not None:
                self._said(bus, signal, now_us)

    def _said(self, bus: BusConnection, signal: Said, now_us: int) -> None:
        match signal.change:
            case Change.INSERTED:
                self._changed(bus, signal.about, TextInserted(now_us, signal.value))
            case Change.DELETED:
                self._changed(bus, signal.about, TextDeleted(now_us, signal.value))
            case Change.FOCUSED if signal.value:
                self._focused(bus, signal.about, now_us)
            case Change.FOCUSED:
                self._left(signal.about, now_us)
            case Change.ROLE:
                if self._focus is not None and self._focus.about == signal.about:
                    self._ask_role(bus, self._focus)
            case Change.GONE:
                self._gone(signal.about.program, now_us)

    def _hear(self, about: Accessible | None) -> None:
        """Have the changes of one field delivered, and said by its program, or of none."""
        bus, heard = self._bus, self._heard
        if bus is None or (heard == about and not self._hears_all):
            return
        if heard is not None or self._hears_all:
            bus.unwatch(_TEXT_RULE if heard is None else _rule_for(heard))
            bus.call(_REGISTRY, "DeregisterEvent", "s", (_TEXT_EVENT,))
        self._heard, self._hears_all = about, False
        if about is not None:
            bus.watch(_rule_for(about))
            bus.call(_REGISTRY, "RegisterEvent", "sass", (_TEXT_EVENT, [], about.program))

    # Where the focus is.

    def _focused(self, bus: BusConnection, about: Accessible, now_us: int) -> None:
        if self._focus is not None and self._focus.about == about:
            return
        self._focus = focus = _Focus(about, now_us)
        if about in self._passwords:
            self._has_role(focus, Role.PASSWORD_TEXT)
            return
        self._ask_role(bus, focus)
        whom = DBusAddress(about.path, about.program, _ACCESSIBLE)
        bus.call(whom, "GetState", answer=lambda answer: self._has_state(focus, answer))

    def _ask_role(self, bus: BusConnection, focus: _Focus) -> None:
        whom = DBusAddress(focus.about.path, focus.about.program, _ACCESSIBLE)

        def answered(answer: tuple[object, ...] | None) -> None:
            role = answer[0] if answer else None
            self._has_role(focus, role if isinstance(role, int) else 0)

        bus.call(whom, "GetRole", answer=answered)

    def _has_role(self, focus: _Focus, role: int) -> None:
        if focus is not self._focus or focus.role == Role.PASSWORD_TEXT:
            return
        focus.role = role
        if role == Role.PASSWORD_TEXT:
            focus.early.clear()
            self._remember(focus.about)
            self._secret = focus.about
            self._emit(SecretField(focus.since_us - LEAD_US, focused=True))
            self._hear(None)
        else:
            self._not_secret(focus.since_us)
            self._settle(focus)

    def _has_state(self, focus: _Focus, answer: tuple[object, ...] | None) -> None:
        if focus is not self._focus:
            return
        focus.editable = bool(answer) and has_state(answer[0] if answer else (), StateBit.EDITABLE)
        self._settle(focus)

    def _settle(self, focus: _Focus) -> None:
        """What changed before the field was known, once it is known."""
        if focus.role is None or focus.editable is None:
            return
        early, focus.early = focus.early, []
        self._hear(focus.about if _writes(focus) else None)
        if _writes(focus):
            for change in early:
                self._emit(change)

    def _left(self, about: Accessible, now_us: int) -> None:
        if self._focus is not None and self._focus.about == about:
            self._focus = None
        if self._heard == about:
            self._hear(None)
        if self._secret == about:
            self._not_secret(now_us)

    def _gone(self, program: str, now_us: int) -> None:
        """A program ended: so did its fields."""
        for about in [each for each in self._passwords if each.program == program]:
            del self._passwords[about]
        if self._focus is not None and self._focus.about.program == program:
            self._focus = None
        if self._heard is not None and self._heard.program == program:
            self._hear(None)
        if self._secret is not None and self._secret.program == program:
            self._not_secret(now_us)

    def _not_secret(self, at_us: int) -> None:
        if self._secret is not None:
            self._secret = None
            self._emit(SecretField(at_us, focused=False))

    def _remember(self, about: Accessible) -> None:
        self._passwords[about] = None
        if len(self._passwords) > _PASSWORDS_KEPT:
            del self._passwords[next(iter(self._passwords))]

    def _ask_state(self, bus: BusConnection, secret: Accessible) -> None:
        """A program that does not tell that a password field lost the focus is asked."""

        def answered(answer: tuple[object, ...] | None) -> None:
            if self._secret == secret and not (answer and has_state(answer[0], StateBit.FOCUSED)):
                self._left(secret, monotonic_us())

        bus.call(DBusAddress(secret.path, secret.program, _ACCESSIBLE), "GetState", answer=answered)

    # What appears in it.

    def _changed(
        self, bus: BusConnection, about: Accessible, change: TextInserted | TextDeleted
    ) -> None:
        focus = self._focus
        if focus is None and self._hears_all:
            self._ask_focused(bus, about, change)
        if focus is None or focus.about != about or not change.length_chars:
            return
        if focus.role is None or focus.editable is None:
            if len(focus.early) < _UNKNOWN_KEPT:
                focus.early.append(change)
        elif _writes(focus):
            self._emit(change)

    def _ask_focused(
        self, bus: BusConnection, about: Accessible, change: TextInserted | TextDeleted
    ) -> None:
        """The field that had the focus when recording began is found when its text changes."""
        self._strange += 1
        if self._strange > _STRANGE_MAX:
            self._hear(None)
            return
        asked_us = self._asked_us.get(about)
        if asked_us is not None and change.at_us - asked_us < _ASK_AGAIN_US:
            return
        if len(self._asked_us) >= _UNKNOWN_KEPT:
            self._asked_us.clear()
        self._asked_us[about] = change.at_us

        def answered(answer: tuple[object, ...] | None) -> None:
            if answer and has_state(answer[0], StateBit.FOCUSED) and self._focus is None:
                self._focused(bus, about, change.at_us)
                self._changed(bus, about, change)

        bus.call(DBusAddress(about.path, about.program, _ACCESSIBLE), "GetState", answer=answered)


def _rule_for(about: Accessible) -> str:
    return f"{_TEXT_RULE},sender='{about.program}',path='{about.path}'"


def _writes(focus: _Focus) -> bool:
    """Whether a person writes text in it: a terminal's own output is none."""
    return bool(focus.editable) and focus.role not in (Role.PASSWORD_TEXT, Role.TERMINAL)


def _address() -> str:
    try:
        session = BusConnection(session_bus_address())
        try:
            (address,) = session.ask(_BUS, "GetAddress")
        finally:
            session.close()
    except SourceUnavailable as error:
        raise SourceUnavailable(
            "There is no accessibility bus on this desktop: install at-spi2-core and log in anew."
        ) from error
    return str(address)


def _nowhere(_seen: object) -> None:
    """Where observations go while nothing is recorded."""
