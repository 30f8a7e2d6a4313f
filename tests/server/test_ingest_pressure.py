"""More than the server can take is refused before memory grows, and nothing is lost by it."""

import asyncio
import contextlib
import resource
import socket
import sqlite3
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from server.errors import Refusal
from server.ingest import route
from server.ingest.bodies import Bodies
from server.ingest.pace import Pace
from server.ingest.room import Room
from server.storage.sqlite import engine
from tests.server.device import Chain, Device
from tests.server.house import House, browsing, serving
from tests.server.kinds import ProblemOf
from tests.server.storages import ON_SQLITE
from tests.server.test_durability import server_process
from wire import limits
from wire.problems import ProblemCode

MANY = 60
WAITING_MAX = 20


def set_to(house: House, **settings: int) -> None:
    """Change settings; the storage's own stay."""
    path = house.path / "server.toml"
    lines = [line for line in path.read_text().splitlines() if line.split(" ")[0] not in settings]
    lines += [f"{name} = {value}" for name, value in settings.items()]
    path.write_text("\n".join(lines))


def clocked_in(house: House, client: httpx.Client, sessions: int = 1) -> list[Chain]:
    device = Device(client)
    device.enrol(house.administration.pair(house.trainer.name))
    return [device.clock_in() for _ in range(sessions)]


@contextlib.contextmanager
def write_lock(house: House) -> Iterator[sqlite3.Connection]:
    """What a disk that stands still looks like: no commit gets through."""
    other = sqlite3.connect(house.path / "veritype.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield other
    finally:
        other.close()


async def post_all(
    address: str, device: Device, sealed: list[bytes], house: House
) -> list[httpx.Response]:
    """Post all at once while no commit gets through; it does when enough were refused."""
    answers: list[httpx.Response] = []
    async with httpx.AsyncClient(base_url=address, timeout=60, verify=False) as client:  # noqa: S501

        async def post(body: bytes) -> httpx.Response:
            answer = await client.post("/agent/v1/batches", content=body, headers=device.auth)
            answers.append(answer)
            if len(answers) == len(sealed) - WAITING_MAX:
                lock.close()
            return answer

        with write_lock(house) as lock:
            return list(await asyncio.gather(*(post(each) for each in sealed)))


@ON_SQLITE
def test_disk_that_stands_still_fills_the_queue_and_no_more(
    house: House, problem: ProblemOf
) -> None:
    set_to(house, ingest_queue_max=WAITING_MAX)
    with serving(house.path) as address, browsing(address) as client:
        chains = clocked_in(house, client, MANY)
        envelopes = [chain.seal() for chain in chains]
        sealed = [envelope.sealed for envelope in envelopes]
        answers = asyncio.run(post_all(address, chains[0].device, sealed, house))
        refused = [answer for answer in answers if answer.status_code != 200]
        assert len(answers) - len(refused) == WAITING_MAX
        assert house.rows("batches") == WAITING_MAX
        for answer in refused:
            assert problem(answer).code is ProblemCode.OVERLOADED
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) >= 1
        for chain, envelope in zip(chains, envelopes, strict=True):
            chain.accept(envelope, chain.device.post(envelope.sealed))
    assert house.rows("batches") == MANY


@ON_SQLITE
def test_lock_of_another_process_is_waited_for_and_then_refused(
    house: House, monkeypatch: pytest.MonkeyPatch, problem: ProblemOf
) -> None:
    monkeypatch.setattr(engine, "_BUSY_S", 0.2)
    with serving(house.path) as address, browsing(address) as client:
        (chain,) = clocked_in(house, client)
        envelope = chain.seal()
        with write_lock(house):
            answer = chain.device.post(envelope.sealed)
            assert (problem(answer).code, answer.status_code) == (ProblemCode.OVERLOADED, 503)
        chain.accept(envelope, chain.device.post(envelope.sealed))
    assert house.rows("batches") == 1


