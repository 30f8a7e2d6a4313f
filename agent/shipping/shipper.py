"""What to send next, and what an answer means. A machine without I/O.

`decide` maps what waits and the time to one action; `answered` maps the answer to one outcome.
The caller does the sending, applies the outcome to the spool, and sleeps. Nothing is ever dropped
here: an outcome either names a verified receipt, or keeps the batch, or puts it aside by name.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agent.face.wording import plain
from agent.server_keys import followed
from agent.shipping.transport import Answer
from agent.spool.rows import BatchRow, BlankingRow, ObjectRow, SessionRow
from wire.errors import MessageInvalid, SignatureInvalid
from wire.messages import Acknowledgement, ProjectOffer, Projects, SessionGrant, decode_message
from wire.problems import Problem, ProblemCode
from wire.server_keys import Handover, KeyRing
from wire.signing import VerifyKey

BACKOFF_BASE_S = 1.0
BACKOFF_CAP_S = 300.0
BARRED_S = 3600.0
"""So seldom is a server asked again that said no to this device or its person."""
REALIGN_TRIES = 3
"""Chaining anew this often without a receipt in between means that the two ends disagree."""

_REFUSED_FOR_GOOD = frozenset(
    (
        ProblemCode.MALFORMED,
        ProblemCode.TOO_LARGE,
        ProblemCode.UNSUPPORTED_VERSION,
        ProblemCode.SIGNATURE_INVALID,
        ProblemCode.DIGEST_MISMATCH,
        ProblemCode.UNKNOWN_NONCE,
        ProblemCode.INVALID_REQUEST,
    )
)
_SESSION_REFUSED = frozenset(
    (ProblemCode.UNKNOWN_SESSION, ProblemCode.WRONG_DEVICE, ProblemCode.CONFLICT)
)
_BARRED = frozenset((ProblemCode.DEVICE_REVOKED, ProblemCode.PERSON_REMOVED))
_OBJECT_REFUSED = _REFUSED_FOR_GOOD | {ProblemCode.UNKNOWN_SESSION, ProblemCode.WRONG_DEVICE}
_MAY_SUCCEED_LATER = frozenset((ProblemCode.OVERLOADED, ProblemCode.INTERNAL, None))


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the spool has to send, first things first."""

    opening: SessionRow | None = None
    batch: BatchRow | None = None
    notice: BlankingRow | None = None
    object: ObjectRow | None = None
    withdrawal: bytes | None = None
    """A project whose consent was withdrawn."""


@dataclass(frozen=True, slots=True)
class TellWithdrawal:
    """DELETE the consent to a project's rules."""

    project: bytes


@dataclass(frozen=True, slots=True)
class OpenSession:
    """POST the session's opening."""

    session: SessionRow


@dataclass(frozen=True, slots=True)
class SendBatch:
    """POST a sealed batch."""

    batch: BatchRow


@dataclass(frozen=True, slots=True)
class FetchRules:
    """GET the projects: an acknowledgement named a policy version that was not seen before."""


@dataclass(frozen=True, slots=True)
class SendNotice:
    """POST what the trainer blanked in a session that is over."""

    notice: BlankingRow


@dataclass(frozen=True, slots=True)
class UploadObject:
    """PUT a picture, title or note."""

    object: ObjectRow


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do for so long, or until something new is spooled (None: until then)."""

    seconds: float | None


@dataclass(frozen=True, slots=True)
class FetchKeys:
    """GET the server's keys: it signed with one that is not known here."""


Sending = (
    FetchKeys | TellWithdrawal | OpenSession | SendBatch | FetchRules | SendNotice | UploadObject
)
Action = Sending | Wait


@dataclass(frozen=True, slots=True)
class WithdrawalTold:
    """The server knows that consent was withdrawn, or does not know the project any more."""

    project: bytes


