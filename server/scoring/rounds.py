"""Looking at open sessions: fold in what came since, judge, and keep both to oneself.

Nothing that is stored here is read by anything but the next look.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from operator import attrgetter

import msgspec

from detector.errors import BadStateError
from detector.from_wire.columns import NOTHING, CheckedBody, SealedColumns, checked_body
from detector.model import Model
from detector.state import (
    Provisional,
    State,
    beginning,
    from_bytes,
    provisional_all,
    to_bytes,
    update_from,
)
from server.records import ROUND_US, DueState, NewState, StoredBatch
from server.scoring.counters import Tally
from server.storage.protocols import OrganisationStore, Store
from wire.batch import open_envelope
from wire.errors import WireError
from wire.header import Header
from wire.policy import Policy

GROUP = 64
"""Sessions that are looked at together at first."""
GROUP_MOST = 128
"""More make a prediction cost no less for each."""
GROUP_LEAST = 4
GROUP_S = 1.0
"""A closed session waits for one group: so long may it take. Where the machine has less time for
the scorer, groups are smaller; looks may come late, since nobody waits for one."""
_BATCHES_MAX = 240
"""Of one session in one look: two hours. What is left comes in the next look, which is at once."""
_QUIET_DOUBLINGS_MAX = 3
_log = logging.getLogger(__name__)


class Rounds:
    """Looks at the open sessions that are due."""

    def __init__(self, store: Store, model: Model) -> None:
        self._store = store
        self._model = model
        self._size = GROUP

    def do_next(self, worker: str, now_us: int, tally: Tally) -> bool:
        """Look at a group of sessions; whether any was due."""
        started = time.monotonic()
        due = self._store.claim_states(worker, now_us, self._size)
        for organisation, group in groupby(
            sorted(due, key=attrgetter("organisation", "session_row")), attrgetter("organisation")
        ):
            self._look_at(self._store.of(organisation), list(group), now_us, tally)
        self._size = next_size(self._size, len(due), time.monotonic() - started)
        return bool(due)

    def _look_at(
        self, store: OrganisationStore, due: Sequence[DueState], now_us: int, tally: Tally
    ) -> None:
        came: dict[int, list[StoredBatch]] = {}
        for session_row, row in store.new_batches(due, _BATCHES_MAX):
            came.setdefault(session_row, []).append(row)
        states = [_with_new(one, came.get(one.session_row, ())) for one in due]
        judged = provisional_all(list(zip(states, _policies(store, due), strict=True)), self._model)
        kept = store.keep_states(
            [
                _kept(one, state, found, now_us)
                for one, state, found in zip(due, states, judged, strict=True)
            ]
        )
        tally.add(
            provisional=kept,
            batches=sum(map(len, came.values())),
            lost_claims=len(due) - kept,
        )


def next_size(size: int, done: int, took_s: float) -> int:
    """Return how many sessions the next group has, so that it takes about `GROUP_S`."""
    if took_s > GROUP_S:
        return max(size // 2, GROUP_LEAST)
    if done == size and took_s < GROUP_S / 2:
        return min(size * 2, GROUP_MOST)
    return size


def _policies(store: OrganisationStore, due: Sequence[DueState]) -> list[Policy]:
    """Each session's policy; where it is gone, one that allows nothing to be pasted."""
    known: dict[tuple[bytes, int], Policy] = {}
    for one in due:
        key = (one.project, one.policy_version)
        if key not in known:
            known[key] = store.policy(*key) or Policy(version=1, windows=())
    return [known[one.project, one.policy_version] for one in due]


def _with_new(due: DueState, came: Sequence[StoredBatch]) -> State:
    """The session's state up to the last batch that came.

    A state of another version begins anew here, and reads the whole session in the next looks.
    """
    try:
        state = from_bytes(due.state) if due.state is not None else beginning()
        opened = [_opened(row) for row in came]
        columns = SealedColumns([body for _, body in opened])
        return update_from(state, [header for header, _ in opened], columns)
    except BadStateError:
        _log.info("a state of another version is rebuilt")
    except Exception as error:  # noqa: BLE001 - one session's trouble must not stop its group
        _log.error("a state could not be brought up to date", exc_info=error)
    return beginning()


def _opened(row: StoredBatch) -> tuple[Header, CheckedBody]:
    """The batch; one whose body does not decode speaks for no time."""
    envelope = open_envelope(row.sealed)
    try:
        return envelope.header, checked_body(envelope)
    except WireError:
        header = envelope.header
        return msgspec.structs.replace(header, end_us=header.start_us), NOTHING


def _kept(due: DueState, state: State, found: Provisional, now_us: int) -> NewState:
    behind = state.stop < due.next_sequence or state.stop - due.next_sequence >= _BATCHES_MAX
    quiet = due.quiet + 1 if state.stop == due.next_sequence else 0
    return NewState(
        session_row=due.session_row,
        session=due.session,
        claim=due.claim,
        due_us=now_us if behind else _next_look_us(due.due_us, quiet, now_us),
        next_sequence=state.stop,
        quiet=quiet,
        state=to_bytes(state),
        provisional=msgspec.json.encode(asdict(found)),
    )


def _next_look_us(due_us: int, quiet: int, now_us: int) -> int:
    """The next moment of the session's own that lies ahead; rarer where nothing comes any more."""
    missed = max(now_us - due_us, 0) // ROUND_US
    rounds = 1 << min(max(quiet - 1, 0), _QUIET_DOUBLINGS_MAX)
    return due_us + (missed + rounds) * ROUND_US