@ON_SQLITE
def test_full_disk_acknowledges_nothing_and_is_got_over(house: House, problem: ProblemOf) -> None:
    """A limit on the size of its files is to the server what a full disk is."""
    with server_process(house.path) as (process, address), browsing(address) as client:
        (chain,) = clocked_in(house, client)
        acknowledged = [chain.send().digest]
        log = Path(f"{house.path / 'veritype.db'}-wal").stat().st_size
        before = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (log + 20_000, before[1]))
        for _ in range(100):
            envelope = chain.seal()
            answer = chain.device.post(envelope.sealed)
            if answer.status_code != 200:
                break
            acknowledged.append(chain.accept(envelope, answer).digest)
        assert (problem(answer).code, answer.status_code) == (ProblemCode.OVERLOADED, 503)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, before)
        acknowledged.append(chain.accept(envelope, chain.device.post(envelope.sealed)).digest)
        acknowledged.append(chain.send().digest)
    assert [batch.digest for batch in house.own.batches(1)] == acknowledged
    assert house.installation.store.check() == []


def test_device_that_posts_too_fast_waits_and_others_do_not(
    house: House, problem: ProblemOf
) -> None:
    set_to(house, device_batches_per_minute=60)
    with serving(house.path) as address, browsing(address) as client:
        (chain,) = clocked_in(house, client)
        (other,) = clocked_in(house, client)
        sent = 0
        until = time.monotonic() + 60
        while (answer := chain.device.post((envelope := chain.seal()).sealed)).status_code == 200:
            chain.accept(envelope, answer)
            sent += 1
            assert time.monotonic() < until
        assert sent >= 20
        assert (problem(answer).code, answer.status_code) == (ProblemCode.OVERLOADED, 429)
        assert answer.headers["retry-after"] == "1"
        other.send()
        while (answer := chain.device.post(envelope.sealed)).status_code == 429:
            assert time.monotonic() < until
        chain.accept(envelope, answer)
    assert house.rows("batches") == sent + 2


def test_pace_is_kept_for_each_device_and_forgotten_when_even() -> None:
    pace = Pace(per_s=2, burst=20)
    assert [pace.wait_s(b"a", 0.0) for _ in range(20)] == [0] * 20
    assert pace.wait_s(b"a", 0.0) == 1
    assert pace.wait_s(b"b", 0.0) == 0
    assert [pace.wait_s(b"a", now_s) for now_s in (0.4, 0.5, 0.6, 1.0)] == [1, 0, 1, 0]
    for number in range(100_000):
        assert pace.wait_s(number.to_bytes(4, "big"), 1_000 + number) == 0
    assert len(pace) < 20_000


def test_body_that_trickles_in_is_given_up(
    house: House, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(route, "Bodies", partial(Bodies, 0.2))
    sealed = chain.seal().sealed
    with serving(house.path) as address:
        to = urlsplit(address)
        with socket.create_connection((to.hostname or "", to.port or 0), 30) as connection:
            head = (
                f"POST /agent/v1/batches HTTP/1.1\r\nhost: x\r\n"
                f"authorization: {chain.device.auth['authorization']}\r\n"
                f"content-length: {len(sealed)}\r\n\r\n"
            )
            connection.sendall(head.encode() + sealed[:100])
            answer = b""
            while part := connection.recv(65_536):
                answer += part
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"overloaded" in answer
    assert house.rows("batches") == 0


def test_room_is_bounded_in_requests_and_in_bytes() -> None:
    room = Room(requests_max=2, bytes_max=3 * limits.BATCH_MAX_BYTES)
    first, second = room.enter(b"100"), room.enter(None)
    assert (first, second) == (100, limits.BATCH_MAX_BYTES)
    with pytest.raises(Refusal) as refused:
        room.enter(b"1")
    assert refused.value.problem.status == 503
    assert refused.value.retry_after_s is not None
    room.leave(first)
    room.enter(b"1")
    small = Room(requests_max=10, bytes_max=1_000)
    with pytest.raises(Refusal):
        small.enter(b"1001")
    small.enter(b"1000")
