"""One step of delivery: ask the shipper, send, apply the outcome to the spool. No thread, no sleep.

The runner calls `step` in its shipping thread; scripts that feed recorded sessions call it too.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from agent.errors import SpoolRefused
from agent.server_keys import KEYS_PATH
from agent.shipping.shipper import (
    Acknowledged,
    Action,
    FetchKeys,
    FetchRules,
    GivenUp,
    Kept,
    KeysLearned,
    KeyUnknown,
    NoticeTaken,
    ObjectRefused,
    ObjectStored,
    Opened,
    OpeningRefused,
    OpenSession,
    Outcome,
    Realign,
    Refused,
    RulesAnswered,
    SendBatch,
    Sending,
    SendNotice,
    Shipper,
    TellWithdrawal,
    Wait,
    Waiting,
    WithdrawalTold,
)
from agent.shipping.transport import Answer, Transport
from agent.spool.blankings import next_notice, notice_of, told
from agent.spool.rechain import rechain
from agent.spool.rows import BatchRow
from agent.spool.store import Spool
from wire.chain import ChainHead
from wire.codes import LossReason
from wire.errors import WireError
from wire.messages import BATCH_CONTENT_TYPE, Observes, SessionRequest, encode_message
from wire.server_keys import Handover
from wire.signing import SigningKey


@dataclass(frozen=True, slots=True)
class Step:
    """What one step did."""

    action: Action
    outcome: Outcome | None = None


class Delivery:
    """Brings what is spooled to the server, one request at a time."""

    def __init__(
        self,
        spool: Spool,
        shipper: Shipper,
        transport: Transport,
        key: SigningKey,
        agent_version: str,
        now_s: Callable[[], float] = time.monotonic,
        keys_learned: Callable[[tuple[Handover, ...]], None] = lambda _: None,
    ) -> None:
        """`keys_learned` keeps what is to be known of the server's keys after a restart."""
        self._spool = spool
        self._shipper = shipper
        self._transport = transport
        self._key = key
        self._agent_version = agent_version
        self._now_s = now_s
        self.observes: Observes = ()
        """What the device can observe, said with the next session."""
        self._keys_learned = keys_learned

    def step(self) -> Step:
        """Send at most one thing and note what came of it."""
        action = self._shipper.decide(self._waiting(), self._now_s())
        if isinstance(action, Wait):
            return Step(action)
        answer = self._send(action)
        outcome = self._shipper.answered(action, answer, self._now_s())
        with self._spool.exclusive():
            self._apply(outcome)
        return Step(action, outcome)

    def drain(self, seconds: float) -> bool:
        """Send until nothing waits or trouble outlasts `seconds`; returns whether all went.

        Waits between tries by doing nothing else: for scripts, not for the runner.
        """
        deadline_s = self._now_s() + seconds
        while True:
            step = self.step()
            if isinstance(step.action, Wait):
                counts = self._spool.counts()
                if not (
                    counts.batches_waiting or counts.objects_waiting or counts.withdrawals_waiting
                ):
                    return True
                if self._now_s() >= deadline_s:
                    return False
                time.sleep(min(step.action.seconds or 0.05, 0.05))

    def _waiting(self) -> Waiting:
        with self._spool.exclusive():
            batch = self._sound_batch()
        return Waiting(
            withdrawal=self._spool.next_withdrawal(),
            opening=self._spool.to_open(),
            batch=batch,
            notice=next_notice(self._spool),
            object=self._spool.next_object(),
        )

    def _sound_batch(self) -> BatchRow | None:
        """The next batch; one whose bytes were changed is put aside, counted and chained over."""
        while (batch := self._spool.next_batch()) is not None and not batch.holds():
            rows = self._spool.set_aside(batch, "its stored bytes were changed")
            self._close_gap(batch.session, batch.sequence, LossReason.SPOOL_DAMAGED, rows)
        return batch

    def _send(self, action: Sending) -> Answer:
        if isinstance(action, FetchKeys):
            return self._transport.get(KEYS_PATH)
        if isinstance(action, TellWithdrawal):
            return self._transport.delete(f"/agent/v1/consents/{action.project.hex()}")
        if isinstance(action, OpenSession):
            row = action.session
            request = SessionRequest(
                row.session, row.project, row.policy_version, self._agent_version, self.observes
            )
            return self._transport.post("/agent/v1/sessions", encode_message(request))
        if isinstance(action, SendBatch):
            return self._transport.post(
                "/agent/v1/batches", action.batch.sealed, BATCH_CONTENT_TYPE
            )
        if isinstance(action, FetchRules):
            return self._transport.get("/agent/v1/projects")
        if isinstance(action, SendNotice):
            message = encode_message(notice_of(action.notice, self._key))
            return self._transport.post("/agent/v1/blankings", message)
        stored = action.object
        path = f"/agent/v1/objects/{stored.digest.hex()}?session={stored.session.hex()}"
        return self._transport.put(path, stored.data, _content_type(stored.data))

    def _apply(self, outcome: Outcome) -> None:
        match outcome:
            case WithdrawalTold(project):
                self._spool.withdrawal_told(project)
            case Opened(grant):
                self._spool.session_opened(grant.session, grant.nonce)
            case OpeningRefused(session):
                self._spool.drop_session(session)
            case Acknowledged(receipt):
                self._spool.acknowledged(receipt)
            case Refused(batch, reason):
                rows = self._spool.set_aside(batch, reason)
                self._close_gap(batch.session, batch.sequence, LossReason.REFUSED_BY_SERVER, rows)
            case Realign(session, expected):
                self._realign(session, expected)
            case GivenUp(session, reason):
                self._spool.session_stuck(session, reason)
            case KeysLearned(handovers):
                self._keys_learned(handovers)
            case _:
                self._apply_beside(outcome)

    def _apply_beside(
        self,
        outcome: NoticeTaken | ObjectStored | ObjectRefused | KeyUnknown | RulesAnswered | Kept,
    ) -> None:
        """What came of things that are not in the chain."""
        match outcome:
            case NoticeTaken(notice):
                told(self._spool, notice)
            case ObjectStored(stored):
                self._spool.object_stored(stored)
            case ObjectRefused(refused, reason):
                self._spool.set_object_aside(refused, reason)

    def _realign(self, session: bytes, expected: int) -> None:
        """Go on from the number that the server waits for."""
        waiting = self._spool.waiting_batches(session)
        overtaken = [batch for batch in waiting if batch.sequence < expected]
        if len(overtaken) == len(waiting):
            self._spool.session_stuck(session, "The server has more of this session than we do.")
            return
        for batch in overtaken:
            rows = self._spool.set_aside(batch, "the server went past this number without it")
            self._spool.count_loss(LossReason.REFUSED_BY_SERVER, max(1, rows))
        if not overtaken:
            missing = waiting[0].sequence - expected
            self._close_gap(session, expected, LossReason.REFUSED_BY_SERVER, missing)

    def _close_gap(self, session: bytes, number: int, reason: LossReason, lost: int) -> None:
        """Chain what waits behind `number` anew, so that it takes that number."""
        digest = self._digest_before(session, number)
        if digest is None:
            self._spool.count_loss(reason, max(1, lost))
            self._spool.session_stuck(session, "Its chain cannot be continued on this device.")
            return
        head = ChainHead(number - 1, digest)
        rest = [batch.sealed for batch in self._spool.waiting_batches(session) if batch.holds()]
        losses = {int(reason): lost} if lost else {}
        nonce = self._spool.session(session).opening_nonce
        try:
            envelopes = rechain(head, rest, self._key, losses, nonce)
            self._spool.replace_waiting(session, head, envelopes)
        except (WireError, SpoolRefused) as error:
            if lost:
                self._spool.count_loss(reason, lost)
            self._spool.session_stuck(session, f"Its chain cannot be continued: {error}")
            return
        if not envelopes and losses:
            self._spool.count_loss(reason, lost)

    def _digest_before(self, session: bytes, number: int) -> bytes | None:
        if number == 0:
            return ChainHead().digest
        return self._spool.receipt_digest(session, number - 1)


def _content_type(data: bytes) -> str:
    return "image/webp" if data[8:12] == b"WEBP" else "application/octet-stream"
