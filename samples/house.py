"""The demo's organisation: people, a project, and the days that they worked."""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from samples.past import READY
from samples.recorded import Sample
from samples.send import Sent, enrolled, started_us
from server.clock import now_us
from server.installation import Installation, make_data_folder, open_installation
from server.records import Role
from server.reviews.answering import Answering
from server.reviews.opening import RANDOM_SHARE, draw
from server.services.administration import Administration
from server.services.asking import person_asking

HERE = Path(__file__).parent
PAST = (sys.executable, "-m", "samples.past")
AUDITOR, SECOND_AUDITOR, TRAINER = "Otto Brandt", "Ines Salas", "Bruno Keller"
LOGINS = {
    "otto": (AUDITOR, Role.AUDITOR),
    "ines": (SECOND_AUDITOR, Role.AUDITOR),
    "bruno": (TRAINER, Role.TRAINER),
}
DRAWN = frozenset({"Elif Demir", "Ada Okafor"})
"""Whose sessions are drawn for a look though nothing is held against them."""
STATEMENT_OF = "Chiara Moretti"
STATEMENT = (
    "The second paragraph is from my own notes of the week before. I keep them in a chat with the"
    " assistant, so that is where I copied it."
)
_AFTER_US = 60_000_000
_ENDED_WITHIN_S = 20


class PastFailed(RuntimeError):  # noqa: N818
    """The days before could not be made up; the text says why."""


@dataclass(frozen=True, slots=True)
class House:
    """Who may come in, and how."""

    admin: str
    password: str
    """Of everybody who has a login."""
    platform_key: str
    seed: bytes
    """What the organisation's draws rest on."""
    codes: dict[str, str]
    """A pairing code for each trainer, by name."""


def furnish(data: Path, samples: Sequence[Sample]) -> House:
    """What an administrator does with `veritype-server` commands, in one process."""
    make_data_folder(data)
    installation = open_installation(data)
    try:
        administration = Administration(installation.store, installation.settings)
        password = secrets.token_urlsafe(12)
        administration.found("Veritype demo", password)
        administration.add_project("Model evaluations", (HERE / "policy.json").read_bytes())
        key = administration.add_platform_key("demo")
        for login, (name, role) in LOGINS.items():
            administration.add_person(name, role, login, password)
        names = list(dict.fromkeys(sample.person for sample in samples))
        known = {name for name, _ in LOGINS.values()}
        for name in names:
            if name not in known:
                administration.add_person(name, Role.TRAINER, None, None)
        codes = {name: administration.pair(name) for name in names}
        own = installation.store.of(installation.store.first_organisation())
        return House("admin", password, key, own.review_settings().seed, codes)
    finally:
        installation.store.close()


def live_through(
    house: House,
    data: Path,
    samples: Sequence[Sample],
    homes: Path,
    progress: Callable[[str], None],
) -> list[tuple[Sample, Sent]]:
    """Send every session to a server of its day, the oldest first, and have it scored then."""
    ordered = sorted(samples, key=lambda sample: -sample.started_minutes_ago)
    with _past(data) as (url, tell):
        tell(f"{started_us(ordered[0])}")
        workers = {
            name: enrolled(url, code, homes / f"agent-{count}")
            for count, (name, code) in enumerate(house.codes.items(), 1)
        }
        sent = []
        for number, sample in enumerate(ordered, 1):
            progress(f"session {number} of {len(ordered)}: {sample.person}")
            worker = workers[sample.person]
            session = _session_id(house, sample)
            sent.append((sample, worker.work(sample, session, lambda at_us: tell(f"{at_us}"))))
            over_us = started_us(sample) + sample.duration_us + _AFTER_US
            tell(f"{over_us} score")
    return sent


def speak_up(data: Path) -> None:
    """One of the trainers says something to the review of their session."""
    installation = open_installation(data)
    try:
        _speak_up(installation)
    finally:
        installation.store.close()


def _speak_up(installation: Installation) -> None:
    store = installation.store
    own = store.of(store.first_organisation())
    person = next(each for each in own.people() if each.name == STATEMENT_OF)
    asker, answering = person_asking(store, person), Answering(store)
    for review in answering.mine(asker):
        answering.state(asker, review.id.hex(), STATEMENT, now_us())


def _session_id(house: House, sample: Sample) -> bytes:
    """Made up; of whom a session is to be drawn, one that the organisation's draw hits."""
    while True:
        made = os.urandom(16)
        if sample.person not in DRAWN or draw(house.seed, "random", made) < RANDOM_SHARE:
            return made


def _ended(log: Path) -> PastFailed:
    return PastFailed(f"the server of the days before ended: {log.read_text().strip()}")


@contextmanager
def _past(data: Path) -> Iterator[tuple[str, Callable[[str], None]]]:
    """The server of the past: where it listens, and how it is told what time it is."""
    log = data / "past.log"
    environment = os.environ | {
        "OMP_NUM_THREADS": "1",
        # Hours of work are sent in seconds here.
        "VERITYPE_DEVICE_BATCHES_PER_MINUTE": "1000000",
    }
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [*PAST, str(data)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment,
        )
    asked, answers = process.stdin, process.stdout
    if asked is None or answers is None:
        raise PastFailed("the server of the days before has no line to it")

    def line() -> str:
        found = answers.readline()
        if not found:
            raise _ended(log)
        return found

    def tell(what: str) -> None:
        try:
            print(what, file=asked, flush=True)
        except BrokenPipeError as error:
            raise _ended(log) from error
        line()

    try:
        yield line().removeprefix(READY).strip(), tell
    finally:
        asked.close()
        try:
            process.wait(_ENDED_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
        answers.close()
