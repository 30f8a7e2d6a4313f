from agent.session.presence import IdleRule
from wire.codes import PresenceChange
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
