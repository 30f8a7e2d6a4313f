"""The open-loop load generator: `python -m bench.server.generator FOLDER HOST PORT CONNECTIONS`.

A request starts at its scheduled moment whatever the answers before it do, and its latency counts
from that moment: a server that stalls is charged for all who had to wait (no coordinated omission).
It is a process of its own, as cheap as can be: prebuilt bytes out of a mapped file, raw protocols
on kept-alive connections, numbers into arrays.
"""

import asyncio
import gc
import mmap
import resource
import sys
import time
from array import array
from collections import Counter, deque
from contextlib import suppress
from pathlib import Path
from typing import cast

import msgspec
import numpy as np
import uvloop

from bench.server.requests import load_requests
from bench.server.run_result import SAVED, RunResult

_TICK_S = 0.001
_GRACE_S = 30.0
_OPENING_AT_ONCE = 128
_RECEIPT_EVERY = 50
_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length: "
_CLOSE = b"connection: close"
_LOST = 1
"""Stands where a status would for a request whose connection ended before its answer."""
_READY = "ready"


class _Connection(asyncio.Protocol):
    __slots__ = ("_buffer", "_generator", "number", "transport")

    def __init__(self, generator: "Generator") -> None:
        self._generator = generator
        self._buffer = b""
        self.number = -1
        self.transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclass of asyncio's.
        self.transport = cast("asyncio.WriteTransport", transport)
        self._generator.opened(self)

    def data_received(self, data: bytes) -> None:
        if self._buffer:
            data = self._buffer + data
        end = data.find(_END_OF_HEAD)
        if end < 0:
            self._buffer = data
            return
        head = data[:end].lower()
        at = head.find(_LENGTH)
        length = int(head[at + len(_LENGTH) :].split(b"\r", 1)[0]) if at >= 0 else 0
        if len(data) < end + len(_END_OF_HEAD) + length:
            self._buffer = data
            return
        self._buffer = b""
        body = data[end + len(_END_OF_HEAD) :]
        self._generator.answered(self, int(head[9:12]), body, closes=_CLOSE in head)

    def connection_lost(self, exc: Exception | None) -> None:
        self._generator.closed(self)


class Generator:
    """Sends what is due and notes what comes back."""

    def __init__(self, folder: Path, host: str, port: int, connections: int) -> None:
        plan = load_requests(folder)
        self._maps = [_mapped(path) for path in plan.paths]
        self._files = plan.files.tolist()
        self._offsets = plan.offsets.tolist()
        self._lengths = plan.lengths.tolist()
        self._due_s = (plan.due_us / 1e6).tolist()
        self._count = len(self._due_s)
        self._latency_s = array("d", [float("nan")] * self._count)
        self._status = array("H", [0] * self._count)
        self._late_s = array("d", [0.0] * self._count)
        self._receipts: dict[int, str] = {}
        self._refusals: Counter[str] = Counter()
        self._idle: deque[_Connection] = deque()
        self._waiting: deque[int] = deque()
        self._next = 0
        self._left = self._count
        self._began_s = 0.0
        self._reopened = 0
        self._host, self._port, self._connections = host, port, connections
        self._loop = asyncio.get_running_loop()
        self._all_answered = asyncio.Event()

    async def run(self, stop_after_s: float) -> None:
        """Open the connections, wait for the word, send everything, wait for the answers."""
        for at in range(0, self._connections, _OPENING_AT_ONCE):
            batch = range(min(_OPENING_AT_ONCE, self._connections - at))
            await asyncio.gather(*(self._connect() for _ in batch))
        print(_READY, flush=True)
        await self._loop.run_in_executor(None, sys.stdin.readline)
        gc.collect()
        gc.freeze()
        gc.disable()
        self._began_s = time.monotonic()
        self._tick()
        with suppress(TimeoutError):
            end_s = min(self._due_s[-1] + _GRACE_S, stop_after_s)
            await asyncio.wait_for(self._all_answered.wait(), end_s)

    def opened(self, connection: _Connection) -> None:
        """A connection can be used."""
        if self._waiting:
            self._send(connection, self._waiting.popleft())
        else:
            self._idle.append(connection)

    def answered(self, connection: _Connection, status: int, body: bytes, *, closes: bool) -> None:
        """An answer came in full."""
        number = connection.number
        connection.number = -1
        self._note(number, status)
        if status != 200:
            self._refusals[body[:200].decode("utf-8", "replace")] += 1
        elif number % _RECEIPT_EVERY == 0:
            self._receipts[number] = body.decode()
        if not closes:
            self.opened(connection)

    def closed(self, connection: _Connection) -> None:
        """A connection ended; another takes its place."""
        if connection.number >= 0:
            self._note(connection.number, _LOST)
        if connection in self._idle:
            self._idle.remove(connection)
        if self._left and self._began_s:
            self._reopened += 1
            self._loop.create_task(self._connect())

    def result(self) -> RunResult:
        """What was measured."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        return RunResult(
            took_s=time.monotonic() - self._began_s,
            generator_cpu_s=used.ru_utime + used.ru_stime,
            connections=self._connections,
            reopened=self._reopened,
            receipts=self._receipts,
            refusals=dict(self._refusals.most_common(5)),
        )

    def save(self, folder: Path) -> None:
        """Leave the measurements for the process that started this one."""
        np.savez(
            folder / f"{SAVED}.npz",
            latency_s=np.array(self._latency_s),
            status=np.array(self._status),
            late_s=np.array(self._late_s),
        )
        (folder / f"{SAVED}.json").write_bytes(msgspec.json.encode(self.result()))

    async def _connect(self) -> None:
        try:
            await self._loop.create_connection(lambda: _Connection(self), self._host, self._port)
        except OSError:
            if self._left:
                self._loop.call_later(0.1, lambda: self._loop.create_task(self._connect()))

    def _tick(self) -> None:
        now_s = time.monotonic() - self._began_s
        while self._next < self._count and self._due_s[self._next] <= now_s:
            number = self._next
            self._next += 1
            if self._idle:
                self._send(self._idle.popleft(), number)
            else:
                self._waiting.append(number)
        if self._next < self._count:
            self._loop.call_later(_TICK_S, self._tick)

    def _send(self, connection: _Connection, number: int) -> None:
        at = self._offsets[number]
        request = self._maps[self._files[number]][at : at + self._lengths[number]]
        connection.number = number
        self._late_s[number] = time.monotonic() - self._began_s - self._due_s[number]
        connection.transport.write(request)

    def _note(self, number: int, status: int) -> None:
        self._latency_s[number] = time.monotonic() - self._began_s - self._due_s[number]
        self._status[number] = status
        self._left -= 1
        if not self._left:
            self._all_answered.set()


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


async def _main(folder: Path, host: str, port: int, connections: int, stop_after_s: float) -> None:
    generator = Generator(folder, host, port, connections)
    await generator.run(stop_after_s)
    generator.save(folder)


if __name__ == "__main__":
    _folder, _host, _port, _connections, _stop = sys.argv[1:]
    uvloop.run(_main(Path(_folder), _host, int(_port), int(_connections), float(_stop)))
