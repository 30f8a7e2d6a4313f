"""`POST /agent/v1/batches`: the one hot route, plain ASGI beside the framework.

Order of the checks: token, room, size, pace, format, digest, device, session, signature, nonce,
time, the person's removal, chain. What fails any of them leaves nothing behind. The body stays
closed: decoding is the scorer's work. What is looked up is looked up for many requests at once,
and batches are committed in groups; all else happens on the event loop, where it costs less than
handing it to a thread.
"""

import asyncio
import hmac
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import partial
from typing import Any, NamedTuple

from server.clock import now_us
from server.errors import Refusal, StorageAway, overloaded, too_often
from server.figures import IngestFigures
from server.http.bodies import Receive, check_kind
from server.http.refusals import answer_of, refusal_of
from server.ingest.bodies import Bodies
from server.ingest.pace import Pace
from server.ingest.receipts import Receipts
from server.ingest.room import Room, busy
from server.ingest.seals import check_seal
from server.ingest.senders import Sender, Senders
from server.ingest.sessions import Live, Sessions
from server.operation.keys import ServerKeys
from server.records import Append, Device
from server.services.removal import check_done_before
from server.storage.protocols import BatchWriter, Store
from wire.batch import Envelope, open_envelope
from wire.chain import follow
from wire.errors import ChainBroken, DigestMismatch, WireError
from wire.messages import BATCH_CONTENT_TYPE
from wire.problems import TYPE_PREFIX, ProblemCode

PATH = "/agent/v1/batches"
Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Fields = Mapping[bytes, bytes]
Body = bytes | Callable[[], Awaitable[bytes]]
"""The whole of it, or what reads it."""

_KIND = BATCH_CONTENT_TYPE.encode()
_NOSNIFF = (b"x-content-type-options", b"nosniff")
_RECEIPT_FIELDS = ((b"content-type", b"application/json"), _NOSNIFF)

_MOVES_MAX = 3
_BURST = 20
_AWAY_S = 10
_AT_WORK_US = 24 * 3600 * 1_000_000
_AT_WORK_MAX = 120_000
_SESSION_MAX_US = 31 * 24 * 3600 * 1_000_000
"""No session is longer: an hour that no calendar holds would be nobody's work."""
_log = logging.getLogger(__name__)


class Answer(NamedTuple):
    """What is answered, whatever carries it."""

    status: int
    fields: tuple[tuple[bytes, bytes], ...]
    body: bytes


