"""The watchdog over a capturing process that is not there."""

from collections.abc import Callable, Mapping
from typing import ClassVar

import pytest

from agent.capture.frames import Listen, SourceReport
from agent.capture.watch import Watch
from agent.errors import SourceUnavailable
from agent.observations import Observation
from agent.session.recorder import SessionFacts
from agent.session.recording import Recording
from agent.spool.store import Spool
from tests.agent.conftest import POLICY, FakeClock
from wire.signing import SigningKey


class Late:
    """A capturing process that does not answer in time."""

    alive = True
    sources: tuple[SourceReport, ...] = ()
    told: ClassVar[list[str]] = []

    def __init__(self, observe: Callable[[Observation], None], environment: Mapping[str, str]):
        self.told.clear()

    def listen(self, words: Listen) -> None:
        self.told.append("listen")
        raise SourceUnavailable("The display does not answer.")

    def rest(self) -> None:
        self.told.append("rest")


def test_listeners_that_would_open_too_late_are_closed(
    spool: Spool, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool.add_session(b"s" * 16, b"p" * 16, 3)
    spool.session_opened(b"s" * 16, b"n" * 16)
    facts = SessionFacts(b"s" * 16, b"d" * 16, 3)
    recording = Recording(facts, POLICY, clock(), spool, SigningKey.generate())
    monkeypatch.setattr("agent.capture.watch.CaptureProcess", Late)
    watch = Watch({})
    with pytest.raises(SourceUnavailable):
        watch.listen(recording)
    assert Late.told == ["listen", "rest"]
