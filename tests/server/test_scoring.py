"""A closed session is scored once; a damaged body costs its stretch and nothing else."""

import os
import secrets
import threading
from collections.abc import Callable, Mapping

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from detector.promise import PlatformPromise
from server.console.wording import device_lines
from server.operation.logs import JsonLines
from server.records import ATTEMPTS_MAX, Happened, Job
from server.scoring.assessments import Assessed
from server.scoring.assessor import DetectorAssessor
from server.scoring.facts import OpenedSession
from server.scoring.references import OwnTyping
from server.scoring.session import Scoring
from server.scoring.worker import Worker, do_next, work
from server.storage.log_seal import LogSeal
from server.storage.sqlite.store import SqliteStore
from tests.server.device import Chain
from tests.server.house import House
from tests.server.kinds import Platform, Typing
from tests.server.storages import ON_SQLITE
from wire import events
from wire.batch import MAGIC, Envelope, open_envelope
from wire.codes import (
    Category,
    DeviceFactKind,
    InsertionHow,
    InsertionSeenBy,
    MarkerKind,
    PresenceChange,
)
from wire.policy import Policy

MINUTE_US = 60_000_000


@pytest.fixture(scope="module")
def assessor(one_thread: None) -> DetectorAssessor:
    return DetectorAssessor()


@pytest.fixture
def platform(house: House, client: httpx.Client) -> Platform:
    def get(path: str) -> httpx.Response:
        return client.get(path, headers={"authorization": f"Bearer {house.platform_key}"})

    return get


@pytest.fixture
def score(house: House, assessor: DetectorAssessor) -> Callable[[], int]:
    def run() -> int:
        store, done = house.installation.store, 0
        while do_next(
            store,
            Scoring(store, house.installation.objects, assessor, house.installation.keys),
            "test",
        ):
            done += 1
        return done

    return run


def paste(at_us: int, length_chars: int) -> list[events.Event]:
    tag = 7
    return [
        events.Clipboard(at_us - 5_000_000, 1, length_chars, 3, tag, Category.ASSISTANT, 2),
        events.Insertion(
            at_us, InsertionHow.PASTE, InsertionSeenBy.SELECTION, length_chars, 3, tag, 1
        ),
    ]


def undecodable(chain: Chain) -> Envelope:
    """A batch that is right in all that ingest checks, with a body that is none."""
    whole = chain.seal()
    head_end = len(whole.sealed) - 64 - len(whole.body)
    junk = secrets.token_bytes(len(whole.body))
    signed = whole.sealed[:head_end] + junk
    assert signed.startswith(MAGIC)
    digest = open_envelope(signed + bytes(64)).digest
    signature = chain.device.key.sign(b"veritype batch v1", digest)
    return open_envelope(signed + signature)


def test_pasted_session_is_flagged_with_its_span(
    chain: Chain, typing: Typing, platform: Platform, score: Callable[[], int]
) -> None:
    path = f"/v1/sessions/{chain.session.hex()}"
    chain.send(typing(0, 190))
    assert platform(path).json()["state"] == "open"
    assert platform(f"{path}/assessment").status_code == 404
    chain.send(paste(40_000_000, 2_400), final=True)
    assert platform(path).json()["state"] == "closed"
    assert platform(path).json()["band"] is None
    assert score() == 1
    session, found = platform(path).json(), platform(f"{path}/assessment").json()
    assert (session["state"], session["flagged"]) == ("scored", True)
    assert found["flagged"]
    assert found["main_reason"] == session["main_reason"]
    assert "pasted_from_assistant" in [reason["code"] for reason in found["reasons"]]
    assert any(s["start_ms"] <= 40_000 <= s["end_ms"] for s in found["spans"])
    assert found["standing"]["decision"] is None, "a flag is no finding"
    assert found["model_version"]
    assert "No promise was made for this platform" in found["promise"]
    assert sum(found["kinds"].values()) == pytest.approx(1)
    assert score() == 0


