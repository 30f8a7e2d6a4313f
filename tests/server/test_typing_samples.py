"""A typing sample is sealed, used for its own person alone, and gone when it is taken back."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from sqlalchemy import event

from detector.baseline.population import WithinPerson
from detector.promise import PlatformPromise
from detector.simulation import composing, draw_typist, transcribing
from detector.tables import Keystrokes
from server.records import (
    Decision,
    EventKind,
    How,
    NewReview,
    ReviewEvent,
    ReviewHead,
    ReviewRules,
    Stage,
    Verdict,
)
from server.scoring.assessments import Assessed, not_assessed
from server.scoring.assessor import DetectorAssessor
from server.scoring.facts import OpenedSession
from server.scoring.references import LEAST_CONSENT_VERSION, OwnTyping
from server.scoring.session import Scoring
from server.scoring.worker import do_next
from server.services.sealing import SampleSeal
from tests.server.device import Chain, Device
from tests.server.house import House
from tests.server.kinds import NewDevice, Typing
from tests.server.storages import ON_SQLITE
from wire.baseline import TypedKeys, TypingSample
from wire.events import MISSING_U32
from wire.messages import encode_message
from wire.policy import Policy

ROUTE = "/agent/v1/baseline"


class Watching:
    """Keeps what each session was to be compared with."""

    def __init__(self) -> None:
        self.given: list[OwnTyping] = []

    def assess(
        self,
        opened: OpenedSession,
        policy: Policy,
        texts: Mapping[bytes, str],
        own: OwnTyping,
        promise: PlatformPromise | None = None,
    ) -> Assessed:
        self.given.append(own)
        return not_assessed()


def sample_of(version: int = LEAST_CONSENT_VERSION) -> TypingSample:
    keys = TypedKeys((0, 123_457, 234_567), (80_001, 90_003, MISSING_U32), (0, 3, 0))
    return TypingSample(version, 5, keys, keys)


def put(device: Device, sample: TypingSample) -> None:
    answer = device.online.put(ROUTE, content=encode_message(sample), headers=device.auth)
    assert answer.is_success


def bytes_at_rest(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.fixture
def watching() -> Watching:
    return Watching()


@pytest.fixture
def score(house: House, watching: Watching) -> Callable[[], int]:
    scoring = Scoring(
        house.installation.store, house.installation.objects, watching, house.installation.keys
    )

    def run() -> int:
        done = 0
        while do_next(house.installation.store, scoring, "test"):
            done += 1
        return done

    return run


def test_a_sample_opens_for_its_person_and_key_alone() -> None:
    seal, person = SampleSeal(b"k" * 32), b"p" * 16
    sealed = seal.seal(1, person, b"message")
    assert b"message" not in sealed
    assert seal.open(1, person, sealed) == b"message"
    assert seal.seal(1, person, b"message") != sealed
    assert seal.open(1, b"q" * 16, sealed) is None
    assert seal.open(2, person, sealed) is None
    assert SampleSeal(b"l" * 32).open(1, person, sealed) is None
    for changed in (b"", sealed[:9], sealed[:-1], sealed[:-1] + b"\0\0", b"{}"):
        assert seal.open(1, person, changed) is None


def test_without_a_sample_it_is_what_reviewers_upheld_before(
    house: House,
    chain: Chain,
    typing: Typing,
    score: Callable[[], int],
    watching: Watching,
) -> None:
    device = chain.device
    chain.send(typing(0, 190), final=True)
    assert score() == 1
    entry = house.own.session(chain.session)
    assert entry is not None
    new = NewReview(How.RANDOM, 0.01, None, 1.0, ReviewRules(1, 1))
    row = house.own.open_review(entry.row, new, 1)
    review = house.own.review_numbered(row) if row else None
    assert review is not None
    head = ReviewHead(Stage.DECIDED, None, Decision(Verdict.KEEP, 2))
    assert house.own.step_review(review, ReviewEvent(EventKind.LAPSED, 2), head, [])
    device.clock_in().send(typing(0, 190), final=True)
    assert score() == 1
    (earlier,) = watching.given[-1].earlier
    assert [header.session for header in earlier.headers] == [chain.session]
    assert watching.given[0].earlier == ()


def test_the_sample_is_what_the_persons_sessions_are_compared_with(
    chain: Chain, typing: Typing, score: Callable[[], int], watching: Watching
) -> None:
    put(chain.device, sample_of())
    chain.send(typing(0, 190), final=True)
    assert score() == 1
    assert watching.given == [OwnTyping(sample_of())]


@ON_SQLITE
def test_nothing_scores_with_a_sample_that_was_deleted_and_no_bytes_of_it_remain(
    chain: Chain, typing: Typing, house: House, score: Callable[[], int], watching: Watching
) -> None:
    put(chain.device, sample_of())
    sealed = house.own.typing_sample(house.trainer.id)
    assert sealed is not None
    at_rest = bytes_at_rest(house.path)
    assert sealed in at_rest
    assert encode_message(sample_of()) not in at_rest
    assert b"gap_us" not in at_rest
    chain.device.online.delete(ROUTE, headers=chain.device.auth)
    chain.send(typing(0, 190), final=True)
    assert score() == 1
    assert watching.given == [OwnTyping()]
    assert sealed[20:52] not in bytes_at_rest(house.path)


@ON_SQLITE
def test_a_sample_that_took_anothers_place_leaves_nothing_of_it(chain: Chain, house: House) -> None:
    put(chain.device, sample_of())
    first = house.own.typing_sample(house.trainer.id)
    put(chain.device, sample_of())
    assert first is not None
    assert first[20:52] not in bytes_at_rest(house.path)


def test_a_sample_given_for_another_use_is_not_used(
    chain: Chain, typing: Typing, score: Callable[[], int], watching: Watching
) -> None:
    put(chain.device, sample_of(LEAST_CONSENT_VERSION - 1))
    chain.send(typing(0, 190), final=True)
    score()
    assert watching.given == [OwnTyping()]


@pytest.fixture
def asked(house: House) -> Iterator[list[tuple[str, Any]]]:
    engine, said = house.database.reading, list[tuple[str, Any]]()

    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if "typing_samples" in statement:
            said.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


def test_another_persons_sample_is_neither_used_nor_read(
    chain: Chain,
    typing: Typing,
    house: House,
    new_device: NewDevice,
    score: Callable[[], int],
    watching: Watching,
    asked: list[tuple[str, Any]],
) -> None:
    put(new_device(house.other), sample_of())
    asked.clear()
    chain.send(typing(0, 190), final=True)
    score()
    assert watching.given == [OwnTyping()]
    assert asked
    for statement, values in asked:
        assert re.search(r"person = (\?|%)", statement)
        bound = values.values() if isinstance(values, dict) else values
        given = [getattr(value, "obj", value) for value in bound]
        assert house.trainer.id in given
        assert house.other.id not in given


def as_typed(table: Keystrokes) -> TypedKeys:
    gaps = np.diff(table.t_us, prepend=table.t_us[:1]).clip(0, 9_999_999)
    return TypedKeys(tuple(gaps.tolist()), (MISSING_U32,) * len(table), tuple(table.key.tolist()))


@pytest.fixture(scope="module")
def assessor(one_thread: None) -> DetectorAssessor:
    """With a part for baselines that holds for nobody in particular."""
    made = DetectorAssessor()
    eye = np.eye(8)
    people = WithinPerson(
        centre=np.array([-0.2, -1.0, -1.7, 0.7, 0.4, -1.1, 0.3, 0.9]),
        spread=np.array([0.1, 0.1, 0.2, 0.2, 0.06, 0.2, 0.1, 0.05]),
        noise=eye,
        people=eye,
        own_scales=np.array([[-3.0, 2.0]] * 4),
        model_scale=np.array([-1.0, 0.0]),
        free_most=np.array([1e3, 1e3]),
    )
    made._model = replace(made._model, within_person=people.to_state())
    return made


@pytest.mark.parametrize(
    ("characters", "reference", "said"),
    [(400, "enrolment", "compared_with_enrolment"), (20, "population", "enrolment_not_used")],
)
def test_the_stored_assessment_says_what_the_session_was_compared_with(
    chain: Chain,
    typing: Typing,
    house: House,
    assessor: DetectorAssessor,
    characters: int,
    reference: str,
    said: str,
) -> None:
    typist = draw_typist(np.random.default_rng(1))
    free, copied = (
        as_typed(act(typist.rng, characters=characters, typist=typist).keystrokes)
        for act in (composing, transcribing)
    )
    put(chain.device, TypingSample(LEAST_CONSENT_VERSION, 5, drilled(copied), free))
    chain.send(typing(0, 190), final=True)
    store, keys = house.installation.store, house.installation.keys
    assert do_next(store, Scoring(store, house.installation.objects, assessor, keys), "test")
    entry = house.own.session(chain.session)
    assert entry is not None
    stored = house.own.assessment(entry.row)
    assert stored is not None
    found = msgspec.json.decode(stored.document, type=Assessed)
    assert found.reference == reference
    assert said in [reason.code for reason in found.counter_evidence]


def drilled(typed: TypedKeys) -> TypedKeys:
    """Without pauses: surely another way of typing than composing."""
    return TypedKeys(
        tuple(min(gap, 250_000) for gap in typed.gap_us), typed.hold_us, typed.key_class
    )
