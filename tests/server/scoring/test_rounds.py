"""Open sessions are looked at on time, from exactly what is new, and nobody sees it."""

import hashlib
import logging
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain as chain_of
from types import SimpleNamespace
from typing import cast

import httpx
import pytest
from sqlalchemy import select
from starlette.routing import Route

from detector.state import beginning, from_bytes, to_bytes, update
from server.app import _pages
from server.clock import now_us
from server.operation.logs import JsonLines
from server.operation.readiness import Readiness
from server.records import ROUND_US, DueState, NewSession, NewState
from server.scoring.counters import Tally
from server.scoring.rounds import Rounds
from server.storage import tables
from server.storage.log_seal import LogSeal, is_sealed, state_place
from server.storage.protocols import BatchWriter
from server.storage.sql.rounds import first_look_us
from tests.server.device import Chain
from tests.server.house import PASSWORD, House, browsing
from tests.server.kinds import NewDevice, Typing
from tests.server.scoring.conftest import MakeWorker, named_model
from tests.server.test_scoring import undecodable
from wire.batch import decode, open_envelope

SENTINEL = "provisional-7f3a"


def look(house: House, at_us: int, version: str = "m1") -> Tally:
    tally = Tally()
    rounds = Rounds(house.installation.store, named_model(version))
    while rounds.do_next("looks", at_us, tally):
        pass
    return tally


def stored(house: House) -> SimpleNamespace:
    """The row of the one session, as it lies in the database."""
    with house.database.reading.connect() as connection:
        row = connection.execute(select(tables.scoring_states)).one()
    return SimpleNamespace(**row._asdict())


def state_of(house: House, chain: Chain) -> bytes:
    row = stored(house)
    place = state_place(row.organisation, chain.session, row.next_sequence)
    return LogSeal(house.installation.keys).open(place, row.state)


def test_state_holds_exactly_what_came(chain: Chain, typing: Typing, house: House) -> None:
    for n in range(3):
        chain.send(typing(n * 30_000_000, 40))
    at_us = now_us() + 2 * ROUND_US
    assert look(house, at_us).counters.batches == 3
    chain.send(typing(90_000_000, 40))
    assert look(house, at_us + ROUND_US).counters.batches == 1
    found = stored(house)
    batches = [decode(open_envelope(row.sealed)) for row in house.own.batches(1)]
    assert found.next_sequence == 4
    assert state_of(house, chain) == to_bytes(update(beginning(), batches))
    assert look(house, at_us + ROUND_US).counters.provisional == 0, "not due again"
    assert ROUND_US > found.due_us - at_us - ROUND_US > 0


def test_crash_between_look_and_store_redoes_and_doubles_nothing(
    chain: Chain, typing: Typing, house: House
) -> None:
    chain.send(typing(0, 40))
    store, at_us = house.installation.store, now_us() + 2 * ROUND_US
    dead: list[DueState] = list(store.claim_states("dies", at_us, 10))
    assert [one.next_sequence for one in dead] == [0]
    assert not store.claim_states("another", at_us, 10), "claimed"
    assert look(house, at_us + 61_000_000).counters.batches == 1
    assert stored(house).next_sequence == 1


def test_undecodable_batch_costs_its_stretch_and_not_the_state(
    chain: Chain, typing: Typing, house: House
) -> None:
    chain.send(typing(0, 40))
    envelope = undecodable(chain)
    chain.accept(envelope, chain.device.post(envelope.sealed))
    chain.send(typing(60_000_000, 40))
    look(house, now_us() + 2 * ROUND_US)
    state = from_bytes(state_of(house, chain))
    assert (state.stop, state.spoken_us, state.text_keys) == (3, 60_000_000, 80)


def sealed(house: House, chain: Chain, state: bytes, behind: int = 1) -> bytes:
    place = state_place(1, chain.session, behind)
    return LogSeal(house.installation.keys).seal(place, state)