def test_undecodable_body_is_quarantined_and_shown_as_lost(
    chain: Chain, typing: Typing, house: House, platform: Platform, score: Callable[[], int]
) -> None:
    chain.send(typing(0, 190))
    envelope = undecodable(chain)
    chain.accept(envelope, chain.device.post(envelope.sealed))
    chain.send(typing(60_000_000, 190), final=True)
    assert score() == 1
    marked = [b.quarantined for b in house.own.batches(1)]
    assert marked == [None, "BodyUndecodable", None]
    session = platform(f"/v1/sessions/{chain.session.hex()}").json()
    assert session["quarantined_batches"] == 1
    assert session["lost_stretches"] == [
        {"start_ms": 30_000, "end_ms": 60_000, "why": "quarantined"}
    ]
    assert session["worked_s"] == 60
    found = platform(f"/v1/sessions/{chain.session.hex()}/assessment").json()
    assert found["coverage"] == pytest.approx(2 / 3, abs=0.01)


def test_pauses_and_losses_are_told_apart_from_work(
    chain: Chain, typing: Typing, platform: Platform, score: Callable[[], int]
) -> None:
    pause = [
        events.Marker(10_000_000, MarkerKind.PAUSE, 0, 1),
        events.Marker(25_000_000, MarkerKind.RESUME, 0, 0),
    ]
    chain.send([*typing(0, 60), *pause], losses={4: 12})
    chain.send(final=True, losses={4: 1, 99: 2})
    score()
    session = platform(f"/v1/sessions/{chain.session.hex()}").json()
    assert (session["duration_s"], session["worked_s"]) == (60, 45)
    assert session["lost_events"] == {"queue_full": 13, "reason_99": 2}


def test_facts_about_the_device_are_shown_and_change_nothing(
    chain: Chain, typing: Typing, platform: Platform, score: Callable[[], int]
) -> None:
    facts = [
        events.DeviceFact(0, DeviceFactKind.VIRTUAL_MACHINE, 1),
        events.DeviceFact(0, DeviceFactKind.KEYBOARDS, 1),
        events.DeviceFact(30_000_000, DeviceFactKind.KEYBOARDS, 2),
        events.DeviceFact(40_000_000, DeviceFactKind.KEYBOARDS, 2),
        events.DeviceFact(40_000_000, 99, 1),
    ]
    chain.send([*typing(0, 60), *facts], final=True)
    score()
    session = platform(f"/v1/sessions/{chain.session.hex()}").json()
    assert session["device"] == {"virtual_machine": [1], "keyboards": [1, 2]}
    assert device_lines(session["device"]) == (
        "Runs in a virtual machine.",
        "One keyboard attached. Then: 2 keyboards attached.",
    )
    found = platform(f"/v1/sessions/{chain.session.hex()}/assessment").json()
    assert not any("machine" in reason["text"] for reason in found["reasons"])


def test_too_little_observed_cannot_be_determined(
    chain: Chain, typing: Typing, platform: Platform, score: Callable[[], int]
) -> None:
    chain.send(typing(0, 20), final=True)
    score()
    found = platform(f"/v1/sessions/{chain.session.hex()}/assessment").json()
    assert (found["band"], found["flagged"]) == ("cannot_determine", False)
    assert found["abstained_because"]["code"] == "too_few_keystrokes"


def test_dead_worker_is_replaced_and_the_job_done_once(
    chain: Chain, typing: Typing, house: House, assessor: DetectorAssessor, score: Callable[[], int]
) -> None:
    chain.send(typing(0, 20), final=True)
    store = house.installation.store
    assert store.claim("dies", 1 << 60) is not None
    assert store.claim("another", 1) is None
    store.release("dies")
    assert score() == 1
    assert house.rows("assessments") == 1


def test_worker_that_dies_does_not_use_up_the_attempt_but_not_for_ever(
    chain: Chain, house: House
) -> None:
    chain.send(final=True)
    store = house.installation.store
    tried = []
    for _ in range(3):
        job = store.claim("dies", 1 << 60)
        assert job is not None
        tried.append(job.attempts)
        store.release("dies")
    assert tried == [1, 1, 2]


class Broken:
    def assess(
        self,
        opened: OpenedSession,
        policy: Policy,
        texts: Mapping[bytes, str],
        own: OwnTyping,
        promise: PlatformPromise | None = None,
    ) -> Assessed:
        raise RuntimeError("no model")


