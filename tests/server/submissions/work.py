"""Sessions in which a text is really typed: simulated hands, sealed and sent as a device does."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx
import numpy as np

from detector.simulation import composing, draw_typist
from server.operation.keys import hash_of, new_token
from server.records import Person, Scope
from server.scoring.assessor import DetectorAssessor
from server.scoring.session import Scoring
from server.scoring.worker import do_next
from tests.server.device import Chain, Device
from tests.server.house import House
from wire import events
from wire.codes import MarkerKind, SourceName, SourceState

BATCH_US = 30_000_000
_LETTERS = "etaoinshrdlu"


@dataclass(frozen=True)
class Work:
    """A session that is over, and the text that was typed in it."""

    session: str
    text: str
    duration_ms: int


def keys_of(seed: int, characters: int) -> tuple[list[events.Event], str]:
    """The keys of somebody who composes, and the text that came of it."""
    rng = np.random.default_rng(seed)
    session = composing(
        rng, characters=characters, typist=draw_typist(rng, motor_median_ms=130, longest_pause_s=10)
    )
    table = session.recording(effects_seen=False).keystrokes
    columns = (table.t_us.tolist(), table.hold_us.tolist(), table.key.tolist())
    keys = [
        events.Keystroke(t_us, max(hold_us, 1), key, 2, 1)
        for t_us, hold_us, key in zip(*columns, strict=True)
    ]
    return list(keys), written(session.text_class, seed)


def written(classes: str, seed: int) -> str:
    """A text of these classes."""
    draw = random.Random(seed)
    made = {"a": _LETTERS, "0": "0123456789", ".": ".,;"}
    return "".join(draw.choice(made[each]) if each in made else each for each in classes)


def watched() -> list[events.Event]:
    """The sources that the answers rest on, running from the beginning."""
    names = (SourceName.KEYBOARD, SourceName.INSERTIONS, SourceName.CLIPBOARD, SourceName.FOCUS)
    return [events.Health(0, name, SourceState.RUNNING) for name in names]


def task(number: int, start_us: int, end_us: int) -> list[events.Event]:
    """The markers of a task."""
    return [
        events.Marker(start_us, MarkerKind.TASK_BEGIN, number, 0),
        events.Marker(end_us, MarkerKind.TASK_END, number, 0),
    ]


def send(chain: Chain, happened: Sequence[events.Event], *, final: bool = True) -> int:
    """Send what happened in batches of half a minute; returns the session's length, in ms."""
    ordered = sorted(happened, key=lambda event: event.t_us)
    count = ordered[-1].t_us // BATCH_US + 1
    for number in range(count):
        mine = [event for event in ordered if event.t_us // BATCH_US == number]
        chain.send(mine, final=final and number == count - 1)
    return count * BATCH_US // 1000


class Office:
    """Where people work: a house with its server, and a scorer."""

    def __init__(self, house: House, client: httpx.Client, assessor: DetectorAssessor) -> None:
        self.house = house
        self.client = client
        self._assessor = assessor
        self._devices = dict[bytes, Device]()

    def clock_in(self, person: Person | None = None) -> Chain:
        """Begin a session of somebody, the trainer if nobody is named."""
        worker = person or self.house.trainer
        if worker.id not in self._devices:
            device = Device(self.client)
            device.enrol(self.house.administration.pair(worker.name))
            self._devices[worker.id] = device
        return self._devices[worker.id].clock_in()

    def work(
        self,
        seed: int,
        characters: int = 900,
        more: Sequence[events.Event] = (),
        person: Person | None = None,
    ) -> Work:
        """A session in which a text is typed, from clock-in to its score."""
        chain = self.clock_in(person)
        keys, text = keys_of(seed, characters)
        duration_ms = send(chain, [*watched(), *keys, *more])
        self.score()
        return Work(chain.session.hex(), text, duration_ms)

    def score(self) -> None:
        """Score what is over."""
        installation = self.house.installation
        scoring = Scoring(
            installation.store, installation.objects, self._assessor, installation.keys
        )
        while do_next(installation.store, scoring, "t"):
            pass

    def ask(
        self, identifier: str, *sessions: object, key: str = "", **more: object
    ) -> httpx.Response:
        """Ask about a submission."""
        places = [{"session": each} if isinstance(each, str) else each for each in sessions]
        body = {"identifier": identifier, "sessions": places} | more
        return self.client.post("/v1/submissions", json=body, headers=self.auth(key))

    def get(self, path: str, key: str = "") -> httpx.Response:
        """Read as the platform."""
        return self.client.get(f"/v1/submissions{path}", headers=self.auth(key))

    def key(self, scopes: set[Scope]) -> str:
        """A platform key of these scopes."""
        key = new_token("vtp")
        self.house.own.add_platform_key(key[-8:], hash_of(key), scopes, 1)
        return key

    def auth(self, key: str = "") -> dict[str, str]:
        """The platform's header field."""
        return {"authorization": f"Bearer {key or self.house.platform_key}"}


NewOffice = Callable[[House, httpx.Client], Office]
