from agent.session.presence import WATCHED_MAX_US, Away, IdleRule
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


def test_a_locked_screen_is_away_at_once_and_unlocking_is_back() -> None:
    rule = IdleRule(ORIGIN, 300)
    lock, unlock = PresenceChange.LOCKED, PresenceChange.UNLOCKED
    assert rule.changed(ORIGIN + 10_000_000, lock) == [Presence(10_000_000, lock)]
    assert rule.changed(ORIGIN + 11_000_000, lock) == []
    assert rule.tick(ORIGIN + 900_000_000) == []
    assert rule.changed(ORIGIN + 901_000_000, unlock) == [Presence(901_000_000, unlock)]
    assert rule.tick(ORIGIN + 1200_000_000) == []
    assert rule.tick(ORIGIN + 1201_000_000) == [Presence(1201_000_000, PresenceChange.IDLE)]


def test_unlocking_ends_an_idle_that_began_before_the_lock() -> None:
    rule = IdleRule(ORIGIN, 300)
    rule.tick(ORIGIN + 301_000_000)
    rule.changed(ORIGIN + 400_000_000, PresenceChange.LOCKED)
    assert rule.changed(ORIGIN + 500_000_000, PresenceChange.UNLOCKED) == [
        Presence(500_000_000, PresenceChange.UNLOCKED),
        Presence(500_000_000, PresenceChange.ACTIVE),
    ]


def test_a_pause_ends_a_lock_that_nobody_saw_the_end_of() -> None:
    rule = IdleRule(ORIGIN, 300)
    rule.changed(ORIGIN + 10_000_000, PresenceChange.LOCKED)
    assert rule.begin(ORIGIN + 60_000_000) == [Presence(60_000_000, PresenceChange.UNLOCKED)]


def test_watching_is_work_while_a_task_window_is_in_front() -> None:
    rule = IdleRule(ORIGIN, 300)
    began, ended = PresenceChange.MEDIA_BEGAN, PresenceChange.MEDIA_ENDED
    assert rule.changed(ORIGIN + 5_000_000, began) == []
    assert rule.tick(ORIGIN + 6_000_000, in_task=True) == [Presence(6_000_000, began)]
    assert rule.tick(ORIGIN + 1000_000_000, in_task=True) == []
    rule.changed(ORIGIN + 1000_500_000, ended)
    assert rule.tick(ORIGIN + 1001_000_000, in_task=True) == [Presence(1001_000_000, ended)]
    assert rule.tick(ORIGIN + 1300_000_000, in_task=True) == [
        Presence(1300_000_000, PresenceChange.IDLE)
    ]


def test_what_plays_beside_other_windows_is_neither_work_nor_recorded() -> None:
    rule = IdleRule(ORIGIN, 300)
    rule.changed(ORIGIN + 5_000_000, PresenceChange.MEDIA_BEGAN)
    assert rule.tick(ORIGIN + 299_000_000) == []
    assert rule.tick(ORIGIN + 300_000_000) == [Presence(300_000_000, PresenceChange.IDLE)]


def test_media_wakes_nobody_who_is_idle_and_works_for_nobody_for_ever() -> None:
    rule = IdleRule(ORIGIN, 300)
    rule.changed(ORIGIN + 5_000_000, PresenceChange.MEDIA_BEGAN)
    rule.tick(ORIGIN + 6_000_000, in_task=True)
    last_us = WATCHED_MAX_US + 300_000_000
    assert rule.tick(ORIGIN + last_us - 1, in_task=True) == []
    assert rule.tick(ORIGIN + last_us, in_task=True) == [Presence(last_us, PresenceChange.IDLE)]
    assert rule.tick(ORIGIN + last_us + 900_000_000, in_task=True) == []


def test_a_source_of_presence_that_failed_keeps_nobody_working() -> None:
    rule = IdleRule(ORIGIN, 300)
    rule.changed(ORIGIN + 5_000_000, PresenceChange.MEDIA_BEGAN)
    rule.source(SourceName.PRESENCE, SourceState.FAILED, ORIGIN + 6_000_000)
    assert rule.tick(ORIGIN + 300_000_000, in_task=True) == [
        Presence(300_000_000, PresenceChange.IDLE)
    ]


def test_away_is_idle_locked_or_asleep_until_each_has_ended() -> None:
    away = Away()
    for change, is_away in (
        (PresenceChange.LOCKED, True),
        (PresenceChange.IDLE, True),
        (PresenceChange.UNLOCKED, True),
        (PresenceChange.MEDIA_BEGAN, True),
        (PresenceChange.ACTIVE, False),
        (PresenceChange.SUSPENDED, True),
        (PresenceChange.RESUMED, False),
    ):
        away.hear(Presence(0, change))
        assert bool(away) is is_away