@dataclass(frozen=True, slots=True)
class RulesAnswered:
    """The rules in force; none if the answer could not be read, which is no trouble."""

    offers: tuple[ProjectOffer, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """The server opened the session."""

    grant: SessionGrant


@dataclass(frozen=True, slots=True)
class OpeningRefused:
    """The server will not open the session."""

    session: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A receipt whose digest and signature hold: the batch may go."""

    receipt: Acknowledgement


@dataclass(frozen=True, slots=True)
class KeyUnknown:
    """The receipt names a key that is not known here: the batch is kept, the keys are asked for."""


@dataclass(frozen=True, slots=True)
class KeysLearned:
    """The server's new key was vouched for by one that is trusted."""

    handovers: tuple[Handover, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """The server will never take this batch: aside with it, counted, the rest chained anew."""

    batch: BatchRow
    reason: str


@dataclass(frozen=True, slots=True)
class Realign:
    """The server waits for another number: go on from there."""

    session: bytes
    expected_sequence: int


@dataclass(frozen=True, slots=True)
class GivenUp:
    """The server will take nothing more of this session."""

    session: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class NoticeTaken:
    """The server knows what was blanked, or will never take it: it is not sent again."""

    notice: BlankingRow


@dataclass(frozen=True, slots=True)
class ObjectStored:
    """The server has the object."""

    object: ObjectRow


@dataclass(frozen=True, slots=True)
class ObjectRefused:
    """The server will never take this object."""

    object: ObjectRow
    reason: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Not sent; everything is kept and tried again."""

    reason: str


Outcome = (
    WithdrawalTold
    | Opened
    | OpeningRefused
    | Acknowledged
    | KeyUnknown
    | KeysLearned
    | Refused
    | Realign
    | GivenUp
    | NoticeTaken
    | ObjectStored
    | ObjectRefused
    | RulesAnswered
    | Kept
)


class Shipper:
    """Decides; keeps only the backoff and the last trouble."""

    def __init__(
        self,
        server_key: VerifyKey,
        cap_s: float = BACKOFF_CAP_S,
        draw: Callable[[], float] = random.random,
        handovers: Sequence[Handover] = (),
    ) -> None:
        """`draw` gives numbers from [0, 1) for the jitter."""
        self._ring = KeyRing(server_key, handovers)
        self._key_missing = False
        self._cap_s = cap_s
        self._draw = draw
        self._failures = 0
        self._realigned = 0
        self._not_before_s = 0.0
        self.last_error = ""
        """A sentence for the status; empty when the last answer was good."""
        self.policy_version_in_force = 0
        self.offers: tuple[ProjectOffer, ...] = ()
        """The rules in force, as they were fetched when they changed last."""
        self.barred = ""
        """Why the server takes nothing new from this device or its person; empty: it does."""
        self._rules_wanted = False
        self._batches_from_s = 0.0

    def decide(self, waiting: Waiting, now_s: float) -> Action:
        """The next action; `now_s` is any clock that never steps back."""
        asked_anew = self.barred and waiting.opening is not None
        if now_s < self._not_before_s and not asked_anew:
            return Wait(self._not_before_s - now_s)
        if self._key_missing:
            return FetchKeys()
        if waiting.withdrawal is not None:
            return TellWithdrawal(waiting.withdrawal)
        if waiting.opening is not None:
            return OpenSession(waiting.opening)
        if waiting.batch is not None and now_s >= self._batches_from_s:
            return SendBatch(waiting.batch)
        if self._rules_wanted:
            return FetchRules()
        if waiting.notice is not None:
            return SendNotice(waiting.notice)
        if waiting.object is not None:
            return UploadObject(waiting.object)
        return Wait(None if waiting.batch is None else self._batches_from_s - now_s)

    def answered(self, sending: Sending, answer: Answer, now_s: float) -> Outcome:
        """What an answer means for what was sent."""
        problem = answer.problem()
        if problem is not None and problem.code in _BARRED:
            return self._bar(sending, problem, now_s)
        if isinstance(sending, FetchKeys):
            outcome = self._keys_answered(answer)
        elif isinstance(sending, TellWithdrawal):
            outcome = _withdrawal_answered(sending.project, answer)
        elif isinstance(sending, OpenSession):
            outcome = self._opening_answered(sending.session, answer)
        elif isinstance(sending, SendBatch):
            outcome = self._batch_answered(sending.batch, answer)
        elif isinstance(sending, FetchRules):
            outcome = self._rules_answered(answer)
        elif isinstance(sending, SendNotice):
            outcome = _notice_answered(sending.notice, answer)
        else:
            outcome = _object_answered(sending.object, answer)
        self._note(outcome, answer, now_s)
        return outcome

    def retry_now(self) -> None:
        """Something changed (a clock-out, a new start): do not sit out the backoff."""
        if not self.barred:
            self._not_before_s = 0.0

    def _bar(self, sending: Sending, problem: Problem, now_s: float) -> Outcome:
        """The server takes nothing new: what waits is kept, and it is asked again seldom.

        Of a person who was removed, it still takes what belongs to work of before.
        """
        self.barred = self.last_error = _sentence(problem)
        self._rules_wanted = False
        if isinstance(sending, SendBatch) and problem.code is ProblemCode.PERSON_REMOVED:
            self._batches_from_s = now_s + BARRED_S
        else:
            self._not_before_s = now_s + BARRED_S
        if isinstance(sending, OpenSession):
            return OpeningRefused(sending.session.session, self.barred)
        return Kept(self.barred)

    def _rules_answered(self, answer: Answer) -> Outcome:
        self._rules_wanted = False
        try:
            self.offers = decode_message(answer.body, Projects).projects if answer.ok else ()
        except MessageInvalid:
            self.offers = ()
        return RulesAnswered(self.offers)

    def _opening_answered(self, session: SessionRow, answer: Answer) -> Outcome:
        problem = answer.problem()
        if answer.ok:
            self.policy_version_in_force = session.policy_version
            return _grant(session, answer)
        code = problem.code if problem else None
        if code in _MAY_SUCCEED_LATER or problem is None:
            return Kept(_trouble(answer))
        return OpeningRefused(session.session, _sentence(problem))

    def _batch_answered(self, batch: BatchRow, answer: Answer) -> Outcome:
        if answer.ok:
            return self._receipt(batch, answer)
        problem = answer.problem()
        if problem is None or answer.failure:
            return Kept(_trouble(answer))
        if problem.code in _REFUSED_FOR_GOOD:
            return Refused(batch, _sentence(problem))
        if problem.code in _SESSION_REFUSED:
            return GivenUp(batch.session, _sentence(problem))
        if problem.code is ProblemCode.OUT_OF_ORDER:
            return self._out_of_order(batch, problem)
        return Kept(_sentence(problem))

    def _out_of_order(self, batch: BatchRow, problem: Problem) -> Outcome:
        expected = problem.expected_sequence
        if expected is None or expected < 0:
            return GivenUp(batch.session, _sentence(problem))
        if self._realigned >= REALIGN_TRIES:
            return GivenUp(batch.session, "The server and this device disagree about the chain.")
        return Realign(batch.session, expected)

    def _receipt(self, batch: BatchRow, answer: Answer) -> Outcome:
        try:
            receipt = decode_message(answer.body, Acknowledgement)
            if self._ring.key(receipt.server_key_id) is None:
                self._key_missing = True
                return KeyUnknown()
            receipt.verify_by(self._ring)
        except (MessageInvalid, SignatureInvalid, OverflowError):
            return Kept("The server's receipt does not hold; the batch is kept.")
        named = (receipt.session, receipt.sequence, receipt.digest)
        if named != (batch.session, batch.sequence, batch.digest):
            return Kept("The server's receipt is for something else; the batch is kept.")
        return Acknowledged(receipt)

    def _keys_answered(self, answer: Answer) -> Outcome:
        self._key_missing = False
        if not answer.ok:
            return Kept(_trouble(answer))
        longer = followed(self._ring, answer)
        if longer is self._ring:
            return Kept("The server signs with a key that its earlier one did not vouch for.")
        self._ring = longer
        return KeysLearned(longer.handovers)

    def _note(self, outcome: Outcome, answer: Answer, now_s: float) -> None:
        if isinstance(outcome, Kept):
            self.last_error = outcome.reason
            self._not_before_s = now_s + self._delay_s(answer.retry_after_s)
            self._failures += 1
            return
        self._not_before_s = 0.0
        if isinstance(outcome, KeyUnknown):
            return
        self._failures = 0
        if isinstance(outcome, Realign):
            self._realigned += 1
        elif isinstance(outcome, Acknowledged | Opened):
            self._realigned = 0
        if isinstance(outcome, Acknowledged | Opened):
            self.barred, self._batches_from_s = "", 0.0
        if isinstance(outcome, Acknowledged):
            in_force = outcome.receipt.policy_version
            self._rules_wanted |= 0 < self.policy_version_in_force < in_force
            self.policy_version_in_force = in_force
        if isinstance(outcome, Refused | GivenUp | OpeningRefused | ObjectRefused):
            self.last_error = outcome.reason
        else:
            self.last_error = ""

    def _delay_s(self, retry_after_s: float | None) -> float:
        """Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter."""
        ceiling_s = min(self._cap_s, BACKOFF_BASE_S * float(1 << min(self._failures, 30)))
        # A floor of a twentieth, so that a lucky draw does not hammer a struggling server.
        jittered_s = ceiling_s * max(0.05, self._draw())
        return max(jittered_s, retry_after_s or 0.0)


def _withdrawal_answered(project: bytes, answer: Answer) -> Outcome:
    problem = answer.problem()
    if answer.ok or (problem is not None and problem.code is ProblemCode.NOT_FOUND):
        return WithdrawalTold(project)
    return Kept(_trouble(answer))


def _grant(session: SessionRow, answer: Answer) -> Outcome:
    try:
        grant = decode_message(answer.body, SessionGrant)
    except MessageInvalid:
        return Kept("The server's answer to clocking in could not be read.")
    if grant.session != session.session:
        return Kept("The server answered for another session.")
    return Opened(grant)


def _notice_answered(row: BlankingRow, answer: Answer) -> Outcome:
    problem = answer.problem()
    may_succeed_later = problem is None or problem.code in _MAY_SUCCEED_LATER
    if answer.ok or not (answer.failure or may_succeed_later):
        return NoticeTaken(row)
    return Kept(_trouble(answer))


def _object_answered(row: ObjectRow, answer: Answer) -> Outcome:
    if answer.ok:
        return ObjectStored(row)
    problem = answer.problem()
    if problem is None or answer.failure:
        return Kept(_trouble(answer))
    if problem.code in _OBJECT_REFUSED:
        return ObjectRefused(row, _sentence(problem))
    return Kept(_sentence(problem))


def _trouble(answer: Answer) -> str:
    if answer.failure:
        return answer.failure
    problem = answer.problem()
    return _sentence(problem) if problem else f"The server answered {answer.status}."


def _sentence(problem: Problem) -> str:
    return f"The server answered {problem.status}: {plain(problem.detail or problem.title)}"
