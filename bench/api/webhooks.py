"""10,000 webhook deliveries to real local servers, with and without a failing third of the targets.

`python -m bench.api.webhooks [--deliveries 10000] [--targets 30] [--json]`. Of the failing targets
a third hangs, a third answers 503, and a third refuses the connection. Printed for each run: how
fast what is for the healthy targets arrived, and how late, from the moment it happened.
"""

import argparse
import asyncio
import json
import multiprocessing
import socket
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from server.clock import now_us
from server.installation import Installation, make_data_folder, open_installation
from server.notices.telling import Telling
from server.records import Happened
from server.services.administration import Administration
from server.services.asking import Asker
from server.storage.sql.bound import Bound
from server.webhooks.delivering import Deliveries
from server.webhooks.endpoints import Webhooks
from server.webhooks.posting import Poster
from server.webhooks.targets import TargetRules, networks_of

RULES = TargetRules(plain_http=True, networks=networks_of("127.0.0.0/8"))
_ASKER = Asker(1, "bench", None)
_OK = b"HTTP/1.1 204 No Content\r\n\r\n"
_NO = b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"
_KIND = Happened.SESSION_SCORED
_LONGEST_S = 600
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Run:
    """What the healthy targets saw."""

    targets: int
    failing: int
    healthy_deliveries: int
    seconds: float
    per_second: float
    delay_median_s: float
    delay_p99_s: float
    delay_max_s: float
    cpu_ms_each: float
    """Of the process that delivers, for each that arrived."""


async def _serve(
    healthy: Sequence[socket.socket], bad: Sequence[socket.socket], out: Connection
) -> None:
    loop = asyncio.get_running_loop()
    arrived: list[float] = []

    def take(answer: bytes | None, *, counts: bool) -> Handler:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                await reader.readexactly(length)
                if answer is None:
                    await reader.read()
                    return
                if counts:
                    arrived.append(time.time())
                writer.write(answer)
                await writer.drain()
            except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                pass
            finally:
                writer.close()

        return handle

    for each in healthy:
        await asyncio.start_server(take(_OK, counts=True), sock=each)
    for number, each in enumerate(bad):
        answer = None if number % 2 == 0 else _NO
        await asyncio.start_server(take(answer, counts=False), sock=each)
    asked = await loop.run_in_executor(None, out.recv)
    while len(arrived) < asked:
        await asyncio.sleep(0.005)
    out.send(arrived)


def _servers(
    healthy: Sequence[socket.socket], bad: Sequence[socket.socket], out: Connection
) -> None:
    asyncio.run(_serve(healthy, bad, out))


def _sockets(count: int) -> list[socket.socket]:
    return [socket.create_server(("127.0.0.1", 0), backlog=1024) for _ in range(count)]


def measure(folder: Path, targets: int, failing: int, deliveries: int) -> Run:
    """Deliver so many in all, to so many targets of which some fail."""
    make_data_folder(folder)
    installation = open_installation(folder)
    Administration(installation.store, installation.settings).found("Bench", None)
    good, bad = _sockets(targets - failing), _sockets(failing * 2 // 3)
    closed = _sockets(failing - len(bad))
    secret = installation.keys.sign_in_secret
    webhooks = Webhooks(installation.store, secret, RULES)
    for each in (*bad, *closed, *good):
        url = f"http://127.0.0.1:{each.getsockname()[1]}/"
        webhooks.add(_ASKER, url, frozenset({_KIND}))
    for each in closed:
        each.close()
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_servers, args=(good, bad, theirs), daemon=True)
    process.start()
    happened = deliveries // targets
    ours.send(happened * len(good))
    began_s, busy_s = time.time(), time.process_time()
    _happen(installation, happened)
    arrived = _deliver(installation, Deliveries(installation.store, secret, Poster(RULES)), ours)
    busy_s = time.process_time() - busy_s
    process.join(10)
    process.kill()
    installation.store.close()
    delays = sorted(at_s - began_s for at_s in arrived)
    return Run(
        targets,
        failing,
        len(delays),
        round(delays[-1], 2),
        round(len(delays) / delays[-1]),
        round(delays[len(delays) // 2], 2),
        round(delays[len(delays) * 99 // 100], 2),
        round(delays[-1], 2),
        round(busy_s * 1_000 / len(delays), 2),
    )


def _happen(installation: Installation, count: int) -> None:
    own = installation.store.of(1)
    assert isinstance(own, Bound)
    with own._transaction() as connection:
        for _ in range(count):
            own._announce(connection, _KIND, "ab" * 16, now_us())
    telling = Telling(installation.store, by_mail=False)
    while telling.do_next(now_us()):
        pass


def _deliver(installation: Installation, errand: Deliveries, arrived: Connection) -> list[float]:
    until_s = time.monotonic() + _LONGEST_S
    while not arrived.poll() and time.monotonic() < until_s:
        if not errand.do_next(now_us()):
            time.sleep(0.01)
    found = msgspec.convert(arrived.recv(), list[float])
    errand.end()
    return found


def main() -> None:
    """Measure without and with a failing third."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--deliveries", type=int, default=10_000)
    asked.add_argument("--targets", type=int, default=30)
    asked.add_argument("--json", action="store_true")
    words = asked.parse_args()
    healthy = words.targets * 2 // 3
    runs = []
    for targets, failing in ((healthy, 0), (words.targets, words.targets - healthy)):
        share = words.deliveries * targets // words.targets
        with tempfile.TemporaryDirectory() as scratch:
            runs.append(measure(Path(scratch) / "data", targets, failing, share))
    for run in runs:
        print(json.dumps(asdict(run)) if words.json else run)


if __name__ == "__main__":
    main()
