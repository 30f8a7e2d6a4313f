"""Who may end a job, which goes first, and what happens when a text comes late."""

import httpx
import pytest

from server.clock import now_us
from server.errors import StorageAway
from server.records import ATTEMPTS_MAX, LATE_TEXTS_MAX, Job, StoredAssessment, Why
from server.scoring.assessments import Assessed
from tests.server.device import Chain
from tests.server.house import House
from tests.server.kinds import NewDevice, Platform, Typing
from tests.server.scoring.conftest import MakeWorker, Plain
from wire import events
from wire.objects import digest_parts, object_digest
from wire.textclass import pack_classes

LONG_US = 3_600_000_000
MADE = StoredAssessment("m", "f", "consistent", None, b"{}", 1)


@pytest.fixture
def platform(house: House, client: httpx.Client) -> Platform:
    def get(path: str) -> httpx.Response:
        return client.get(path, headers={"authorization": f"Bearer {house.platform_key}"})

    return get


def claimed(house: House, worker: str, at_us: int) -> Job:
    job = house.installation.store.claim(worker, at_us)
    assert job is not None
    return job


def submitted(chain: Chain, at_us: int, classes: str) -> tuple[events.Event, bytes]:
    data = pack_classes(classes)
    parts = digest_parts(object_digest(data))
    return events.TextSubmitted(at_us, len(classes), 1, 1, *parts), data


def test_worker_that_lost_its_claim_publishes_nothing(chain: Chain, house: House) -> None:
    chain.send(final=True)
    store = house.installation.store
    hung = claimed(house, "hangs", now_us())
    taken = claimed(house, "another", now_us() + LONG_US)
    assert not house.own.finish_job(hung, b"{}", MADE)
    store.fail(hung, "TooLate", now_us())
    assert house.rows("assessments") == 0
    assert house.own.finish_job(taken, b"{}", MADE)
    assert not house.own.finish_job(taken, b"{}", MADE), "once"
    assert house.rows("assessments") == 1


def test_twin_under_the_same_name_takes_the_claim_away(chain: Chain, house: House) -> None:
    chain.send(final=True)
    hung = claimed(house, "twin", now_us())
    house.installation.store.release("twin")
    assert not house.own.finish_job(hung, b"{}", MADE)
    assert house.own.finish_job(claimed(house, "twin", now_us()), b"{}", MADE)


def test_session_that_somebody_waits_for_is_scored_first(
    new_device: NewDevice, house: House, platform: Platform
) -> None:
    device = new_device()
    sessions = []
    for _ in range(3):
        chain = device.clock_in()
        chain.send(final=True)
        sessions.append(chain.session)
    assert platform(f"/v1/sessions/{sessions[2].hex()}/assessment").status_code == 404
    order = []
    for _ in sessions:
        job = claimed(house, "one", now_us())
        entry = house.own.session_numbered(job.session_row)
        assert entry is not None
        order.append(entry.id)
        assert house.own.finish_job(job, b"{}", None)
    assert order == [sessions[2], sessions[0], sessions[1]]


def test_text_that_comes_late_leads_to_another_score_a_few_times(
    chain: Chain, typing: Typing, house: House, platform: Platform, make_worker: MakeWorker
) -> None:
    worker, store = make_worker(), house.installation.store
    texts = [submitted(chain, 1_000_000 * n, "aa aaa." * (n + 1)) for n in range(6)]
    chain.send([*typing(0, 60), *(event for event, _ in texts)], final=True)
    path = f"/v1/sessions/{chain.session.hex()}/assessment"
    assert worker.do_next()
    assert platform(path).json()["kinds"] == {"texts": 0.0}
    for _, data in texts:
        assert chain.device.put(chain.session, data).status_code == 201
        assert chain.device.put(chain.session, data).status_code == 200, "known: nothing new"
        while (job := store.claim("later", now_us() + LONG_US)) is not None:
            house.change("UPDATE scoring_jobs SET worker = NULL, due_us = 0")
            assert job.why is Why.LATE_TEXT
            assert worker.do_next()
    found = platform(path).json()
    assert house.rows("assessments") == 1 + LATE_TEXTS_MAX
    assert found["kinds"] == {"texts": float(LATE_TEXTS_MAX)}
    assert (found["why"], len(found["earlier"])) == ("late-text", LATE_TEXTS_MAX)
    assert found["earlier"][0]["why"] == "closed"


def test_text_that_comes_while_the_session_is_scored_is_not_missed(
    chain: Chain, typing: Typing, house: House, platform: Platform, make_worker: MakeWorker
) -> None:
    event, data = submitted(chain, 0, "aaa aa")
    chain.send([*typing(0, 60), event], final=True)
    without = claimed(house, "slow", now_us())
    assert chain.device.put(chain.session, data).status_code == 201
    assert not house.own.finish_job(without, b"{}", MADE)
    assert make_worker().do_next()
    found = platform(f"/v1/sessions/{chain.session.hex()}/assessment").json()
    assert (found["kinds"], found["earlier"]) == ({"texts": 1.0}, [])


def test_text_that_nobody_submitted_changes_nothing(
    chain: Chain, typing: Typing, house: House, make_worker: MakeWorker
) -> None:
    worker = make_worker()
    chain.send(typing(0, 60), final=True)
    assert worker.do_next()
    assert chain.device.put(chain.session, pack_classes("aaa")).status_code == 201
    house.change("UPDATE scoring_jobs SET due_us = 0")
    assert worker.do_next()
    assert house.rows("assessments") == 1
    assert house.installation.store.waiting(now_us()).jobs == 0


def test_what_is_waiting_can_be_read(chain: Chain, house: House, make_worker: MakeWorker) -> None:
    store, worker = house.installation.store, make_worker()
    before = store.waiting(now_us())
    assert (before.jobs, before.oldest_job_us, before.states) == (0, None, 0)
    chain.send(final=True)
    later = store.waiting(now_us() + LONG_US)
    assert (later.jobs, later.states) == (1, 1)
    assert later.oldest_job_us is not None
    assert worker.do_next()
    after = store.waiting(now_us() + LONG_US)
    assert (after.jobs, after.states) == (0, 0)
    assert worker.tally.counters.scored == 1
    assert worker.tally.counters.slowest_s < 30


def test_failed_rescore_leaves_what_was_published(
    chain: Chain, house: House, platform: Platform, make_worker: MakeWorker
) -> None:
    worker = make_worker()
    chain.send(final=True)
    assert worker.do_next()
    assert house.own.rescore([1], Why.ASKED, now_us()) == 1
    house.change("UPDATE scoring_jobs SET attempts = :attempts", attempts=ATTEMPTS_MAX)
    assert worker.do_next()
    found = platform(f"/v1/sessions/{chain.session.hex()}/assessment").json()
    assert (found["model_version"], found["earlier"]) == ("m1", [])


def test_a_store_that_is_away_while_a_session_is_scored_costs_no_attempt(
    chain: Chain, house: House, make_worker: MakeWorker
) -> None:
    class Away(Plain):
        def assess(self, *_told: object) -> Assessed:
            raise StorageAway("the object store does not answer")

    chain.send(final=True)
    worker = make_worker(assessor=Away("m1"))
    for _ in range(ATTEMPTS_MAX + 2):
        house.change("UPDATE scoring_jobs SET due_us = 0")
        assert worker.do_next()
    assert worker.tally.counters.failures == ATTEMPTS_MAX + 2
    assert not worker.do_next(), "it waits"
    assert house.rows("assessments") == 0
    house.change("UPDATE scoring_jobs SET due_us = 0")
    job = claimed(house, "after", now_us())
    assert job.attempts == 1
