"""Requests that are done once, however often they are sent: idempotency keys.

A request that comes with a key is noted before it is done, durably, and its answer when it is
done. Between the two the server may be cut off. Then nobody can say whether it was done, so it is
not done again: whoever repeats it is told so. What was refused leaves nothing behind, and frees
its key.

Kept is no key, no request and no readable answer: of the key a keyed digest, of the request too,
and the answer is sealed so that only this server, asked with the same key, opens it.
"""

import hmac
from dataclasses import dataclass
from hashlib import sha256

import msgspec

from server.errors import Refusal
from server.records.idempotency import KeptAnswer, Once
from server.services.asking import Asker
from server.services.sealing import AnswerSeal
from server.storage.protocols import Store
from wire.problems import ProblemCode

KEPT_US = 24 * 3600 * 1_000_000
"""So long an answer is given again."""
CUT_OFF_US = 120 * 1_000_000
"""A request that takes longer was cut off: no route takes seconds."""
_AGAIN_S = 1


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """An answer as it was given."""

    status: int
    fields: tuple[tuple[bytes, bytes], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that was given before, and the template of the route that gave it."""

    answer: Answer
    route: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """The caller's to do, and then to say how it ended."""

    organisation: int
    owner: bytes
    """Who sent which key; kept nowhere."""
    key_hash: bytes


class Repeats:
    """Notes what is done and what came of it."""

    def __init__(self, store: Store, secret: bytes) -> None:
        self._store = store
        self._secret = hmac.digest(secret, b"veritype idempotency v1", sha256)
        self._seal = AnswerSeal(secret)

    def begin(self, asker: Asker, key: str, request: bytes, now_us: int) -> Ticket | Given:
        """Begin what `request` says, or give the answer that it had; raises `Refusal`."""
        owner = f"{asker.name} {key}".encode()
        ticket = Ticket(asker.organisation, owner, self._digest(asker.organisation, owner))
        fingerprint = self._digest(asker.organisation, request)
        store = self._store.of(asker.organisation)
        known = store.begin_once(ticket.key_hash, fingerprint, now_us, now_us + KEPT_US)
        if known is None:
            return ticket
        if not hmac.compare_digest(known.fingerprint, fingerprint):
            raise Refusal(
                ProblemCode.IDEMPOTENCY_MISMATCH,
                422,
                "This Idempotency-Key came with another request before; draw a new one.",
            )
        return self._given(ticket, known, now_us)

    def done(self, ticket: Ticket, route: str, answer: Answer) -> None:
        """It was done: the answer is given again from now on."""
        sealed = self._seal.seal(ticket.organisation, ticket.owner, msgspec.msgpack.encode(answer))
        kept = KeptAnswer(route, answer.status, sealed)
        self._store.of(ticket.organisation).keep_answer(ticket.key_hash, kept)

    def refused(self, ticket: Ticket) -> None:
        """It was refused and nothing of it is kept: the key is free again."""
        self._store.of(ticket.organisation).forget_once(ticket.key_hash)

    def _given(self, ticket: Ticket, known: Once, now_us: int) -> Given:
        if known.answered is None and now_us - known.begun_us < CUT_OFF_US:
            raise Refusal(
                ProblemCode.IN_PROGRESS,
                409,
                "This request is being done just now; ask again for its answer.",
                retry_after_s=_AGAIN_S,
            )
        opened = None
        if known.answered is not None:
            sealed = known.answered.sealed
            opened = self._seal.open(ticket.organisation, ticket.owner, sealed)
        if known.answered is None or opened is None:
            raise Refusal(
                ProblemCode.OUTCOME_UNKNOWN,
                409,
                "The server was cut off while it did this. Look whether it is done; if it is not,"
                " send it with a new key.",
            )
        return Given(_DECODER.decode(opened), known.answered.route)

    def _digest(self, organisation: int, what: bytes) -> bytes:
        return hmac.digest(self._secret, organisation.to_bytes(8, "big") + what, sha256)


_DECODER = msgspec.msgpack.Decoder(Answer)
