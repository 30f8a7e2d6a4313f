import pytest

from agent.capture.loop import Candidate, Capture
from agent.clock import monotonic_us
from agent.errors import SourceUnavailable
from agent.observations import Observation, SourceHealth
from agent.sources.protocol import Emit
from wire.codes import SourceName, SourceState


class Scripted:
    """A source that does as told."""

    def __init__(self, name: SourceName, *, starts: bool = True) -> None:
        self.name = name
        self.starts = starts
        self.running = False
        self.breaks = False
        self.state = SourceState.RUNNING

    def start(self, emit: Emit) -> None:
        if not self.starts:
            raise SourceUnavailable("not here")
        self.running = True

    def stop(self) -> None:
        self.running = False

    def fileno(self) -> int | None:
        return None

    def pump(self, now_us: int) -> int | None:
        if self.breaks:
            raise ValueError("a secret that was being read")
        return now_us

    def check(self) -> SourceState:
        return self.state


def capture_of(seen: list[Observation], *sources: Scripted) -> Capture:
    offers = [(source.name, (Candidate(lambda source=source: source),)) for source in sources]  # type: ignore[misc]
    return Capture(offers, seen.append, monotonic_us)


def health(seen: list[Observation]) -> list[tuple[SourceName, SourceState]]:
    return [(each.source, each.state) for each in seen if isinstance(each, SourceHealth)]


def test_a_source_that_raises_fails_alone_and_its_text_is_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    seen: list[Observation] = []
    bad, good = Scripted(SourceName.CLIPBOARD), Scripted(SourceName.KEYBOARD)
    capture = capture_of(seen, bad, good)
    capture.start()
    bad.breaks = True
    capture.turn()
    assert health(seen)[-1] == (SourceName.CLIPBOARD, SourceState.FAILED)
    assert not bad.running
    assert good.running
    assert "secret" not in caplog.text
    assert "ValueError" in caplog.text


def test_a_missing_source_that_is_needed_stops_the_others_again() -> None:
    seen: list[Observation] = []
    focus = Scripted(SourceName.FOCUS)
    capture = capture_of(seen, focus, Scripted(SourceName.KEYBOARD, starts=False))
    with pytest.raises(SourceUnavailable, match="not here"):
        capture.start()
    assert not focus.running


def test_a_missing_source_that_is_not_needed_is_reported() -> None:
    seen: list[Observation] = []
    capture = capture_of(seen, Scripted(SourceName.CLIPBOARD, starts=False))
    capture.start()
    assert health(seen) == [(SourceName.CLIPBOARD, SourceState.MISSING)]
    assert capture.states() == [(SourceName.CLIPBOARD, SourceState.MISSING, "not here")]


def test_the_fallback_is_used_and_called_degraded() -> None:
    seen: list[Observation] = []
    first = Scripted(SourceName.KEYBOARD, starts=False)
    second = Scripted(SourceName.KEYBOARD)
    choices = (Candidate(lambda: first), Candidate(lambda: second, SourceState.DEGRADED))
    capture = Capture([(SourceName.KEYBOARD, choices)], seen.append, monotonic_us)
    capture.start()
    assert capture.states() == [(SourceName.KEYBOARD, SourceState.DEGRADED, "not here")]


def test_a_failed_check_is_health_and_the_source_is_started_anew() -> None:
    seen: list[Observation] = []
    now = [0]
    source = Scripted(SourceName.KEYBOARD)
    choices = (Candidate(lambda: source),)
    capture = Capture([(SourceName.KEYBOARD, choices)], seen.append, lambda: now[0])
    capture.start()
    source.state = SourceState.FAILED
    capture.turn()
    source.state = SourceState.RUNNING
    now[0] = 60_000_000
    capture.turn()
    states = [state for _, state in health(seen)]
    assert states == [SourceState.RUNNING, SourceState.FAILED, SourceState.RUNNING]
    capture.stop()
    assert health(seen)[-1][1] is SourceState.STOPPED
