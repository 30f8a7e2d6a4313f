"""Lock, sleep and media as the desktop's services tell them, on a real message bus."""

import time
from collections.abc import Callable, Iterator

import pytest

from agent.capture.loop import Candidate, Capture
from agent.clock import monotonic_us
from agent.errors import SourceUnavailable
from agent.observations import Observation, PresenceSeen, SourceHealth
from agent.sources.desktop_bus import DesktopBus
from tests.live.fake_desktop import FakeDesktop
from tests.live.message_bus import message_bus
from tests.live.processes import NeverHappenedError
from wire.codes import PresenceChange, SourceName, SourceState

NOWHERE = "unix:path=/nowhere/bus"


class Watched:
    """The real source on the bus, and what it said."""

    def __init__(self, desktop: FakeDesktop) -> None:
        self.desktop = desktop
        self.seen: list[Observation] = []
        self.source = DesktopBus()
        self.source.start(self.seen.append)

    def changes(self) -> list[PresenceChange]:
        """What changed so far."""
        return [each.change for each in self.seen if isinstance(each, PresenceSeen)]

    def until(self, what: str, holds: Callable[[], bool]) -> None:
        """Let both sides talk until something has happened."""
        deadline_s = time.monotonic() + 60
        while not holds():
            if time.monotonic() > deadline_s:
                raise NeverHappenedError(f"{what}: not in time; {self.changes()}")
            self.desktop.pump()
            self.source.pump(monotonic_us())
            time.sleep(0.005)

    def settle(self) -> None:
        """Let both sides talk until the source has asked all its questions."""
        questions = {"GetSession 7", "Get org.mpris.MediaPlayer2.Player PlaybackStatus"}
        self.until("the questions", lambda: questions <= set(self.desktop.asked))
        # A round trip behind the last answer: signals that were asked for come from here on.
        assert self.source.check() is SourceState.RUNNING
        assert self.source._session is not None
        assert self.source._system is not None
        session, system = self.source._session, self.source._system
        self.until(
            "a sign of life",
            lambda: session.silent_since_us is None and system.silent_since_us is None,
        )

    def told(self, *changes: PresenceChange) -> None:
        """Wait until exactly these changes were told."""
        self.until(f"{changes}", lambda: len(self.changes()) >= len(changes))
        assert self.changes() == list(changes)


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with message_bus() as made:
        found = made["DBUS_SESSION_BUS_ADDRESS"]
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", found)
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", found)
        yield found


@pytest.fixture
def watched(address: str) -> Iterator[Watched]:
    desktop = FakeDesktop(address)
    made = Watched(desktop)
    made.settle()
    yield made
    made.source.stop()
    desktop.close()


def test_a_lock_is_told_once_however_many_services_tell_it(watched: Watched) -> None:
    watched.desktop.saver(active=True)
    watched.desktop.hint(locked=True)
    # The two come on two buses. What the second one's says next is told after its lock was heard.
    watched.desktop.sleep(soon=True)
    watched.until(
        "both", lambda: {PresenceChange.LOCKED, PresenceChange.SUSPENDED} <= set(watched.changes())
    )
    watched.desktop.saver(active=False)
    watched.desktop.hint(locked=False)
    watched.until("unlocked", lambda: PresenceChange.UNLOCKED in watched.changes())
    assert sorted(watched.changes()) == sorted(
        (PresenceChange.LOCKED, PresenceChange.SUSPENDED, PresenceChange.UNLOCKED)
    )


def test_a_request_to_lock_is_no_lock(watched: Watched) -> None:
    watched.desktop.ask_to_lock()
    watched.desktop.sleep(soon=True)
    watched.desktop.sleep(soon=False)
    watched.told(PresenceChange.SUSPENDED, PresenceChange.RESUMED)


def test_media_is_told_when_it_begins_and_ends(watched: Watched) -> None:
    for status in ("Playing", "Playing", "Paused"):
        watched.desktop.play(status)
    watched.told(PresenceChange.MEDIA_BEGAN, PresenceChange.MEDIA_ENDED)
    assert "title" not in repr(watched.seen)


def test_services_that_leave_the_bus_lock_and_play_no_more(watched: Watched) -> None:
    watched.desktop.saver(active=True)
    watched.desktop.play("Playing")
    watched.told(PresenceChange.LOCKED, PresenceChange.MEDIA_BEGAN)
    watched.desktop.close()
    deadline_s = time.monotonic() + 60
    while len(watched.changes()) < 4 and time.monotonic() < deadline_s:
        watched.source.pump(monotonic_us())
    assert set(watched.changes()[2:]) == {PresenceChange.UNLOCKED, PresenceChange.MEDIA_ENDED}


def test_how_things_stand_is_told_when_recording_begins(address: str) -> None:
    desktop = FakeDesktop(address, locked=True, playing=True)
    watched = Watched(desktop)
    watched.until("both", lambda: len(watched.changes()) == 2)
    assert set(watched.changes()) == {PresenceChange.LOCKED, PresenceChange.MEDIA_BEGAN}
    watched.source.stop()
    desktop.close()


def test_without_a_bus_the_source_is_missing_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", NOWHERE)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", NOWHERE)
    with pytest.raises(SourceUnavailable, match="no message bus"):
        DesktopBus().start(lambda _: None)
    seen: list[Observation] = []
    offers = [(SourceName.PRESENCE, (Candidate(DesktopBus),))]
    capture = Capture(offers, seen.append, monotonic_us, frozenset())
    capture.start()
    ((_, state, why),) = capture.states()
    capture.stop()
    assert state is SourceState.MISSING
    assert why.endswith(".")


def test_a_bus_that_goes_away_is_a_failure_that_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Observation] = []
    with message_bus() as made:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", made["DBUS_SESSION_BUS_ADDRESS"])
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", NOWHERE)
        offers = [(SourceName.PRESENCE, (Candidate(DesktopBus),))]
        capture = Capture(offers, seen.append, monotonic_us, frozenset())
        capture.start()
    deadline_s = time.monotonic() + 60
    while len(seen) < 2 and time.monotonic() < deadline_s:
        capture.turn()
    capture.stop()
    states = [each.state for each in seen if isinstance(each, SourceHealth)]
    assert states[:2] == [SourceState.RUNNING, SourceState.FAILED]
