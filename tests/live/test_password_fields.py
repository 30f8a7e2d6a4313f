"""A secret typed into a password field of a task window leaves nothing, by any source.

The real sources on a real display, with a real GTK program on a real accessibility bus.
"""

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import pytest

from agent.capture.loop import Capture
from agent.clock import monotonic_us, read_clock
from agent.observations import Observation, PresenceSeen, SecretField, TextInserted
from agent.session.recorder import SessionFacts
from agent.session.recording import Recording
from agent.sources.memory import SessionMemory
from agent.sources.x11 import x11_sources
from agent.spool.store import Spool
from tests.live.accessible_window import gtk_window
from tests.live.desktop import Desktop, Window
from tests.live.fake_desktop import FakeDesktop
from tests.live.message_bus import message_bus
from tests.live.processes import NeverHappenedError
from wire.batch import decode, open_envelope
from wire.codes import Category, InsertionHow, InsertionSeenBy, PresenceChange
from wire.events import (
    EVENT_TYPES,
    Event,
    Focus,
    Health,
    Insertion,
    Keystroke,
    Presence,
    Screenshot,
)
from wire.keys import KeyClass
from wire.policy import Policy, Screenshots, WindowRule
from wire.signing import SigningKey

pytestmark = pytest.mark.alone
"""What a key waits for and what comes after it lie a few tenths of a second apart."""

E = TypeVar("E", bound=Event)

TITLE = "a task to write"
POLICY = Policy(
    version=1,
    windows=(WindowRule(Category.TASK, title="*task*"),),
    screenshots=Screenshots(interval_s=5),
)
SESSION = b"s" * 16
SECRET = "qxzvkwjhpg"
_TRIES = 40
ABOUT_SECRETS_NO_WORD = (Health, Focus, Presence, Screenshot)
"""Kinds that say nothing about what was entered; what they say meanwhile is looked at apart."""


class Session:
    """The real sources, recording into a real spool, pumped by the test."""

    def __init__(self, folder: Path) -> None:
        self.spool = Spool(folder / "spool.db")
        self.spool.add_session(SESSION, b"p" * 16, 1)
        self.spool.session_opened(SESSION, b"n" * 16)
        facts, key = SessionFacts(SESSION, b"d" * 16, 1), SigningKey.generate()
        self.opened_us = monotonic_us()
        self.recording = Recording(facts, POLICY, read_clock(), self.spool, key)
        self.seen: list[Observation] = []
        self._capture = Capture(x11_sources(POLICY, SessionMemory()), self._observed, monotonic_us)
        self._capture.start()
        self._ticked_s = 0.0

    def _observed(self, seen: Observation) -> None:
        self.seen.append(seen)
        self.recording.observe(seen)

    def work(self, seconds: float) -> None:
        """Record for so long."""
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            self._turn()

    def until(self, what: str, holds: Callable[[], bool]) -> None:
        """Record until something has happened."""
        deadline_s = time.monotonic() + 60
        while not holds():
            if time.monotonic() > deadline_s:
                raise NeverHappenedError(f"{what}: not in time")
            self._turn()

    def write(self, window: Window, into: str, text: str, *, held: str, before: str = "") -> None:
        """Type with xdotool while recording goes on, until the window shows it."""
        keys = ["xdotool", "key", before] if before else ["xdotool"]
        hands = subprocess.Popen([*keys, "type", "--delay", "30", text])
        self.until("typed", lambda: hands.poll() is not None)
        self.until(f"{into} written", lambda: window.ask(into) == held)

    def press(self, *keys: str) -> None:
        """Press keys with xdotool."""
        subprocess.run(["xdotool", "key", *keys], check=True)

    def saw(self, kind: type[Observation], count: int = 1) -> None:
        """Record until so many observations of a kind have come."""
        self.until(
            f"{count} {kind.__name__}",
            lambda: sum(isinstance(each, kind) for each in self.seen) >= count,
        )

    def saw_length(self, chars: int) -> None:
        """Record until a text of a length has appeared."""
        self.until(
            f"{chars} characters",
            lambda: any(
                isinstance(each, TextInserted) and each.length_chars == chars for each in self.seen
            ),
        )

    def heard(self, window: Window, widget: str) -> None:
        """Type until a letter is seen to appear: a field is heard soon after it got the focus."""
        begun, held = len(self.seen), str(window.ask(widget))
        for _ in range(_TRIES):
            held += "e"
            self.write(window, widget, "e", held=held)
            self.work(0.3)
            if any(isinstance(each, TextInserted) for each in self.seen[begun:]):
                return
        raise NeverHappenedError(f"{widget}: no letter was seen to appear")

    def end(self) -> list[Event]:
        """Clock out; all events."""
        self._capture.stop()
        self.recording.clock_out(read_clock())
        sealed = [row.sealed for row in self.spool.waiting_batches(SESSION)]
        bodies = [decode(open_envelope(each)).body for each in sealed]
        return [event for body in bodies for kind in EVENT_TYPES for event in body.events(kind)]

    def close(self) -> None:
        """Stop whatever still runs."""
        self._capture.stop()
        self.spool.close()

    def _turn(self) -> None:
        self._capture.turn()
        if time.monotonic() - self._ticked_s >= 0.5:
            self._ticked_s = time.monotonic()
            self.recording.tick(read_clock())


