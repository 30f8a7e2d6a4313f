"""Deliveries in the database: told once, claimed once, and every end of an attempt counted once."""

from dataclasses import replace

from server.notices.telling import Telling
from server.records.announcements import Happened
from server.records.notices import Told
from server.records.webhooks import AttemptMade, Claimed, DeliveryState, Failure, Paused
from server.webhooks.schedule import PAUSED_AFTER_US
from tests.server.house import House
from tests.server.webhooks.happening import AT_US, happen

FIRST, SECOND = b"1" * 16, b"2" * 16
SCORED = frozenset({Happened.SESSION_SCORED})
MINUTE_US = 60_000_000


def add(house: House, endpoint: bytes = FIRST, kinds: frozenset[Happened] = SCORED) -> int:
    house.own.add_endpoint(endpoint, "https://example.com/", kinds, b"sealed", AT_US)
    found = house.own.endpoint(endpoint)
    assert found is not None
    return found.row


def tell(house: House) -> bool:
    return Telling(house.installation.store, by_mail=False).do_next(AT_US)


def claim(house: House, count: int, now_us: int = AT_US) -> list[Claimed]:
    store = house.installation.store
    wanted = {each.row: count for each in store.due_endpoints(now_us)}
    return list(store.claim_deliveries(wanted, now_us, now_us + MINUTE_US))


def ended(
    claimed: Claimed,
    error: Failure | None = None,
    at_us: int = AT_US,
    state: DeliveryState | None = None,
) -> AttemptMade:
    usual = DeliveryState.WAITING if error else DeliveryState.DELIVERED
    return AttemptMade(
        claimed, at_us, 12, 200, error, "ok", state or usual, at_us + 1, at_us + 1, pause=False
    )


def test_what_happened_is_told_once_and_numbered_without_a_gap(house: House) -> None:
    add(house)
    add(house, SECOND, frozenset({Happened.HOLD_LAPSED}))
    happen(house, 3)
    happen(house, 1, Happened.PERSON_ERASED)
    before = house.own.untold(10)
    assert tell(house)
    assert not tell(house)
    # Another node had read the same before: it tells nobody again.
    assert house.own.tell([Told(each, []) for each in before], AT_US, by_mail=False) == 0
    numbers = [each.number for each in house.own.announcements(0, 10)]
    assert numbers == [1, 2, 3, 4]
    assert house.rows("webhook_deliveries") == 3
    store = house.installation.store
    other = store.of(store.add_organisation("Other", 1))
    assert other.untold(10) == []
    claimed = claim(house, 10)
    assert [each.announcement.number for each in claimed] == [1, 2, 3]
    assert {each.attempt for each in claimed} == {1}


def test_a_claim_is_alone_and_lapses_and_only_the_newest_counts(house: House) -> None:
    add(house)
    happen(house, 2)
    tell(house)
    store = house.installation.store
    (first,) = claim(house, 1)
    (second,) = claim(house, 5)
    assert first.row != second.row
    assert claim(house, 5) == []
    # The node was killed: another takes it up, and what the dead one sent counts no more.
    (again,) = [each for each in claim(house, 5, AT_US + MINUTE_US) if each.row == first.row]
    assert again.attempt == 2
    store.note_attempts([ended(first, Failure.TIMEOUT)])
    assert house.rows("webhook_attempts") == 0
    store.note_attempts([ended(again), ended(again)])
    line = house.own.delivery(FIRST, 1)
    assert line is not None
    assert (line.state, line.attempts, len(line.tried)) == (DeliveryState.DELIVERED, 2, 1)
    assert (line.tried[0].status, line.tried[0].answer) == (200, "ok")


def test_failures_hold_the_endpoint_back_and_one_success_lets_it_go(house: House) -> None:
    row = add(house)
    happen(house, 2)
    tell(house)
    store = house.installation.store
    (claimed,) = claim(house, 1)
    store.note_attempts([ended(claimed, Failure.STATUS, AT_US)])
    assert store.due_endpoints(AT_US) == []
    (due,) = store.due_endpoints(AT_US + 1)
    assert (due.row, due.failures) == (row, 1)
    (claimed,) = claim(house, 1, AT_US + 1)
    assert claimed.failing_since_us == AT_US
    store.note_attempts([ended(claimed)])
    found = house.own.endpoint(FIRST)
    assert found is not None
    assert (found.failures, found.failing_since_us) == (0, None)


def test_a_pause_is_announced_once_and_nothing_is_sent_until_it_ends(house: House) -> None:
    add(house)
    happen(house, 2)
    tell(house)
    store = house.installation.store
    claimed = claim(house, 2)
    store.note_attempts([replace(ended(each, Failure.STATUS), pause=True) for each in claimed])
    found = house.own.endpoint(FIRST)
    assert found is not None
    assert found.paused_why is Paused.FAILING
    backlog = store.backlog(AT_US)
    assert (backlog.deliveries_waiting, backlog.webhooks_paused) == (2, 1)
    (untold,) = house.own.untold(10)
    assert (untold.kind, untold.subject) == (Happened.WEBHOOK_PAUSED, FIRST.hex())
    later_us = AT_US + PAUSED_AFTER_US
    assert store.due_endpoints(later_us) == []
    happen(house)
    tell(house)
    assert house.rows("webhook_deliveries") == 2, "what happens meanwhile is not kept for it"
    assert house.own.change_endpoint(FIRST, "https://b.example/", SCORED, False, later_us)
    assert [each.failures for each in store.due_endpoints(later_us)] == [0]
    assert house.own.replay(FIRST, 1, 100, later_us) == 3, "all of its kinds, also the missed one"
    assert [each.attempt for each in claim(house, 10, later_us)] == [1, 1, 1]
    assert house.own.change_endpoint(FIRST, "https://b.example/", SCORED, True, later_us)
    assert store.due_endpoints(later_us + MINUTE_US) == []


def test_both_secrets_sign_for_a_while(house: House) -> None:
    add(house)
    happen(house, 2)
    tell(house)
    assert house.own.set_endpoint_secret(FIRST, b"another", AT_US + 5)
    (both,) = claim(house, 1, AT_US)
    (one,) = claim(house, 1, AT_US + 5)
    assert both.sealed_secrets == (b"another", b"sealed")
    assert one.sealed_secrets == (b"another",)


def test_a_test_goes_to_one_endpoint_alone_and_removing_takes_all(house: House) -> None:
    add(house)
    add(house, SECOND)
    happen(house)
    tell(house)
    assert house.own.test_endpoint(FIRST, AT_US) == 2
    assert not tell(house)
    log = house.own.deliveries(FIRST, None, 10)
    assert [each.announcement.kind for each in log] == [
        Happened.WEBHOOK_TEST,
        Happened.SESSION_SCORED,
    ]
    assert house.own.deliveries(FIRST, log[0].row, 10)[0].row == log[1].row
    store = house.installation.store
    store.note_attempts([ended(each) for each in claim(house, 10)])
    assert house.own.remove_endpoint(FIRST)
    assert not house.own.remove_endpoint(FIRST)
    assert (house.rows("webhook_deliveries"), house.rows("webhook_attempts")) == (1, 1)
    assert store.forget_deliveries(AT_US, 10) == 0
    assert store.forget_deliveries(AT_US + 1, 10) == 1
    assert house.rows("webhook_attempts") == 0
    nothing = b"3" * 16
    assert house.own.test_endpoint(nothing, 1) is None
    assert house.own.replay(nothing, 1, 2, 1) == 0
    assert not house.own.set_endpoint_secret(nothing, b"", 1)
    assert not house.own.change_endpoint(nothing, "", SCORED, False, 1)
