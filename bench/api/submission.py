"""How long a platform waits for the answer about a submission of 10,000 characters.

`python -m bench.api.submission [--json] [--times 30] [--profile]` starts the real server on an
empty folder, has a person write such a text as an agent would record it, alone in its session and
as the last task of a day of 60,000 keys and more, and hands it in over HTTP again and again, each
time under another identifier. A text of somebody else is the slowest case: nothing of it is
certain, so all of it is read by the model.
"""

import argparse
import cProfile
import json
import pstats
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import numpy as np

from bench.report import Report, Row
from detector.simulation import draw_text
from server.records import Scope
from server.scoring.assessor import DetectorAssessor
from server.services.asking import Asker
from server.submissions.answering import Answering
from server.submissions.service import Submissions
from tests.live.server_process import Operator, listening_url, serve
from tests.server.house import House, browsing, make_house
from tests.server.submissions.work import Office, keys_of, send, task, watched, written
from wire.events import Event, Keystroke

CHARACTERS = 10_000
DAY_TASKS = 6
TASK_US = 75 * 60_000_000
"""Six of them are a day of seven and a half hours."""
BUDGET_MS = 500.0
_SHOWN = (
    "ask",
    "read_asked",
    "worksites",
    "opened_session",
    "recording_from_batches",
    "find_provenance",
    "handed_in",
    "align_codes",
    "first",
    "attest",
    "add_submission",
)


@dataclass(frozen=True, slots=True)
class Question:
    """One kind of submission."""

    name: str
    place: dict[str, Any]
    text: str


def questions(office: Office) -> list[Question]:
    """Sessions that are scored, and what is asked about them."""
    keys, text = keys_of(1, CHARACTERS)
    alone = office.clock_in()
    send(alone, [*watched(), *keys])
    day, last = _day(text, keys)
    long = office.clock_in()
    send(long, day)
    office.score()
    foreign = written(draw_text(np.random.default_rng(99), CHARACTERS), 99)
    first, second = {"session": alone.session.hex()}, {"session": long.session.hex()}
    return [
        Question("its own session", first, text),
        Question("the last task of a day", second | {"tasks": [last]}, text),
        Question("somewhere in a day", second, text),
        Question("somebody else's text", first, foreign),
        Question("somebody else's text, a day", second, foreign),
    ]


def _day(text: str, keys: Sequence[Event]) -> tuple[list[Event], int]:
    """A day of tasks, the text the last of them."""
    happened: list[Event] = watched()
    for number in range(1, DAY_TASKS + 1):
        start_us = (number - 1) * TASK_US
        typed = keys if number == DAY_TASKS else keys_of(10 + number, CHARACTERS)[0]
        within = [key for key in typed if key.t_us < TASK_US]
        happened += [_later(key, start_us) for key in within]
        happened += task(number, start_us, start_us + TASK_US - 1)
    return happened, DAY_TASKS


def _later(key: Event, by_us: int) -> Event:
    if not isinstance(key, Keystroke):
        raise TypeError
    return replace(key, t_us=key.t_us + by_us)


def answered_ms(office: Office, question: Question, times: int) -> list[float]:
    """How long each of some answers took."""
    taken = []
    for number in range(times):
        identifier = f"{question.name}-{number}".replace(" ", "-")
        began_s = time.perf_counter()
        answer = office.ask(identifier, question.place, text=question.text)
        taken.append((time.perf_counter() - began_s) * 1000)
        if answer.status_code != httpx.codes.OK:
            raise RuntimeError(answer.text)
    return taken


def report_of(found: Sequence[tuple[Question, list[float]]]) -> Report:
    """Median and 95th percentile of each."""
    report = Report()
    for question, taken in found:
        for percentile in (50, 95):
            name = f"10,000 characters, {question.name}, p{percentile}"
            value = float(np.percentile(taken, percentile))
            report.rows.append(Row(name, round(value, 1), "ms", BUDGET_MS))
    return report


def cost_ms(house: House, question: Question, times: int = 5) -> float:
    """Processor time of one answer, in this process: what a busy machine changes little."""
    taken = []
    for number in range(times):
        began_s = time.process_time()
        _ask(house, question, f"cost-{question.name}-{number}".replace(" ", "-"))
        taken.append((time.process_time() - began_s) * 1000)
    return float(np.median(taken))


def profile(house: House, question: Question) -> None:
    """Where the time of one answer goes, in this process."""
    profiler = cProfile.Profile()
    profiler.runcall(_ask, house, question, "profiled")
    stats = pstats.Stats(profiler, stream=sys.stderr).sort_stats("cumulative")
    stats.print_stats("|".join(rf"\({name}\)" for name in _SHOWN))


def _ask(house: House, question: Question, identifier: str) -> None:
    installation = house.installation
    answering = Answering(installation.store, installation.objects, installation.keys)
    asker = Asker(1, "bench", None, scopes=frozenset(Scope))
    body = {"identifier": identifier, "sessions": [question.place], "text": question.text}
    Submissions(installation.store, answering, 1_000_000).ask(asker, json.dumps(body).encode())


def served(folder: Path, use: Callable[[Office], None]) -> None:
    """Serve an empty folder and use it."""
    operator = Operator(folder)
    house = make_house(operator.data)
    process = serve(operator, port=0)
    try:
        with browsing(listening_url(process), timeout_s=120) as client:
            use(Office(house, client, DetectorAssessor()))
    finally:
        process.stop(timeout_s=60.0)
        house.installation.store.close()


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--profile", action="store_true")
    asked = parser.parse_args()
    report = Report()

    def use(office: Office) -> None:
        nonlocal report
        kinds = questions(office)
        _wait(office, kinds)
        report = report_of([(each, answered_ms(office, each, asked.times)) for each in kinds])
        for each in kinds:
            cost = round(cost_ms(office.house, each), 1)
            report.rows.append(Row(f"processor time, {each.name}", cost, "ms"))
        if asked.profile:
            profile(office.house, kinds[2])

    with TemporaryDirectory() as folder:
        served(Path(folder), use)
    print(report.as_json() if asked.json else report.as_text())
    sys.exit(1 if report.missed else 0)


def _wait(office: Office, kinds: Sequence[Question]) -> None:
    """Until the server's own scorers are done with what was not scored here."""
    until_s = time.monotonic() + 120
    for number, kind in enumerate(kinds):
        name, answered = f"warm-{number}", httpx.codes.OK
        while office.ask(name, kind.place, text=kind.text).status_code != answered:
            if time.monotonic() > until_s:
                raise RuntimeError("the sessions were not scored in time")
            time.sleep(0.2)


if __name__ == "__main__":
    main()
