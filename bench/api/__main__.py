"""List and detail routes with a million sessions stored: `python -m bench.api [--json]`.

A real server over HTTP on one connection, asked for places all over the store. The exit status is 1
if a budget is missed. The other files here measure what is not a list.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import requests

from bench.api.population import KEY, Population, populate
from bench.report import Report, Row
from bench.server.driving import on_server_cores
from bench.server.storages import POSTGRESQL, SQLITE, storage
from tests.live.server_process import Operator, listening_url, serve

_P95_MS = 50.0
_WARM_UP = 5
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Ask = Callable[[random.Random], tuple[str, dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One kind of request: a path and a query, another each time."""

    name: str
    draw: Ask


def main(arguments: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.api")
    parser.add_argument("--storage", choices=(SQLITE, POSTGRESQL), default=SQLITE)
    parser.add_argument("--sessions", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=200, help="of each kind")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    population = Population(options.sessions)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="veritype-bench-") as name:
        operator = Operator(Path(name))
        with storage(options.storage, operator.data) as database:
            operator.run("init")
            began_s = time.monotonic()
            engine = database.engine()
            populate(engine, population)
            engine.dispose()
            took_s = time.monotonic() - began_s
            report.conditions = {
                "stored": f"{population.sessions:,} sessions of {population.people:,} people, "
                f"{database.size_bytes() / 1e6:.0f} MB, written in {took_s:.0f} s",
                "storage": database.says,
                "asked": f"{options.requests} times each, over one connection",
            }
            with on_server_cores():
                process = serve(operator, port=0)
            try:
                address = listening_url(process)
                began_cpu_s = _cpu_s(process.pid)
                for each in _kinds(population, address):
                    report.rows += _measured(address, each, options.requests)
                asked = len(report.rows) // 2 * (options.requests + _WARM_UP)
                cpu_ms = (_cpu_s(process.pid) - began_cpu_s) / asked * 1000
                # What remains of the figures above is waiting: for a busy machine, perhaps.
                report.rows.append(Row("server's CPU a request, mean", cpu_ms, "ms"))
            finally:
                process.stop(timeout_s=60.0)
    print(report.as_json() if options.json else report.as_text())
    return 1 if report.missed else 0


def _cpu_s(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def _measured(address: str, asked: Asked, times: int) -> Iterator[Row]:
    print(f"{asked.name} ...", file=sys.stderr, flush=True)
    drawn, took_ms = random.Random(1), []
    with requests.Session() as session:
        session.headers["authorization"] = f"Bearer {KEY}"
        for number in range(times + _WARM_UP):
            path, params = asked.draw(drawn)
            began_s = time.perf_counter()
            answer = session.get(address + path, params=params, timeout=60)
            if number >= _WARM_UP:
                took_ms.append((time.perf_counter() - began_s) * 1000)
            assert answer.status_code == 200, f"{path}: {answer.text}"
    yield Row(f"{asked.name}, p50", statistics.median(took_ms), "ms")
    yield Row(f"{asked.name}, p95", statistics.quantiles(took_ms, n=20)[18], "ms", _P95_MS)


def _kinds(population: Population, address: str) -> Iterator[Asked]:
    def anywhere(drawn: random.Random) -> int:
        return drawn.randrange(population.sessions)

    def scored(drawn: random.Random) -> int:
        return drawn.randrange(population.sessions - population.open - population.waiting)

    def person(drawn: random.Random) -> str:
        return population.person(drawn.randrange(population.people)).hex()

    def project(drawn: random.Random) -> str:
        return population.project(drawn.randrange(population.projects)).hex()

    def moment(drawn: random.Random) -> str:
        return (_EPOCH + timedelta(microseconds=population.opened_us(anywhere(drawn)))).isoformat()

    sessions = "/v1/sessions"
    yield Asked("sessions, first page", lambda _: (sessions, {}))
    yield Asked("sessions, 200 a page", lambda _: (sessions, {"limit": "200"}))
    cursors = _cursors(address, sessions, {}, moment)
    yield Asked(
        "sessions, somewhere in the list", lambda d: (sessions, {"cursor": d.choice(cursors)})
    )
    yield Asked("sessions before a moment", lambda d: (sessions, {"to": moment(d)}))
    yield Asked("sessions from a moment on", lambda d: (sessions, {"from": moment(d)}))
    yield Asked("sessions of a person", lambda d: (sessions, {"person": person(d)}))
    yield Asked("sessions of a project", lambda d: (sessions, {"project": project(d)}))
    yield Asked(
        "sessions of a project before a moment",
        lambda d: (sessions, {"project": project(d), "to": moment(d)}),
    )
    yield Asked(
        "sessions of a person in a project",
        lambda d: (sessions, {"person": person(d), "project": project(d)}),
    )
    for state in ("open", "closed", "scored"):
        yield Asked(f"sessions that are {state}", _with(sessions, {"state": state}, {}))
        narrow = _with(sessions, {"state": state}, {"project": project})
        yield Asked(f"sessions of a project that are {state}", narrow)
    yield Asked("a session", lambda d: (f"{sessions}/{population.session(anywhere(d)).hex()}", {}))
    yield Asked("assessments", lambda _: ("/v1/assessments", {}))
    yield Asked("assessments of a project", lambda d: ("/v1/assessments", {"project": project(d)}))
    yield Asked(
        "assessments of a person, before a moment",
        lambda d: ("/v1/assessments", {"person": person(d), "to": moment(d)}),
    )
    yield Asked(
        "an assessment",
        lambda d: (f"{sessions}/{population.session(scored(d)).hex()}/assessment", {}),
    )
    yield from _others(population, person, project)


def _others(
    population: Population,
    person: Callable[[random.Random], str],
    project: Callable[[random.Random], str],
) -> Iterator[Asked]:
    yield Asked("people", lambda _: ("/v1/people", {}))
    yield Asked("a person", lambda d: (f"/v1/people/{person(d)}", {}))
    yield Asked("devices", lambda _: ("/v1/devices", {}))
    yield Asked("devices of a person", lambda d: ("/v1/devices", {"person": person(d)}))
    yield Asked(
        "a device",
        lambda d: (f"/v1/devices/{population.device(d.randrange(population.people)).hex()}", {}),
    )
    yield Asked("projects", lambda _: ("/v1/projects", {}))
    yield Asked("a project", lambda d: (f"/v1/projects/{project(d)}", {}))
    yield Asked("a project's policies", lambda d: (f"/v1/projects/{project(d)}/policies", {}))


def _with(
    path: str, params: dict[str, str], drawn: dict[str, Callable[[random.Random], str]]
) -> Ask:
    return lambda d: (path, params | {name: draw(d) for name, draw in drawn.items()})


def _cursors(
    address: str, path: str, params: dict[str, str], moment: Callable[[random.Random], str]
) -> list[str]:
    """Cursors from all over a list: each holds a position, whatever the list was narrowed by."""
    drawn, found = random.Random(2), []
    for _ in range(20):
        answer = requests.get(
            address + path,
            params=params | {"to": moment(drawn), "limit": "1"},
            headers={"authorization": f"Bearer {KEY}"},
            timeout=60,
        )
        cursor = answer.json()["next"]
        found += [cursor] if cursor else []
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
