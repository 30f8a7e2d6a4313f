from agent.session.presence import IdleRule
from wire.codes import PresenceChange, SourceName, SourceState
from wire.events import Presence

ORIGIN = 1_000_000_000


def test_idle_begins_where_the_allowance_ends_and_input_ends_it() -> None:
    rule = IdleRule(ORIGIN, 300)
    rule.used(ORIGIN + 10_000_000)
    assert rule.tick(ORIGIN + 309_000_000) == []
    assert rule.tick(ORIGIN + 312_000_000) == [Presence(310_000_000, PresenceChange.IDLE)]
    assert rule.tick(ORIGIN + 400_000_000) == []
    assert rule.used(ORIGIN + 401_000_000) == [Presence(401_000_000, PresenceChange.ACTIVE)]
    assert rule.used(ORIGIN + 402_000_000) == []


def test_nobody_is_idle_where_no_source_sees_input() -> None:
    rule = IdleRule(ORIGIN, 300)
    rule.source(SourceName.KEYBOARD, SourceState.MISSING, ORIGIN)
    rule.source(SourceName.POINTER, SourceState.MISSING, ORIGIN)
    assert rule.tick(ORIGIN + 3_600_000_000) == []


def test_idle_is_counted_from_when_input_is_seen_again() -> None:
    rule = IdleRule(ORIGIN, 300)
    for source in (SourceName.KEYBOARD, SourceName.POINTER):
        rule.source(source, SourceState.FAILED, ORIGIN)
    rule.source(SourceName.POINTER, SourceState.RUNNING, ORIGIN + 1_000_000_000)
    assert rule.tick(ORIGIN + 1_299_000_000) == []
    assert rule.tick(ORIGIN + 1_301_000_000) == [Presence(1_300_000_000, PresenceChange.IDLE)]