class Ingest:
    """Takes sealed batches, and answers each with a receipt or a problem."""

    def __init__(
        self, store: Store, writer: BatchWriter, keys: ServerKeys, per_device_minute: int
    ) -> None:
        self.figures = IngestFigures()
        self._store = store
        self._writer = writer
        self._keys = keys
        self._receipts = Receipts(store, keys)
        self._senders = Senders(store)
        self._sessions = Sessions(store)
        self._pace = Pace(per_device_minute / 60, _BURST)
        self._room = Room()
        self._bodies = Bodies()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request as ASGI has it."""
        fields = dict(scope["headers"])
        if scope["method"] == "POST":
            read = partial(self._bodies.read, receive, fields.get(b"content-length"))
            answer = await self.answer(fields, read)
        else:
            refusal = Refusal(ProblemCode.METHOD_NOT_ALLOWED, 405, "Batches are posted.")
            answer = self._refused(refusal)
        start = {"type": "http.response.start", "status": answer.status}
        await send(start | {"headers": list(answer.fields)})
        await send({"type": "http.response.body", "body": answer.body})

    async def answer(self, fields: Fields, body: Body) -> Answer:
        """What a post is answered; never raises."""
        began = time.perf_counter()
        try:
            receipt = await self._take(fields, body)
            answer = Answer(200, (*_RECEIPT_FIELDS, _length(receipt)), receipt)
        except Refusal as refusal:
            answer = self._refused(refusal)
        except WireError as error:
            answer = self._refused(refusal_of(error))
        except StorageAway as error:
            _log.error("the storage does not answer", exc_info=error)
            answer = self._refused(overloaded(_AWAY_S))
        except Exception:  # noqa: BLE001 - the last line of defence of a route of its own
            _log.exception("a batch could not be handled")
            answer = self._refused(Refusal(ProblemCode.INTERNAL, 500, "Send this again later."))
        self.figures.answered(answer.status, time.perf_counter() - began)
        return answer

    def remember_those_at_work(self) -> None:
        """Read the open sessions at once, before the first request.

        After a restart every agent posts within half a minute; looked up as they come, they cost
        three times as much.
        """
        for one in self._store.at_work(now_us() - _AT_WORK_US, _AT_WORK_MAX):
            self._senders.remember(one.token_hash, one.device)
            self._sessions.remember(one.entry, one.head)

    @property
    def remembered(self) -> int:
        """Sessions whose head is remembered."""
        return self._sessions.remembered

    def _refused(self, refusal: Refusal) -> Answer:
        self.figures.refused(refusal.problem.type.removeprefix(TYPE_PREFIX))
        status, named, body = answer_of(refusal)
        fields = [(name.encode(), value.encode()) for name, value in named.items()]
        if status == 408:
            # Whatever else of the body comes is not waited for.
            fields.append((b"connection", b"close"))
        return Answer(status, (*fields, _NOSNIFF, _length(body)), body)

    async def _take(self, fields: Fields, body: Body) -> bytes:
        sender = await self._senders.sender(fields.get(b"authorization", b""))
        room = self._room.enter(fields.get(b"content-length"))
        try:
            sealed = body if isinstance(body, bytes) else await body()
            self.figures.bytes += len(sealed)
            if fields.get(b"content-type", _KIND) != _KIND:
                check_kind(fields[b"content-type"].decode("latin-1"), BATCH_CONTENT_TYPE)
            wait_s = self._pace.wait_s(sender.device.id, time.monotonic())
            if wait_s:
                raise too_often(wait_s)
            envelope = open_envelope(sealed)
            _check_digest(fields.get(b"veritype-digest"), envelope)
            live = await self._session_of(sender.device, envelope)
            self._check_sealed(sender, live, envelope)
            _check_time(envelope)
            ended_us = live.entry.opened_us + envelope.header.end_us
            check_done_before(sender.device, ended_us, now_us())
            return await self._store_once(live, envelope)
        finally:
            self._room.leave(room)

    async def _session_of(self, device: Device, envelope: Envelope) -> Live:
        if envelope.header.device != device.id:
            raise Refusal(ProblemCode.WRONG_DEVICE, 403, "The batch is another device's.")
        live = await self._sessions.get(device.organisation, envelope.header.session)
        if live is None:
            raise Refusal(ProblemCode.UNKNOWN_SESSION, 404, "Open the session first.")
        if live.entry.device != device.id:
            raise Refusal(ProblemCode.WRONG_DEVICE, 403, "The session is another device's.")
        return live

    def _check_sealed(self, sender: Sender, live: Live, envelope: Envelope) -> None:
        check_seal(sender.device.public_key, sender.key_id, envelope)
        header = envelope.header
        if live.told is not None and live.told.stands_in(header, self._keys.nonce_secret):
            return
        if not self._keys.is_nonce(header.nonce, header.session, header.anchor):
            raise Refusal(
                ProblemCode.UNKNOWN_NONCE, 403, "The nonce was not given to this session."
            )

    async def _store_once(self, live: Live, envelope: Envelope) -> bytes:
        key = (live.entry.organisation, live.entry.id)
        for _ in range(_MOVES_MAX):
            try:
                before = live.head
                after = follow(before, envelope)
            except ChainBroken as broken:
                stored = await self._sessions.reload(key)
                if stored is None or stored.head == before:
                    return await self._repeat_or_refuse(live, envelope, broken)
                live = stored
                continue
            append = Append(live.entry, before, after, envelope, now_us())
            if await self._writer.append(append):
                live.head = after
                live.told = self._receipts.next_nonce(live.entry, after.sequence)
                return await self._receipts.receipt(
                    live.entry, envelope, append.received_us, live.told
                )
            # Another request, or another node, moved the head: what we remembered is old.
            live = await self._sessions.reload(key) or live
        raise busy()

    async def _repeat_or_refuse(self, live: Live, envelope: Envelope, broken: ChainBroken) -> bytes:
        """The receipt of a batch that is stored already; else what is expected instead."""
        entry, sequence = live.entry, envelope.header.sequence
        store = self._store.of(entry.organisation)
        stored = await asyncio.to_thread(store.taken, entry.row, sequence)
        if stored is not None and stored.digest == envelope.digest:
            told = self._receipts.next_nonce(entry, sequence)
            return await self._receipts.receipt(entry, envelope, stored.received_us, told)
        problem, closed = refusal_of(broken).problem, live.head.closed
        raise Refusal(
            ProblemCode.OUT_OF_ORDER,
            problem.status,
            "The session is closed." if closed else problem.detail,
            expected_sequence=None if closed else live.head.sequence + 1,
        )


def _check_digest(claimed: bytes | None, envelope: Envelope) -> None:
    if claimed is None:
        return
    if not hmac.compare_digest(claimed.lower(), envelope.digest.hex().encode()):
        raise DigestMismatch("the digest field is not this batch's digest")


def _check_time(envelope: Envelope) -> None:
    if envelope.header.end_us > _SESSION_MAX_US:
        raise Refusal(
            ProblemCode.INVALID_REQUEST, 400, "A batch speaks for at most the 31st day; clock out."
        )


def _length(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", b"%d" % len(body)