@pytest.mark.parametrize("damage", ["another version", "empty", "not sealed", "of another place"])
def test_state_that_cannot_be_read_is_rebuilt(
    chain: Chain, typing: Typing, house: House, damage: str
) -> None:
    chain.send(typing(0, 40))
    at_us = now_us() + 2 * ROUND_US
    look(house, at_us)
    whole = state_of(house, chain)
    found = {
        "another version": sealed(house, chain, b"VTST of another version"),
        "empty": sealed(house, chain, b""),
        "not sealed": whole,
        "of another place": sealed(house, chain, whole, behind=2),
    }
    house.change("UPDATE scoring_states SET state = :damage", damage=found[damage])
    assert look(house, at_us + ROUND_US).counters.batches == 1, "from its batches"
    assert state_of(house, chain) == whole


def test_the_database_holds_a_state_sealed(chain: Chain, typing: Typing, house: House) -> None:
    chain.send(typing(0, 40))
    look(house, now_us() + 2 * ROUND_US)
    lying, whole = stored(house).state, state_of(house, chain)
    assert is_sealed(lying)
    assert not any(whole[at : at + 16] in lying for at in range(0, len(whole) - 16, 16))


def test_quiet_session_is_looked_at_less_often(chain: Chain, house: House) -> None:
    chain.send()
    at_us, waits = now_us() + 2 * ROUND_US, []
    for _ in range(6):
        look(house, at_us)
        waits.append((stored(house).due_us - at_us + ROUND_US - 1) // ROUND_US)
        at_us = stored(house).due_us
    assert waits == [1, 1, 2, 4, 8, 8]


def test_sessions_that_open_at_one_moment_are_spread_over_the_round(
    chain: Chain, house: House
) -> None:
    entry = house.own.session(chain.session)
    assert entry is not None
    opened_us = entry.opened_us
    new = NewSession(b"", entry.person, entry.device, entry.project, 1, "0.1.0", opened_us)
    ids = [hashlib.sha256(bytes([n])).digest()[:16] for n in range(200)]
    due = [first_look_us(replace(new, id=name)) - opened_us - ROUND_US // 2 for name in ids]
    tenths = Counter(10 * wait // ROUND_US for wait in due)
    assert sorted(tenths) == list(range(10))
    assert max(tenths.values()) < 40
    assert stored(house).due_us == first_look_us(replace(new, id=chain.session))


def test_state_goes_when_the_session_is_scored(
    chain: Chain, typing: Typing, house: House, make_worker: MakeWorker
) -> None:
    chain.send(typing(0, 40))
    look(house, now_us() + 2 * ROUND_US)
    chain.send(final=True)
    assert house.rows("scoring_states") == 1
    assert make_worker().do_next()
    assert house.rows("scoring_states") == 0


def test_trouble_of_one_session_stops_neither_others_nor_closed_ones(
    new_device: NewDevice,
    typing: Typing,
    house: House,
    make_worker: MakeWorker,
) -> None:
    device = new_device()
    good, bad, closed = (device.clock_in() for _ in range(3))
    for chain in (good, bad):
        chain.send(typing(0, 40))
    closed.send(final=True)
    house.change("UPDATE batches SET sealed = :damage WHERE session = 2", damage=b"x")
    house.change("UPDATE scoring_states SET due_us = 0")
    worker = make_worker()
    assert worker.do_next()
    assert house.rows("assessments") == 1, "the closed one first"
    assert worker.do_next()
    states = tables.scoring_states.c
    with house.database.reading.connect() as connection:
        query = select(states.next_sequence).order_by(states.session)
        assert connection.execute(query).scalars().all() == [1, 0]
    assert not worker.do_next()


def test_workers_share_what_is_due(chain: Chain, house: House) -> None:
    entry, store = house.own.session(chain.session), house.installation.store
    assert entry is not None
    new = NewSession(b"", entry.person, entry.device, entry.project, 1, "0.1.0", 0)
    for n in range(20):
        house.own.add_session(replace(new, id=bytes([n]) * 16))
    at_us = now_us() + 2 * ROUND_US

    def claims(worker: str) -> list[int]:
        found: list[int] = []
        while due := store.claim_states(worker, at_us, 3):
            found += [one.session_row for one in due]
        return found

    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(claims, ("a", "b", "c", "d")))
    # A worker that found only what others were claiming just then stops; the rest is still there.
    everything = sorted([*chain_of(*shares), *claims("last")])
    assert everything == list(range(1, 22)), "each once"


def test_look_that_ended_its_worker_comes_after_the_others(
    new_device: NewDevice, house: House
) -> None:
    device, store = new_device(), house.installation.store
    for _ in range(2):
        device.clock_in()
    house.change("UPDATE scoring_states SET due_us = session")
    at_us, looked = now_us() + ROUND_US, []
    for _ in range(3):
        looked += [one.session_row for one in store.claim_states("dies", at_us, 1)]
        store.release("dies")
    assert looked[0] != looked[1]
    assert looked[2] == looked[0]


def test_only_states_of_a_claim_that_holds_are_kept_and_counted(
    new_device: NewDevice, house: House
) -> None:
    device, store = new_device(), house.installation.store
    for _ in range(3):
        device.clock_in()
    due = store.claim_states("slow", now_us() + 2 * ROUND_US, 3)
    house.change("UPDATE scoring_states SET claims = claims + 1 WHERE session = 2")
    made = [
        NewState(one.session_row, one.session, one.claim, 77, 5, 0, b"state", b"{}") for one in due
    ]
    assert house.own.keep_states(made) == 2
    assert house.own.keep_states([]) == 0
    states = tables.scoring_states.c
    with house.database.reading.connect() as connection:
        query = select(states.session).where(states.due_us == 77).order_by(states.session)
        assert connection.execute(query).scalars().all() == [1, 3]


def test_provisional_assessment_is_nowhere_to_be_seen(
    chain: Chain, typing: Typing, house: House, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    chain.send(typing(0, 40))
    look(house, now_us() + 2 * ROUND_US, SENTINEL)
    assert SENTINEL.encode() in stored(house).provisional
    clients = _everybody(house, address, chain)
    paths = _paths(house, chain)
    answers = [client.get(path) for client in clients for path in paths]
    for client in clients:
        client.close()
    assert sum(answer.status_code == 200 for answer in answers) > 20
    for answer in answers:
        assert SENTINEL not in answer.text + str(answer.headers), answer.url
    assert not any(SENTINEL in JsonLines().format(record) for record in caplog.records)


def _paths(house: House, chain: Chain) -> list[str]:
    """Every route that is read, about this session."""
    store = house.installation.store
    readiness = Readiness(store, house.installation.objects.stored)
    app = _pages(house.installation, cast(BatchWriter, None), readiness)
    routes = [route for route in app.routes if isinstance(route, Route)]
    paths = {route.path for route in routes if "GET" in (route.methods or ())}
    paths |= {path for path, said in app.openapi()["paths"].items() if "get" in said}
    assert {"/v1/sessions/{session_id}/assessment", "/sessions/{session}"} <= paths
    return [re.sub(r"\{[^}]+\}", chain.session.hex(), path) for path in sorted(paths)]


def _everybody(house: House, address: str, chain: Chain) -> list[httpx.Client]:
    tokens = (house.platform_key, chain.device.enrolled.token)
    return [
        *(_bearing(address, token) for token in tokens),
        *(_signed_in(address, login) for login in ("ada", "otto", "tim", "admin")),
    ]


def _bearing(address: str, token: str) -> httpx.Client:
    client = browsing(address)
    client.headers["authorization"] = f"Bearer {token}"
    return client


def _signed_in(address: str, login: str) -> httpx.Client:
    client = browsing(address)
    found = re.search(r'name="csrf" value="([^"]+)"', client.get("/login").text)
    assert found is not None
    client.post("/login", data={"csrf": found[1], "login": login, "password": PASSWORD})
    return client
