"""The marks that a trainer sets in a session: pause and resume, tasks."""

import pytest

from agent.session.recorder import SessionFacts
from agent.session.recording import Recording
from agent.spool.store import Spool
from tests.agent.conftest import POLICY, FakeClock
from wire.batch import decode, open_envelope
from wire.codes import MarkerKind, PauseReason
from wire.events import Marker
from wire.signing import SigningKey

SESSION = b"s" * 16


@pytest.fixture
def recording(spool: Spool, clock: FakeClock) -> Recording:
    spool.add_session(SESSION, b"p" * 16, 3)
    spool.session_opened(SESSION, b"n" * 16)
    facts = SessionFacts(SESSION, b"d" * 16, 3)
    return Recording(facts, POLICY, clock(), spool, SigningKey.generate())


def marks(spool: Spool) -> list[tuple[int, int]]:
    """The markers on disk, each with its task."""
    batches = [decode(open_envelope(row.sealed)) for row in spool.waiting_batches(SESSION)]
    return [(event.marker, event.task) for batch in batches for event in batch.body.events(Marker)]


def test_a_pause_is_over_on_disk_as_soon_as_it_is_over(
    recording: Recording, spool: Spool, clock: FakeClock
) -> None:
    recording.pause(clock.forward(1), PauseReason.BREAK)
    assert marks(spool)[-1] == (MarkerKind.PAUSE, 0)
    recording.resume(clock.forward(60))
    assert marks(spool)[-1] == (MarkerKind.RESUME, 0)


def test_a_task_that_begins_ends_the_one_in_hand(
    recording: Recording, spool: Spool, clock: FakeClock
) -> None:
    recording.begin_task(clock.forward(1))
    recording.begin_task(clock.forward(1))
    recording.end_task(clock.forward(1), submitted=True)
    recording.clock_out(clock.forward(1))
    assert marks(spool)[1:-1] == [
        (MarkerKind.TASK_BEGIN, 1),
        (MarkerKind.TASK_END, 1),
        (MarkerKind.TASK_BEGIN, 2),
        (MarkerKind.TASK_SUBMIT, 2),
    ]
