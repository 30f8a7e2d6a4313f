"""A scorer that judges without the detector, so that what is around it can be looked at."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import cast

import msgspec
import pytest

from detector.model import Model
from detector.promise import PlatformPromise
from server.compaction.compactor import Compactor
from server.scoring.assessments import Assessed, not_assessed
from server.scoring.facts import OpenedSession
from server.scoring.references import OwnTyping
from server.scoring.rounds import Rounds
from server.scoring.session import Scoring
from server.scoring.worker import Worker
from tests.server.house import House
from wire.policy import Policy

MakeWorker = Callable[..., Worker]


class Plain:
    """Says how many texts it saw, by which model, and nothing else."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.promises: list[PlatformPromise | None] = []

    def assess(
        self,
        opened: OpenedSession,
        policy: Policy,
        texts: Mapping[bytes, str],
        own: OwnTyping,
        promise: PlatformPromise | None,
    ) -> Assessed:
        self.promises.append(promise)
        return msgspec.structs.replace(
            not_assessed(), model_version=self.version, kinds={"texts": float(len(texts))}
        )


def named_model(version: str) -> Model:
    """A model by its name alone: where no stretch is complete, nothing is predicted."""
    return cast(Model, SimpleNamespace(version=version))


@pytest.fixture
def make_worker(house: House) -> MakeWorker:
    def make(
        name: str = "one",
        version: str = "m1",
        assessor: Plain | None = None,
        compactor: Compactor | None = None,
    ) -> Worker:
        store, objects = house.installation.store, house.installation.objects
        scoring = Scoring(store, objects, assessor or Plain(version), house.installation.keys)
        return Worker(store, scoring, Rounds(store, named_model(version)), compactor, name)

    return make
