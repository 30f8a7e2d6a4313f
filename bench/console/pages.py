"""The console's pages with a million sessions stored: `python -m bench.console.pages [--json]`.

A real server over HTTP on one connection, asked by somebody who is signed in. The exit status is 1
if a budget is missed.
"""

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.api.population import Population, populate
from bench.console.reviews import add_reviews
from bench.report import Report, Row
from bench.server.driving import on_server_cores
from bench.server.storages import POSTGRESQL, SQLITE, storage
from server.clock import now_us
from server.installation import open_installation
from server.records import Role
from server.services.administration import Administration
from tests.live.server_process import Operator, listening_url, serve
from tests.server.browser import Browser, signed_in
from tests.server.house import PASSWORD

_P95_MS = 100.0
_WARM_UP = 5
Draw = Callable[[random.Random], str]


def main(arguments: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.console.pages")
    parser.add_argument("--storage", choices=(SQLITE, POSTGRESQL), default=SQLITE)
    parser.add_argument("--sessions", type=int, default=1_000_000)
    parser.add_argument("--waiting", type=int, default=5_000, help="reviews that are open")
    parser.add_argument("--requests", type=int, default=100, help="of each kind")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    population = Population(options.sessions)
    report = Report()
    with TemporaryDirectory(prefix="veritype-bench-") as name:
        operator = Operator(Path(name))
        with storage(options.storage, operator.data) as database:
            operator.run("init", "--admin-password", PASSWORD)
            auditor = _auditor(operator.data)
            engine = database.engine()
            populate(engine, population)
            reviews, waiting = add_reviews(engine, population, options.waiting, auditor, now_us())
            engine.dispose()
            report.conditions = {
                "stored": f"{population.sessions:,} sessions, {reviews:,} reviews, "
                f"{waiting:,} of them open, {database.size_bytes() / 1e6:.0f} MB",
                "storage": database.says,
                "asked": f"{options.requests} times each, over one connection",
            }
            with on_server_cores():
                process = serve(operator, port=0)
            try:
                report.rows += _all(listening_url(process), population, options.requests)
            finally:
                process.stop(timeout_s=60.0)
    print(report.as_json() if options.json else report.as_text())
    return 1 if report.missed else 0


def _auditor(data: Path) -> bytes:
    installation = open_installation(data)
    administration = Administration(installation.store, installation.settings)
    added = administration.add_person("Otto", Role.AUDITOR, "otto", PASSWORD)
    installation.store.close()
    return added.person.id


def _all(address: str, population: Population, times: int) -> Iterator[Row]:
    scored = population.sessions - population.open - population.waiting

    def session(drawn: random.Random) -> str:
        return f"/sessions/{population.session(drawn.randrange(scored)).hex()}"

    reviewers: dict[str, Draw] = {
        "queue": lambda _: "/reviews",
        "queue, a page further on": lambda d: f"/reviews?page={d.randrange(1, 20)}",
        "queue, of one kind": lambda d: f"/reviews?kind={d.choice(('inserted', 'typed'))}",
        "queue, cases of three days": lambda _: "/reviews?case=several&age=longer",
    }
    seeing: dict[str, Draw] = {
        "open reviews, by name": lambda _: "/reviews/open",
        "session page": session,
    }
    for login, kinds in (("otto", reviewers), ("admin", seeing)):
        with Browser(address) as browser:
            signed_in(browser, login, PASSWORD)
            for name, draw in kinds.items():
                yield from _measured(browser, name, draw, times)


def _measured(browser: Browser, name: str, draw: Draw, times: int) -> Iterator[Row]:
    print(f"{name} ...", file=sys.stderr, flush=True)
    drawn, took_ms = random.Random(1), []
    for number in range(times + _WARM_UP):
        path = draw(drawn)
        began_s = time.perf_counter()
        answer = browser.get(path)
        if number >= _WARM_UP:
            took_ms.append((time.perf_counter() - began_s) * 1000)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
    yield Row(f"{name}, p50", statistics.median(took_ms), "ms")
    yield Row(f"{name}, p95", statistics.quantiles(took_ms, n=20)[18], "ms", _P95_MS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
