"""The errand that delivers: fair to each endpoint, and patient with those that fail.

A target that hangs costs its own deliveries time and nobody else's: an endpoint has few connections
at once, one until it has answered well, and those that failed last share a small part of all.
"""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass

from server.clock import now_us as clock_us
from server.records.webhooks import (
    AttemptMade,
    Claimed,
    DeliveryState,
    DueEndpoint,
    Failure,
)
from server.services.sealing import WebhookSeal
from server.storage.protocols import Store
from server.webhooks.posting import Poster, Sent
from server.webhooks.schedule import after_failure, endpoint_wait_us, must_pause
from server.webhooks.sender import Sender
from server.webhooks.signing import body_of, message_id, signed_fields

_CLAIM_US = 60_000_000
_ALL_MAX = 200
_TROUBLED_MAX = 50
_ENDPOINT_MAX = 8
_GATHER_S = 0.02
_END_S = 5.0
_KEPT_US = 30 * 86_400_000_000
_FORGET_EACH_US = 60_000_000
_FORGOTTEN_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Done:
    claimed: Claimed
    sent: Sent


class Deliveries:
    """See `server.errands.errand.Errand`."""

    def __init__(self, store: Store, secret: bytes, poster: Poster) -> None:
        self._store = store
        self._seal = WebhookSeal(secret)
        self._poster = poster
        self._sender = Sender[_Done]()
        self._on_their_way: dict[Future[_Done], Claimed] = {}
        self._proven: set[int] = set()
        """Endpoints that answered well, and did not fail since."""
        self._served: dict[int, int] = {}
        self._turn = 0
        self._forgot_us = 0

    def do_next(self, now_us: int) -> bool:
        """Collect what ended, send what is due."""
        if self._on_their_way:
            # Some end meanwhile, and are noted by one commit.
            wait(self._on_their_way, _GATHER_S)
        collected = self._collect()
        claimed = self._store.claim_deliveries(self._wanted(now_us), now_us, now_us + _CLAIM_US)
        for each in claimed:
            self._on_their_way[self._sender.send(self._send(each, now_us))] = each
        if collected or claimed or self._on_their_way:
            return True
        return self._forget(now_us)

    def end(self) -> None:
        """What is on its way is waited for; what does not end is sent again by another."""
        wait(self._on_their_way, _END_S)
        self._collect()
        self._sender.close()

    def _wanted(self, now_us: int) -> dict[int, int]:
        """So many of each endpoint are to be sent now, those first that waited longest."""
        busy = Counter(each.endpoint for each in self._on_their_way.values())
        troubled = sum(1 for each in self._on_their_way.values() if each.failures)
        free, free_troubled = _ALL_MAX - len(self._on_their_way), _TROUBLED_MAX - troubled
        if free <= 0:
            return {}
        self._turn += 1
        wanted: dict[int, int] = {}
        for each in self._in_turn(self._store.due_endpoints(now_us)):
            most = self._most(each) - busy[each.row]
            most = min(most, free_troubled if each.failures else free, free)
            if most > 0:
                wanted[each.row] = most
                self._served[each.row] = self._turn
                free -= most
                free_troubled -= most if each.failures else 0
        return wanted

    def _in_turn(self, due: Sequence[DueEndpoint]) -> list[DueEndpoint]:
        return sorted(due, key=lambda each: (each.failures > 0, self._served.get(each.row, 0)))

    def _most(self, endpoint: DueEndpoint) -> int:
        return _ENDPOINT_MAX if endpoint.row in self._proven and not endpoint.failures else 1

    async def _send(self, claimed: Claimed, now_us: int) -> _Done:
        secrets = [
            self._seal.open(claimed.organisation, claimed.endpoint_id, each)
            for each in claimed.sealed_secrets
        ]
        opened = [each.decode() for each in secrets if each is not None]
        if not opened:
            return _Done(claimed, Sent(None, Failure.SEALED, "", 0))
        body = body_of(claimed.endpoint_id, claimed.announcement)
        message = message_id(claimed.endpoint_id, claimed.announcement)
        fields = signed_fields(opened, message, body, now_us)
        return _Done(claimed, await self._poster.post(claimed.url, fields, body))

    def _collect(self) -> bool:
        ended = [future for future in self._on_their_way if future.done()]
        made = []
        for future in ended:
            claimed = self._on_their_way.pop(future)
            if future.exception() is None:
                made.append(self._made(claimed, future.result().sent))
        if made:
            self._store.note_attempts(made)
        return bool(ended)

    def _made(self, claimed: Claimed, sent: Sent) -> AttemptMade:
        at_us = clock_us()
        state, due_us, endpoint_due_us = DeliveryState.DELIVERED, at_us, 0
        if sent.error is None:
            self._proven.add(claimed.endpoint)
        else:
            self._proven.discard(claimed.endpoint)
            state, due_us = after_failure(claimed, at_us)
            endpoint_due_us = at_us + endpoint_wait_us(claimed.failures + 1)
        return AttemptMade(
            claimed,
            at_us,
            sent.duration_ms,
            sent.status,
            sent.error,
            sent.answer,
            state,
            due_us,
            endpoint_due_us,
            pause=sent.error is not None and must_pause(claimed, sent.status, at_us),
        )

    def _forget(self, now_us: int) -> bool:
        """Delete what ended a month ago; now and then, when nothing else is due."""
        if now_us - self._forgot_us < _FORGET_EACH_US:
            return False
        gone = self._store.forget_deliveries(now_us - _KEPT_US, _FORGOTTEN_AT_ONCE)
        if gone == 0:
            self._forgot_us = now_us
        return gone > 0
