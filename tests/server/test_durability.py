"""An acknowledgement means durable, whatever happens to the process."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.server.device import Chain
from tests.server.house import House, browsing, serving
from tests.server.kinds import Typing

_READY = re.compile(r"listening on (http://\S+)")


@contextlib.contextmanager
def server_process(data: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "server.cli.main", "serve", "--port", "0", "--data", str(data)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            ready = _READY.search(process.stdout.readline())
            assert ready is not None, "the server did not start"
            yield process, ready.group(1)
        finally:
            process.kill()
            process.wait()


def test_server_stops_cleanly_and_takes_the_worker_along(house: House) -> None:
    with server_process(house.path) as (process, address):
        with browsing(address) as client:
            assert client.get("/healthz").json() == {"status": "ok"}
        children = _children(process.pid)
        assert children
        until = time.monotonic() + 60
        while os.getpriority(os.PRIO_PROCESS, children[0]) <= 0:
            assert time.monotonic() < until, "the scorer is not behind the server"
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    assert _gone(children)


def test_orphaned_worker_ends_by_itself(house: House) -> None:
    with server_process(house.path) as (process, _address):
        children = _children(process.pid)
        assert children
        process.kill()
    assert _gone(children)


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    by_thread = [path.read_text().split() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(child) for child in {*text.split(), *(c for many in by_thread for c in many)}]


def _ended(pid: int) -> bool:
    """Whether a process is over, even if nobody has asked for its status yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def _gone(pids: list[int]) -> bool:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if all(_ended(pid) for pid in pids):
            return True
        time.sleep(0.1)
    return False


def test_two_clients_racing_on_one_number_store_one_batch(
    chain: Chain, typing: Typing, house: House
) -> None:
    chain.send()
    rivals = [chain.seal(typing(30_000_000, keys)) for keys in range(1, 9)]
    with ThreadPoolExecutor(len(rivals)) as pool:
        answers = list(pool.map(lambda rival: chain.device.post(rival.sealed), rivals))
    won = [rival for rival, a in zip(rivals, answers, strict=True) if a.status_code == 200]
    assert len(won) == 1
    assert {a.status_code for a in answers} == {200, 409}
    assert [batch.digest for batch in house.own.batches(1)][1:] == [won[0].digest]


def test_the_same_batch_raced_is_stored_once_and_receipted_alike(
    chain: Chain, house: House
) -> None:
    envelope = chain.seal()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: chain.device.post(envelope.sealed), range(8)))
    assert len({answer.content for answer in answers}) == 1
    assert house.rows("batches") == 1


@pytest.mark.parametrize("again", range(2))
def test_head_kept_by_another_process_is_noticed(chain: Chain, house: House, again: int) -> None:
    """Two nodes on one store: the second has moved the head behind the first one's back."""
    chain.send()
    with serving(house.path) as elsewhere, browsing(elsewhere) as client:
        here, chain.device.client = chain.device.client, client
        chain.send()
        chain.device.client = here
    chain.send(final=bool(again))
    assert house.rows("batches") == 3
