"""Several nodes on one store, restarts, and clocks that are off: the same receipts for all."""

import time
from concurrent.futures import ThreadPoolExecutor

import msgspec.structs
import pytest

from server.app import build_app
from server.console import contexts
from server.ingest.kept import Kept
from server.scoring.facts import facts_of, open_batches
from tests.server.device import Chain, Device
from tests.server.house import House, browsing, serving
from tests.server.kinds import Typing
from wire.batch import Envelope, seal
from wire.body import body_of

_YEAR_US = 365 * 24 * 3600 * 1_000_000


def at(chain: Chain, client: object) -> Device:
    """The chain's device, posting to another node."""
    return Device(client, chain.device.key, chain.device.enrolment)  # type: ignore[arg-type]


def test_nodes_take_turns_with_the_batches_of_one_session(chain: Chain, house: House) -> None:
    with serving(house.path) as elsewhere, browsing(elsewhere) as client:
        nodes = [chain.device, at(chain, client)]
        for number in range(8):
            envelope = chain.seal(final=number == 7)
            answer = nodes[number % 2].post(envelope.sealed)
            chain.accept(envelope, answer)
            assert nodes[(number + 1) % 2].post(envelope.sealed).content == answer.content
    assert house.rows("batches") == 8


def test_a_server_that_starts_knows_who_is_at_work(chain: Chain, house: House) -> None:
    chain.send()
    store = house.installation.store
    (at_work,) = store.at_work(since_us=0, limit=10)
    assert at_work.device == store.device(at_work.token_hash)
    assert at_work.entry == house.own.session(chain.session)
    assert at_work.head == house.own.head(at_work.entry.row)
    assert store.at_work(since_us=at_work.entry.opened_us + 1, limit=10) == []
    assert store.at_work(since_us=0, limit=0) == []
    ingest = build_app(house.installation).ingest
    assert ingest.remembered == 0
    ingest.remember_those_at_work()
    assert ingest.remembered == 1
    chain.send(final=True)
    assert store.at_work(since_us=0, limit=10) == []


@pytest.mark.parametrize("alike", [True, False])
def test_nodes_race_for_one_number(chain: Chain, house: House, typing: Typing, alike: bool) -> None:
    """One receipt; two for the same bytes, and then the very same."""
    with serving(house.path) as elsewhere, browsing(elsewhere) as client:
        chain.send()
        at(chain, client).post(chain.seal(sequence=9, previous=bytes(31) + b"x").sealed)
        for round_ in range(6):
            rivals = [chain.seal(typing(0, keys)) for keys in (round_ + 1, round_ + 9)]
            if alike:
                rivals[1] = rivals[0]
            with ThreadPoolExecutor(2) as pool:
                answers = list(
                    pool.map(
                        lambda pair: pair[0].post(pair[1].sealed),
                        zip((chain.device, at(chain, client)), rivals, strict=True),
                    )
                )
            if alike:
                assert answers[0].content == answers[1].content
            else:
                assert sorted(answer.status_code for answer in answers) == [200, 409]
            won = next(n for n, answer in enumerate(answers) if answer.status_code == 200)
            chain.accept(rivals[won], answers[won])
            assert house.own.head(1).digest == rivals[won].digest
    assert house.rows("batches") == 7


def test_receipts_are_the_same_after_a_restart_also_for_old_batches(house: House) -> None:
    sent: list[tuple[Envelope, bytes]] = []
    with serving(house.path) as address, browsing(address) as client:
        device = Device(client)
        device.enrol(house.administration.pair(house.trainer.name))
        chain = device.clock_in()
        for number in range(5):
            envelope = chain.seal(final=number == 4)
            answer = device.post(envelope.sealed)
            chain.accept(envelope, answer)
            sent.append((envelope, answer.content))
    with serving(house.path) as address, browsing(address) as client:
        again = at(chain, client)
        for envelope, receipt in [*sent, *reversed(sent)]:
            assert again.post(envelope.sealed).content == receipt
    assert house.rows("batches") == 5


@pytest.mark.parametrize("off_us", [_YEAR_US, -_YEAR_US])
def test_device_whose_clock_is_a_year_off(
    chain: Chain, house: House, typing: Typing, off_us: int
) -> None:
    """Taken; receipts by the server's time, hours by the session's clock, and it is shown."""
    began_us = time.time_ns() // 1000
    for number in range(4):
        header = chain.header(final=number == 3)
        header = msgspec.structs.replace(
            header, sealed_wall_us=time.time_ns() // 1000 + off_us, sealed_monotonic_us=number
        )
        envelope = seal(header, body_of(typing(header.start_us, 20)), chain.device.key)
        receipt = chain.accept(envelope, chain.device.post(envelope.sealed))
        receipt.verify(chain.device.server_key)
        assert began_us <= receipt.received_us <= time.time_ns() // 1000
    entry = house.own.session(chain.session)
    assert entry is not None
    assert began_us - 60_000_000 <= entry.opened_us <= time.time_ns() // 1000
    facts = facts_of(open_batches(house.own.batches(entry.row)), entry.opened_us)
    assert facts.duration_s == facts.worked_s == 120
    assert facts.clock_off_s == pytest.approx(off_us / 1e6, abs=60)
    (said,) = contexts._clock_off(facts.clock_off_s)
    assert ("ahead of" if off_us > 0 else "behind") in said
    assert contexts._clock_off(20.0) == ()


def test_kept_forgets_what_was_not_used_and_stays_bounded() -> None:
    kept: Kept[int, str] = Kept(100)
    for number in range(1_000):
        kept.put(number, str(number))
        assert kept.get(0) == "0"
    assert len(kept) <= 200
    assert kept.get(999) == "999"
    assert kept.get(500) is None
    kept.forget(999)
    assert kept.get(999) is None
