"""The errand that delivers, to real receivers: signed, fair, patient, and nothing told twice."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from server.notices.telling import Telling
from server.records import Scope
from server.records.announcements import Happened
from server.records.webhooks import DeliveryLine, DeliveryState, Failure, Paused
from server.services.asking import Asker
from server.webhooks.delivering import Deliveries
from server.webhooks.endpoints import NewSecret, Webhooks
from server.webhooks.posting import Poster
from server.webhooks.schedule import ATTEMPTS_MAX
from tests.server.house import House
from tests.server.operation.processes import until
from tests.server.storages import ON_SQLITE
from tests.server.webhooks.happening import happen
from tests.server.webhooks.receiver import OK, Receiver
from tests.server.webhooks.test_posting import HOME

pytestmark = ON_SQLITE
ASKER = Asker(1, "key:1", None, scopes=frozenset(Scope))
DEADLINE_S = 3.0
FAILS = b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"


def now() -> int:
    return time.time_ns() // 1_000


@pytest.fixture
def webhooks(house: House) -> Webhooks:
    return Webhooks(house.installation.store, house.installation.keys.sign_in_secret, HOME)


@pytest.fixture
def deliveries(house: House) -> Iterator[Deliveries]:
    installation = house.installation
    poster = Poster(HOME, deadline_s=DEADLINE_S)
    made = Deliveries(installation.store, installation.keys.sign_in_secret, poster)
    yield made
    made.end()


def add(webhooks: Webhooks, receiver: Receiver) -> NewSecret:
    return webhooks.add(ASKER, receiver.url, frozenset({Happened.SESSION_SCORED}))


def tell(house: House, count: int = 1) -> None:
    happen(house, count, at_us=now())
    assert Telling(house.installation.store, by_mail=False).do_next(now())


def deliver(deliveries: Deliveries, holds: Callable[[], bool], now_us: int | None = None) -> None:
    """Go on until something holds."""

    def step() -> bool:
        deliveries.do_next(now_us or now())
        return holds()

    until(step, 60)


def line(house: House, made: NewSecret, number: int = 1) -> DeliveryLine:
    found = house.own.delivery(made.endpoint.id, number)
    assert found is not None
    return found


def state(house: House, made: NewSecret, number: int = 1) -> DeliveryState:
    return line(house, made, number).state


def test_what_arrives_is_signed_by_each_secret_and_names_nobody(
    house: House, webhooks: Webhooks, deliveries: Deliveries
) -> None:
    with Receiver() as receiver:
        old = add(webhooks, receiver)
        new = webhooks.new_secret(ASKER, old.endpoint.id.hex())
        tell(house)
        deliver(deliveries, lambda: state(house, old) is DeliveryState.DELIVERED)
    (got,) = receiver.received
    for secret in (old.secret, new.secret):
        told: dict[str, Any] = Webhook(secret).verify(got.body, dict(got.fields))
    assert set(told) == {"id", "number", "kind", "at", "subject"}
    assert (told["number"], told["kind"]) == (1, "session.scored")
    assert told["id"] == got.fields["webhook-id"] == f"{old.endpoint.id.hex()}-1"
    with pytest.raises(WebhookVerificationError):
        Webhook(old.secret).verify(got.body + b" ", dict(got.fields))
    with house.database.reading.connect() as connection:
        stored = repr(connection.exec_driver_sql("SELECT * FROM webhook_endpoints").all())
    assert old.secret not in stored
    assert new.secret not in stored


def test_what_fails_is_tried_again_and_what_is_replayed_has_the_same_id(
    house: House, webhooks: Webhooks, deliveries: Deliveries
) -> None:
    answers = [FAILS, OK, OK]
    with Receiver(decide=lambda _: answers.pop(0)) as receiver:
        made = add(webhooks, receiver)
        tell(house)
        deliver(deliveries, lambda: bool(line(house, made).tried))
        failed = line(house, made)
        assert (failed.state, failed.tried[0].error) == (DeliveryState.WAITING, Failure.STATUS)
        assert not deliveries.do_next(now()) or not receiver.received[1:], "not at once"
        later_us = failed.due_us + 1_000_000
        deliver(deliveries, lambda: state(house, made) is DeliveryState.DELIVERED, later_us)
        assert webhooks.replay(ASKER, made.endpoint.id.hex(), 1, 1) == 1
        deliver(deliveries, lambda: state(house, made) is DeliveryState.DELIVERED)
    ids = [got.fields["webhook-id"] for got in receiver.received]
    assert ids == [ids[0]] * 3
    assert [json.loads(got.body)["number"] for got in receiver.received] == [1, 1, 1]


def test_after_the_last_attempt_it_is_parked_and_a_gone_endpoint_is_paused(
    house: House, webhooks: Webhooks, deliveries: Deliveries
) -> None:
    with Receiver(FAILS) as receiver, Receiver(b"HTTP/1.1 410 Gone\r\n\r\n") as gone:
        made, left = add(webhooks, receiver), add(webhooks, gone)
        tell(house)
        house.change("UPDATE webhook_deliveries SET attempts = :n", n=ATTEMPTS_MAX - 1)
        deliver(deliveries, lambda: state(house, made) is DeliveryState.PARKED)
        deliver(deliveries, lambda: bool(line(house, left).tried))
        found = house.own.endpoint(left.endpoint.id)
        assert found is not None
        assert found.paused_why is Paused.FAILING
        assert house.own.untold(1)[0].kind is Happened.WEBHOOK_PAUSED


def test_targets_that_hang_or_fail_delay_no_other(
    house: House, webhooks: Webhooks, deliveries: Deliveries
) -> None:
    with Receiver() as good, Receiver(hangs=True) as hanging, Receiver(FAILS) as failing:
        made = [add(webhooks, each) for each in (hanging, failing, good)]
        began_s = time.monotonic()
        tell(house, 60)
        deliver(deliveries, lambda: len(good.received) == 60)
        assert time.monotonic() - began_s < DEADLINE_S, "nobody waited for the one that hangs"
        assert len(hanging.received) == 1, "one connection for what has not answered well yet"
        assert len(failing.received) <= 2
        deliver(deliveries, lambda: state(house, made[2], 60) is DeliveryState.DELIVERED)
    numbers = sorted(json.loads(got.body)["number"] for got in good.received)
    assert numbers == list(range(1, 61)), "each once"


def test_an_end_waits_for_what_is_on_its_way(house: House, webhooks: Webhooks) -> None:
    installation = house.installation
    errand = Deliveries(installation.store, installation.keys.sign_in_secret, Poster(HOME))
    with Receiver() as receiver:
        made = add(webhooks, receiver)
        tell(house)
        assert errand.do_next(now())
        errand.end()
    assert state(house, made) is DeliveryState.DELIVERED


def test_a_secret_of_another_installation_signs_nothing(house: House, webhooks: Webhooks) -> None:
    errand = Deliveries(house.installation.store, b"another secret of a server", Poster(HOME))
    with Receiver() as receiver:
        made = add(webhooks, receiver)
        tell(house)
        deliver(errand, lambda: bool(line(house, made).tried))
        errand.end()
    assert line(house, made).tried[0].error is Failure.SEALED
    assert receiver.received == []


def test_what_ended_a_month_ago_is_forgotten(
    house: House, webhooks: Webhooks, deliveries: Deliveries
) -> None:
    with Receiver() as receiver:
        made = add(webhooks, receiver)
        tell(house)
        deliver(deliveries, lambda: state(house, made) is DeliveryState.DELIVERED)
        later_us = now() + 31 * 86_400_000_000
        deliver(deliveries, lambda: house.rows("webhook_deliveries") == 0, later_us)
