"""Two other servers that take the same events: ActivityWatch's, and a plain one.

Each is asked as fast as it answers, over one connection and over several; the better of the two
medians counts.
"""

import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import requests

from bench.scratch import installed, scratch_python
from bench.server.driving import generator, on_server_cores
from bench.server.material import as_activitywatch_json, as_plain_json, stretch_of
from bench.server.requests import Requests, post_request, requests_at_once
from tests.live.processes import Child, NeverHappenedError, start, wait_for

ACTIVITYWATCH = "aw-server"
PLAIN = "FastAPI + SQLAlchemy"
_PACKAGES = ("aw-server", "peewee<4")
_ENVIRONMENT = Path(".build/activitywatch")
_BUCKET = "bench"
_CONNECTIONS = (1, 8)
_REQUESTS = 1_500
_JSON = "application/json"
_START_S = 60.0


@dataclass(frozen=True, slots=True)
class PeerFigure:
    """The events a second that a peer stored, and over how many connections."""

    events_per_s: float
    connections: int


def peers_measured(
    folder: Path, seed: int, repetitions: int, seconds: float
) -> tuple[dict[str, PeerFigure], dict[str, str]]:
    """Measure both; the second answer says which could not be, and why."""
    found: dict[str, PeerFigure] = {}
    missing: dict[str, str] = {}
    if not repetitions:
        return found, dict.fromkeys((ACTIVITYWATCH, PLAIN), "left out")
    for name, serving, ask in (
        (ACTIVITYWATCH, _activitywatch, _ask_activitywatch),
        (PLAIN, _plain, _ask_plain),
    ):
        place = folder / name.split()[0]
        place.mkdir(parents=True)
        try:
            found[name] = _measured(place, serving, ask(place, seed), repetitions, seconds)
        except NeverHappenedError as error:
            missing[name] = str(error)
    return found, missing


def _measured(
    place: Path,
    serving: Callable[[Path, int], AbstractContextManager[Child]],
    asked: Requests,
    repetitions: int,
    seconds: float,
) -> PeerFigure:
    port = _free_port()
    with serving(place, port) as child:
        figures = [
            PeerFigure(
                median(
                    _events_per_s(place, asked, port, connections, seconds, child)
                    for _ in range(repetitions)
                ),
                connections,
            )
            for connections in _CONNECTIONS
        ]
    return max(figures, key=lambda figure: figure.events_per_s)


def _events_per_s(
    place: Path, asked: Requests, port: int, connections: int, seconds: float, child: Child
) -> float:
    with generator(asked, place, port, connections, seconds) as sender:
        measured = sender.send_all()
    stored = int(measured.acknowledged.sum())
    if not stored or any(name != "no answer" for name in measured.errors()):
        raise NeverHappenedError(
            f"{measured.errors()} {measured.run.refusals} {child.said()[-500:]}"
        )
    return stored * stretch_of(0, 0, 0).events / measured.run.took_s


def _ask_activitywatch(place: Path, seed: int) -> Requests:
    path = f"/api/0/buckets/{_BUCKET}/events"
    return requests_at_once(
        place / "requests.http",
        [
            post_request(path, None, _JSON, as_activitywatch_json(stretch_of(seed, number, 0)))
            for number in range(_REQUESTS)
        ],
    )


def _ask_plain(place: Path, seed: int) -> Requests:
    return requests_at_once(
        place / "requests.http",
        [
            post_request(
                "/events", None, _JSON, as_plain_json(stretch_of(seed, number, 0), f"{number:032x}")
            )
            for number in range(_REQUESTS)
        ],
    )


@contextmanager
def _activitywatch(place: Path, port: int) -> Iterator[Child]:
    python = scratch_python(_ENVIRONMENT)
    why = installed(python, *_PACKAGES)
    if why:
        raise NeverHappenedError(why)
    own = {"HOME": str(place), "XDG_CONFIG_HOME": "", "XDG_DATA_HOME": "", "XDG_CACHE_HOME": ""}
    command = [str(python.parent / "aw-server"), "--host", "127.0.0.1", "--port", str(port)]
    with _running(command, place, own) as child:
        _answers(child, f"http://127.0.0.1:{port}/api/0/info")
        bucket = {"client": "bench", "type": "keystrokes", "hostname": "bench"}
        url = f"http://127.0.0.1:{port}/api/0/buckets/{_BUCKET}"
        requests.post(url, json=bucket, timeout=_START_S).raise_for_status()
        yield child


@contextmanager
def _plain(place: Path, port: int) -> Iterator[Child]:
    own = {"PLAIN_DATABASE": str(place / "plain.db")}
    command = [sys.executable, "-m", "uvicorn", "bench.server.plain:app", "--no-access-log"]
    with _running([*command, "--port", str(port)], place, own) as child:
        _answers(child, f"http://127.0.0.1:{port}/openapi.json")
        yield child


@contextmanager
def _running(command: list[str], place: Path, own: dict[str, str]) -> Iterator[Child]:
    kept = {name: value for name, value in (os.environ | own).items() if value}
    with on_server_cores():
        child = start(command, place / "server.log", kept)
    try:
        yield child
    finally:
        child.stop()


def _answers(child: Child, url: str) -> None:
    def answered() -> bool:
        if not child.running():
            raise NeverHappenedError(f"it ended: {child.said()[-500:]}")
        try:
            return requests.get(url, timeout=5).ok
        except requests.RequestException:
            return False

    wait_for(f"an answer from {url}", answered, _START_S, child.said)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