@pytest.fixture
def bus(screen: Desktop, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    with message_bus(screen.name) as made:
        monkeypatch.setenv("DISPLAY", screen.name)
        monkeypatch.setenv("XDG_SESSION_TYPE", "x11")
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", made["DBUS_SESSION_BUS_ADDRESS"])
        yield made


@pytest.fixture
def window(screen: Desktop, bus: dict[str, str]) -> Iterator[Window]:
    with gtk_window(screen, bus, TITLE) as made:
        yield made


@pytest.fixture
def session(window: Window, tmp_path: Path) -> Iterator[Session]:
    made = Session(tmp_path)
    made.until("the window in front", lambda: made.recording.in_scope)
    yield made
    made.close()


def of(events: Sequence[Event], kind: type[E]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def letters(events: Sequence[Event]) -> int:
    return sum(stroke.key_class == KeyClass.LETTER for stroke in of(events, Keystroke))


def test_a_secret_leaves_no_key_class_count_or_time_and_the_field_beside_it_is_recorded(
    session: Session, window: Window
) -> None:
    window.ask("focus", widget="line")
    session.write(window, "line", "before", held="before")
    session.work(0.7)

    began_us = monotonic_us() - session.opened_us
    # The Tab and the first letters in one go: the focus cannot be known before them.
    session.write(window, "password", SECRET, held=SECRET, before="Tab")
    window.ask("show_password", shown=True)
    session.write(window, "password", "seen", held=SECRET + "seen")
    session.press("ctrl+a", "ctrl+c", "BackSpace", "ctrl+v")
    session.work(5.5)  # a screenshot falls due
    ended_us = monotonic_us() - session.opened_us

    window.ask("focus", widget="text")
    session.until("the field left", lambda: _left(session) is not None)
    session.write(window, "text", "after", held="after")
    events = session.end()

    assert letters(events) == len("before") + len("after")
    meanwhile = [event for event in events if began_us <= event.t_us <= ended_us]
    told = [event for event in meanwhile if not isinstance(event, ABOUT_SECRETS_NO_WORD)]
    assert told == []
    assert not {event.change for event in of(meanwhile, Presence)} & {PresenceChange.ACTIVE}
    assert of(events, Insertion) == []
    assert not any(event.digest_0 for event in of(meanwhile, Screenshot))


def _left(session: Session) -> SecretField | None:
    said = [each for each in session.seen if isinstance(each, SecretField)]
    return said[-1] if said and not said[-1].focused else None


def test_text_that_appears_is_recorded_with_its_length_and_how_it_was_seen(
    session: Session, window: Window
) -> None:
    window.ask("focus", widget="text")
    session.heard(window, "text")
    session.work(1)
    window.ask("fill", text="grüße vom Skript")
    session.saw_length(len("grüße vom Skript"))
    session.work(1)
    subprocess.run(["xclip", "-selection", "clipboard"], input=b"pasted text", check=True)
    session.work(0.5)
    session.press("ctrl+v")
    session.until("pasted", lambda: str(window.ask("text")).endswith("pasted text"))
    session.saw_length(len("pasted text"))
    session.work(1.5)
    events = session.end()

    nowhere, paste = sorted(of(events, Insertion), key=lambda event: event.t_us)
    assert (nowhere.how, nowhere.length_chars) == (InsertionHow.UNKNOWN, len("grüße vom Skript"))
    assert (paste.how, paste.length_chars) == (InsertionHow.PASTE, len("pasted text"))
    assert nowhere.seen_by == paste.seen_by == InsertionSeenBy.ACCESSIBILITY
    assert letters(events) > 0


def test_text_that_appears_in_a_field_without_the_focus_is_nobodys_business(
    session: Session, window: Window
) -> None:
    window.ask("focus", widget="line")
    session.heard(window, "line")
    for _ in range(300):
        window.ask("fill", text="a long line of output that a program writes by itself\n")
    session.heard(window, "line")
    session.work(1)
    lengths = {each.length_chars for each in session.seen if isinstance(each, TextInserted)}
    assert lengths == {1}
    assert of(session.end(), Insertion) == []


def test_while_locked_nothing_is_recorded_but_the_lock(
    session: Session, window: Window, bus: dict[str, str]
) -> None:
    desktop = FakeDesktop(bus["DBUS_SESSION_BUS_ADDRESS"])
    window.ask("focus", widget="line")
    session.write(window, "line", "before", held="before")
    session.work(0.5)
    desktop.saver(active=True)
    session.saw(PresenceSeen)
    # A locker covers the window and takes its keys; the display tells of them all the same.
    session.write(window, "line", SECRET, held="before" + SECRET)
    desktop.saver(active=False)
    session.saw(PresenceSeen, 2)
    session.write(window, "line", "after", held="before" + SECRET + "after")
    events = session.end()
    desktop.close()

    assert letters(events) == len("before") + len("after")
    lock, unlock = sorted(of(events, Presence), key=lambda event: event.t_us)
    assert (lock.change, unlock.change) == (PresenceChange.LOCKED, PresenceChange.UNLOCKED)
    meanwhile = [event for event in events if lock.t_us < event.t_us < unlock.t_us]
    assert [event for event in meanwhile if not isinstance(event, Health)] == []


def test_a_program_that_ends_in_its_password_field_leaves_no_secret_behind(
    session: Session, window: Window
) -> None:
    window.ask("focus", widget="password")
    session.saw(SecretField)
    window.process.terminate()
    session.saw(SecretField, 2)
    assert _left(session) is not None
