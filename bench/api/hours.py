"""A month's timesheets of 30,000 people, exported over HTTP while the server does nothing else.

Each person has a session on each working day; the rows are what scoring would have stored. The
export is asked for as platforms ask: a key, a socket, CSV, and JSON beside it.
"""

import argparse
import hashlib
import time
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import msgspec
from sqlalchemy import Engine, Table, insert, select

from bench.report import Report, Row, mebibytes
from bench.server.storages import POSTGRESQL, SQLITE, storage
from server.installation import make_data_folder, open_installation
from server.records import Scope
from server.services.administration import Administration
from server.storage import tables
from tests.server.house import browsing, serving
from wire.policy import Policy

PEOPLE = 30_000
BUDGET_S = 60
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
_SEED = 11
_HOUR_S = 3600
_DAY_S = 24 * _HOUR_S
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_ROWS_AT_ONCE = 20_000
_TIMEOUT_S = 600.0
_SATURDAY = 5

Values = dict[str, object]


def main() -> None:
    """Seed, export, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--storage", choices=[SQLITE, POSTGRESQL], default=SQLITE)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    report = measured(asked.people, asked.storage)
    print(report.as_json() if asked.json else report.as_text())
    raise SystemExit(1 if report.missed else 0)


def measured(people: int, kind: str) -> Report:
    """Run it; the budget counts at full size."""
    report = Report()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "data"
        with storage(kind, path) as database:
            make_data_folder(path)
            key = _furnished(path)
            lines = _seeded(database.engine(), people)
            report.conditions |= {
                "people": f"{people:,}",
                "lines": f"{lines:,}, of {FIRST} to {LAST}",
                "storage": database.says,
            }
            budget_s = BUDGET_S if people >= PEOPLE else None
            with serving(path) as address:
                for name in ("csv", "json"):
                    took_s, size_bytes = _exported(address, key, name, lines)
                    row = Row(f"a month's hours as {name.upper()}", took_s, "s", budget_s)
                    report.rows.append(row)
                    size = Row(f"size as {name.upper()}", mebibytes(size_bytes), "MiB")
                    report.rows.append(size)
    return report


def _furnished(path: Path) -> str:
    installation = open_installation(path)
    administration = Administration(installation.store, installation.settings)
    administration.found("bench", None)
    administration.add_project("bench", msgspec.json.encode(Policy(version=1, windows=())))
    key = administration.add_platform_key("payroll", {Scope.EXPORTS_READ})
    installation.store.close()
    return key


def _exported(address: str, key: str, name: str, lines: int) -> tuple[float, int]:
    params = {"from": FIRST.isoformat(), "to": LAST.isoformat(), "format": name}
    fields = {"authorization": f"Bearer {key}", "accept-encoding": "identity"}
    began_s, size_bytes, found = time.perf_counter(), 0, 0
    with (
        browsing(address, _TIMEOUT_S) as client,
        client.stream("GET", "/v1/exports/hours", params=params, headers=fields) as answer,
    ):
        _check(answer)
        for piece in answer.iter_bytes():
            size_bytes += len(piece)
            found += piece.count(b"\r\n") if name == "csv" else piece.count(b'"observed_s"')
    took_s = time.perf_counter() - began_s
    expected = lines + 1 if name == "csv" else lines
    # A key that is cut in two by a piece's end is not seen.
    if abs(found - expected) > (0 if name == "csv" else expected // 100):
        raise SystemExit(f"{found} lines came, and {expected} were stored")
    return took_s, size_bytes


def _check(answer: httpx.Response) -> None:
    if answer.status_code != httpx.codes.OK:
        raise SystemExit(f"the export was answered {answer.status_code}")


def _seeded(engine: Engine, people: int) -> int:
    """Store everybody's month; how many lines it has."""
    with engine.begin() as connection:
        projects = tables.projects.c
        organisation, project = connection.execute(select(projects.organisation, projects.id)).one()
    shared: Values = {"organisation": organisation, "project": project}
    lines = 0
    for table, rows in _tables(people, shared):
        for some in _some(rows):
            with engine.begin() as connection:
                connection.execute(insert(table), some)
            lines += len(some) if table is tables.hours else 0
    engine.dispose()
    return lines


def _tables(people: int, shared: Values) -> Iterator[tuple[Table, Iterator[Values]]]:
    owned: Values = {"organisation": shared["organisation"]}
    numbers = range(people)
    yield tables.people, (owned | _person(number) for number in numbers)
    yield tables.devices, (owned | _device(number) for number in numbers)
    days = [day for day in range(FIRST.toordinal(), LAST.toordinal() + 1) if _works(day)]
    weeks = sorted({day - (day - 1) % 7 for day in days})
    every = [(day, number) for day in days for number in numbers]
    yield (
        tables.sessions,
        (shared | _session(row, *each) for row, each in enumerate(every, 1)),
    )
    yield tables.timesheets, (owned | _sheet(week, n) for week in weeks for n in numbers)
    yield tables.hours, (owned | _hours(row, *each) for row, each in enumerate(every, 1))


def _works(day: int) -> bool:
    return date.fromordinal(day).weekday() < _SATURDAY


def _person(number: int) -> Values:
    return {"id": _drawn("person", number), "name": f"Trainer {number:06}", "role": "trainer"}


def _device(number: int) -> Values:
    key = _drawn("key", number) * 2
    return {
        "id": _drawn("device", number),
        "person": _drawn("person", number),
        "public_key": key,
        "token_hash": key,
        "platform": "Linux",
        "agent_version": "0.1.0",
        "enrolled_us": 1,
    }


def _session(row: int, day: int, number: int) -> Values:
    opened_s = (day - _EPOCH_DAY) * _DAY_S + 8 * _HOUR_S + number % _HOUR_S
    return {
        "row": row,
        "id": _drawn(f"session {day}", number),
        "person": _drawn("person", number),
        "device": _drawn("device", number),
        "policy_version": 1,
        "agent_version": "0.1.0",
        "opened_us": opened_s * 1_000_000,
    }


def _sheet(week: int, number: int) -> Values:
    return {
        "id": _drawn(f"week {week}", number),
        "person": _drawn("person", number),
        "week": week,
        "state": "approved",
        "version": 3,
        "changed_us": 1,
        "changed_by": "bench",
    }


def _hours(row: int, day: int, number: int) -> Values:
    return {
        "session": row,
        "person": _drawn("person", number),
        "day": day,
        "zone": "Europe/Berlin",
        "observed_s": 7 * _HOUR_S + number % _HOUR_S,
        "partly_s": number % 600,
        "unobservable_s": number % 61,
        "manual_s": number % 901,
        "overlap_s": 0,
        "held_s": number % 7 * 60,
        "rejected_s": 0,
    }


def _drawn(what: str, number: int) -> bytes:
    return hashlib.sha256(f"{_SEED} {what} {number}".encode()).digest()[:16]


def _some(rows: Iterator[Values]) -> Iterator[Sequence[Values]]:
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        yield some


if __name__ == "__main__":
    main()