@pytest.mark.parametrize("before", [ATTEMPTS_MAX - 1, ATTEMPTS_MAX])
def test_last_failure_publishes_the_hours_and_says_that_nothing_was_judged(
    chain: Chain, typing: Typing, house: House, platform: Platform, before: int
) -> None:
    chain.send(typing(0, 190), final=True)
    store = house.installation.store
    house.change("UPDATE scoring_jobs SET attempts = :before", before=before)
    assert do_next(
        store, Scoring(store, house.installation.objects, Broken(), house.installation.keys), "test"
    )
    session = platform(f"/v1/sessions/{chain.session.hex()}").json()
    assert (session["state"], session["worked_s"]) == ("scored", 30)
    assert (session["band"], session["flagged"]) == ("cannot_determine", False)
    found = platform(f"/v1/sessions/{chain.session.hex()}/assessment").json()
    assert found["abstained_because"]["code"] == "could_not_be_read"
    assert store.check() == []


@pytest.mark.parametrize("at_us", [(1 << 64) - 1, 1 << 62, 30_000_000 + 61_000_000])
def test_event_after_the_session_costs_its_batch_and_not_the_score(
    chain: Chain, typing: Typing, platform: Platform, score: Callable[[], int], at_us: int
) -> None:
    chain.send(typing(0, 190))
    odd = events.Presence(at_us, PresenceChange.ACTIVE)
    chain.send([odd], start_us=30_000_000, end_us=30_000_000, final=True)
    assert score() == 1
    session = platform(f"/v1/sessions/{chain.session.hex()}").json()
    assert (session["state"], session["worked_s"]) == ("scored", 30)
    assert session["quarantined_batches"] == 1


def test_idle_time_is_no_work(
    chain: Chain, typing: Typing, platform: Platform, score: Callable[[], int]
) -> None:
    away = [
        events.Presence(40_000_000, PresenceChange.IDLE),
        events.Presence(50_000_000, PresenceChange.ACTIVE),
    ]
    chain.send(typing(0, 190))
    chain.send(away, final=True)
    score()
    session = platform(f"/v1/sessions/{chain.session.hex()}").json()
    assert (session["duration_s"], session["worked_s"], session["idle_s"]) == (60, 50, 10)


@ON_SQLITE
def test_database_error_is_logged_without_its_text(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    stop, released = threading.Event(), []

    class Failing(SqliteStore):
        def release(self, worker: str) -> None:
            released.append(worker)

        def claim(self, worker: str, now_us: int) -> Job | None:
            stop.set()
            raise OperationalError("UPDATE secret", ("parameter",), Exception("locked"))

    store = Failing(house.path / "veritype.db", LogSeal(None))
    scoring = Scoring(store, house.installation.objects, Broken(), house.installation.keys)
    work(Worker(store, scoring, None, None, "test"), store, "test", stop, os.getppid())
    store.close()
    assert released == ["test"]
    lines = [JsonLines().format(record) for record in caplog.records]
    assert any("OperationalError" in line for line in lines)
    assert not any("secret" in line or "parameter" in line for line in lines)


def test_failing_score_is_tried_again_and_never_invented(
    chain: Chain, house: House, platform: Platform
) -> None:
    chain.send(final=True)
    store = house.installation.store
    assert do_next(
        store, Scoring(store, house.installation.objects, Broken(), house.installation.keys), "test"
    )
    assert not do_next(
        store, Scoring(store, house.installation.objects, Broken(), house.installation.keys), "test"
    ), "tried again only later"
    assert house.rows("assessments") == 0
    assert platform(f"/v1/sessions/{chain.session.hex()}").json()["state"] == "closed"


def test_whoever_asked_is_told_that_a_session_was_scored(
    house: House, chain: Chain, typing: Typing, score: Callable[[], int]
) -> None:
    chain.send(typing(0, 190), final=True)
    assert Happened.SESSION_SCORED not in {one.kind for one in house.own.announcements(0, 100)}
    assert score() == 1
    told = [one for one in house.own.announcements(0, 100) if one.kind is Happened.SESSION_SCORED]
    assert [one.subject for one in told] == [chain.session.hex()]
