"""The source of device facts: said at clock-in and when they change, never twice."""

from agent.observations import DeviceFactSeen, Observation
from agent.session.scope import ScopeRule
from agent.sources.device_facts import POLL_US, DeviceFacts
from wire.codes import DeviceFactKind, SourceState
from wire.events import DeviceFact

KEYBOARDS, REMOTE = DeviceFactKind.KEYBOARDS, DeviceFactKind.REMOTE_DESKTOP


class Display:
    """A display whose devices a test plugs in."""

    def __init__(self) -> None:
        self.keyboards = 1
        self.news = False
        self.is_open = False

    def open(self) -> None:
        self.is_open = True

    def close(self) -> None:
        self.is_open = False

    def fileno(self) -> int | None:
        return None

    def changed(self) -> bool:
        news, self.news = self.news, False
        return news

    def facts(self) -> dict[DeviceFactKind, int]:
        return {KEYBOARDS: self.keyboards, REMOTE: 0}


def test_facts_are_said_at_once_and_again_only_when_they_change() -> None:
    seen: list[Observation] = []
    display, remote = Display(), {REMOTE: 1}
    source = DeviceFacts([lambda: remote], display)
    source.start(seen.append)
    assert seen == []
    source.pump(1_000)
    assert seen == [DeviceFactSeen(1_000, REMOTE, 1), DeviceFactSeen(1_000, KEYBOARDS, 1)]
    seen.clear()
    assert source.pump(2_000) == 1_000 + POLL_US
    display.keyboards, display.news = 2, True
    source.pump(3_000)
    assert seen == [DeviceFactSeen(3_000, KEYBOARDS, 2)]
    remote[REMOTE] = 0
    source.pump(3_000 + POLL_US)
    assert seen[1:] == [DeviceFactSeen(3_000 + POLL_US, REMOTE, 0)]
    assert source.check() is SourceState.RUNNING
    source.stop()
    assert not display.is_open
    source.pump(3_000 + 2 * POLL_US)
    assert len(seen) == 2


def test_a_fact_becomes_an_event_at_session_time() -> None:
    rule = ScopeRule(1_000)
    assert rule.observe(DeviceFactSeen(5_000, KEYBOARDS, 2)) == [DeviceFact(4_000, KEYBOARDS, 2)]
