"""`POST /agent/v1/batches`: the one hot route, plain ASGI beside the framework.

Order of the checks: token, size, format, digest, device, session, signature, nonce, time, the
person's removal, chain.
What fails any of them leaves nothing behind. The body stays closed: decoding is the scorer's work.
"""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, replace
from typing import Any

from server.clock import now_us
from server.errors import Refusal, overloaded
from server.http.bodies import Receive, read_body
from server.http.refusals import answer_of, refusal_of
from server.operation.keys import ServerKeys
from server.recent import Recent
from server.records import Append, Device, SessionEntry
from server.services.removal import check_done_before
from server.signin.tokens import Tokens
from server.storage.protocols import BatchWriter, Store
from wire import limits
from wire.batch import Envelope, open_envelope, verify
from wire.chain import ChainHead, derive_nonce, follow, nonce_holds
from wire.errors import ChainBroken, DigestMismatch, SignatureInvalid, WireError
from wire.messages import Acknowledgement, acknowledge, encode_message
from wire.problems import ProblemCode
from wire.signing import VerifyKey

PATH = "/agent/v1/batches"
Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_LIVE_MAX = 200_000
_LIVE_S = 3600.0
_POLICY_S = 10.0
_MOVES_MAX = 3
_SESSION_MAX_US = 31 * 24 * 3600 * 1_000_000
"""No session is longer: an hour that no calendar holds would be nobody's work."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Live:
    """A session and its head, as last seen by this process."""

    entry: SessionEntry
    head: ChainHead


class Ingest:
    """Takes sealed batches, and answers each with a receipt or a problem."""

    def __init__(self, store: Store, writer: BatchWriter, tokens: Tokens, keys: ServerKeys) -> None:
        self._store = store
        self._writer = writer
        self._tokens = tokens
        self._keys = keys
        self._live: Recent[tuple[int, bytes], _Live] = Recent(_LIVE_MAX, _LIVE_S)
        self._in_force: Recent[bytes, int] = Recent(_LIVE_MAX, _POLICY_S)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            fields = {name.decode("latin-1"): value for name, value in scope["headers"]}
            receipt = await self._take(scope["method"], fields, receive)
            answer = (200, {"content-type": "application/json"}, encode_message(receipt))
        except Refusal as refusal:
            answer = answer_of(refusal)
        except WireError as error:
            answer = answer_of(refusal_of(error))
        except Exception:  # noqa: BLE001 - the last line of defence of a route of its own
            _log.exception("a batch could not be handled")
            answer = answer_of(Refusal(ProblemCode.INTERNAL, 500, "Send this again later."))
        await _send(send, *answer)

    async def _take(
        self, method: str, fields: dict[str, bytes], receive: Receive
    ) -> Acknowledgement:
        if method != "POST":
            raise Refusal(ProblemCode.METHOD_NOT_ALLOWED, 405, "Batches are posted.")
        authorization = fields.get("authorization", b"").decode("latin-1")
        device = self._tokens.remembered_device(authorization)
        if device is None:
            device = await asyncio.to_thread(self._tokens.device, authorization)
        declared = fields.get("content-length", b"").decode("latin-1") or None
        body = await read_body(receive, declared, limits.BATCH_MAX_BYTES)
        envelope = open_envelope(body)
        _check_digest(fields.get("veritype-digest"), envelope)
        live = await self._session_of(device, envelope)
        self._check_sealed(device, envelope)
        _check_time(envelope)
        ended_us = live.entry.opened_us + envelope.header.end_us
        check_done_before(device, ended_us, now_us())
        return await self._store_once(live, envelope)

    async def _session_of(self, device: Device, envelope: Envelope) -> _Live:
        if envelope.header.device != device.id:
            raise Refusal(ProblemCode.WRONG_DEVICE, 403, "The batch is another device's.")
        key = (device.organisation, envelope.header.session)
        live = self._live.get(key) or await self._reload(*key)
        if live is None:
            raise Refusal(ProblemCode.UNKNOWN_SESSION, 404, "Open the session first.")
        if live.entry.device != device.id:
            raise Refusal(ProblemCode.WRONG_DEVICE, 403, "The session is another device's.")
        return live

    def _check_sealed(self, device: Device, envelope: Envelope) -> None:
        key = VerifyKey(device.public_key)
        if envelope.header.key_id != key.key_id:
            raise SignatureInvalid("sealed with another key")
        verify(envelope, key)
        if not nonce_holds(self._keys.nonce_secret, envelope):
            raise Refusal(
                ProblemCode.UNKNOWN_NONCE, 403, "The nonce was not given to this session."
            )

    async def _store_once(self, live: _Live, envelope: Envelope) -> Acknowledgement:
        key = (live.entry.organisation, live.entry.id)
        for _ in range(_MOVES_MAX):
            try:
                after = follow(live.head, envelope)
            except ChainBroken as broken:
                stored = await self._reload(*key)
                if stored is None or stored.head == live.head:
                    return await self._repeat_or_refuse(live, envelope, broken)
                live = stored
                continue
            append = Append(live.entry, live.head, after, envelope, now_us())
            if await self._writer.append(append):
                self._live.put(key, replace(live, head=after))
                return await self._receipt(live.entry, envelope, append.received_us)
            # Another request, or another node, moved the head: what we remembered is old.
            live = await self._reload(*key) or live
        raise overloaded(1)

    async def _repeat_or_refuse(
        self, live: _Live, envelope: Envelope, broken: ChainBroken
    ) -> Acknowledgement:
        """The receipt of a batch that is stored already; else what is expected instead."""
        entry, sequence = live.entry, envelope.header.sequence
        store = self._store.of(entry.organisation)
        stored = await asyncio.to_thread(store.batch, entry.row, sequence)
        if stored is not None and stored.digest == envelope.digest:
            return await self._receipt(entry, envelope, stored.received_us)
        problem, closed = refusal_of(broken).problem, live.head.closed
        raise Refusal(
            ProblemCode.OUT_OF_ORDER,
            problem.status,
            "The session is closed." if closed else problem.detail,
            expected_sequence=None if closed else live.head.sequence + 1,
        )

    async def _receipt(
        self, entry: SessionEntry, envelope: Envelope, received_us: int
    ) -> Acknowledgement:
        sequence = envelope.header.sequence
        return acknowledge(
            session=entry.id,
            sequence=sequence,
            digest=envelope.digest,
            received_us=received_us,
            nonce=derive_nonce(self._keys.nonce_secret, entry.id, sequence),
            policy_version=await self._version_in_force(entry),
            key=self._keys.signing,
        )

    async def _version_in_force(self, entry: SessionEntry) -> int:
        version = self._in_force.get(entry.project)
        if version is None:
            store = self._store.of(entry.organisation)
            project = await asyncio.to_thread(store.project, entry.project)
            version = project.policy.version if project else entry.policy_version
            self._in_force.put(entry.project, version)
        return version

    async def _reload(self, organisation: int, session: bytes) -> _Live | None:
        live = await asyncio.to_thread(self._load, organisation, session)
        if live is not None:
            self._live.put((organisation, session), live)
        return live

    def _load(self, organisation: int, session: bytes) -> _Live | None:
        store = self._store.of(organisation)
        entry = store.session(session)
        return _Live(entry, store.head(entry.row)) if entry else None


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


async def _send(send: Send, status: int, fields: dict[str, str], body: bytes) -> None:
    headers = [(name.encode(), value.encode()) for name, value in fields.items()]
    headers.append((b"content-length", str(len(body)).encode()))
    headers.append((b"x-content-type-options", b"nosniff"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
