"""Signed receipts, each with the next nonce and the policy version in force."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from server.ingest.kept import Kept
from server.ingest.lookups import Lookups
from server.ingest.seals import ReceiptSigner
from server.ingest.sessions import Told
from server.operation.keys import ServerKeys
from server.records import SessionEntry
from server.storage.protocols import Store
from wire.batch import Envelope
from wire.chain import derive_nonce
from wire.messages import Acknowledgement, encode_message

_PROJECTS = 10_000
_ASK_AGAIN_S = 10.0
_TOO_OLD_S = 60.0
"""A version that old is waited for; a younger one is told while it is asked for again beside it."""

Project = tuple[int, bytes]
"""Organisation and project."""


class _InForce(NamedTuple):
    version: int | None
    """None: the project is gone."""
    since_s: float
    asked_s: float


class Receipts:
    """Makes receipts; ask for one only after the commit was synced."""

    def __init__(self, store: Store, keys: ServerKeys) -> None:
        self._store = store
        self._keys = keys
        self._signer = ReceiptSigner(keys.signing)
        self._in_force: Kept[Project, _InForce] = Kept(_PROJECTS)
        self._lookups = Lookups(self._versions)

    def next_nonce(self, entry: SessionEntry, sequence: int) -> Told:
        """The nonce that goes out with the receipt of this batch."""
        secret = self._keys.nonce_secret
        return Told(secret, sequence, derive_nonce(secret, entry.id, sequence))

    async def receipt(
        self, entry: SessionEntry, envelope: Envelope, received_us: int, told: Told
    ) -> bytes:
        """The answer to a stored batch, as JSON."""
        sequence = envelope.header.sequence
        version = await self._version((entry.organisation, entry.project))
        if version is None:
            version = entry.policy_version
        draft = Acknowledgement(
            entry.id, sequence, envelope.digest, received_us, told.nonce, version, b"", b""
        )
        if self._signer.key is not self._keys.signing:
            self._signer = ReceiptSigner(self._keys.signing)
        return encode_message(self._signer.signed(draft))

    async def _version(self, project: Project) -> int | None:
        known = self._in_force.get(project)
        now_s = time.monotonic()
        if known is None or now_s - known.since_s >= _TOO_OLD_S:
            return await asyncio.shield(self._ask(project))
        if now_s - known.asked_s > _ASK_AGAIN_S:
            # Told to many before the answer is there: they must not all ask.
            self._in_force.put(project, known._replace(asked_s=now_s))
            self._ask(project)
        return known.version

    def _ask(self, project: Project) -> "asyncio.Future[int | None]":
        def note(answered: "asyncio.Future[int | None]") -> None:
            if answered.exception() is None:
                now_s = time.monotonic()
                self._in_force.put(project, _InForce(answered.result(), now_s, now_s))

        asked = self._lookups.ask(project)
        asked.add_done_callback(note)
        return asked

    def _versions(self, projects: Sequence[Project]) -> Mapping[Project, int]:
        found = {(org, id_): self._store.of(org).project(id_) for org, id_ in projects}
        return {key: project.policy.version for key, project in found.items() if project}
