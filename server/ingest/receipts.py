"""Signed receipts, each with the next nonce and the policy version in force."""

import asyncio

from server.operation.keys import ServerKeys
from server.recent import Recent
from server.records import SessionEntry
from server.storage.protocols import Store
from wire.batch import Envelope
from wire.chain import derive_nonce
from wire.messages import acknowledge, encode_message

_PROJECTS = 10_000
_POLICY_S = 10.0


class Receipts:
    """Makes receipts; ask for one only after the commit was synced."""

    def __init__(self, store: Store, keys: ServerKeys) -> None:
        self._store = store
        self._keys = keys
        self._in_force: Recent[bytes, int] = Recent(_PROJECTS, _POLICY_S)

    async def receipt(self, entry: SessionEntry, envelope: Envelope, received_us: int) -> bytes:
        """The answer to a stored batch, as JSON."""
        sequence = envelope.header.sequence
        version = self._in_force.get(entry.project)
        if version is None:
            version = await asyncio.to_thread(self._look_up, entry)
            self._in_force.put(entry.project, version)
        return encode_message(
            acknowledge(
                session=entry.id,
                sequence=sequence,
                digest=envelope.digest,
                received_us=received_us,
                nonce=derive_nonce(self._keys.nonce_secret, entry.id, sequence),
                policy_version=version,
                key=self._keys.signing,
            )
        )

    def _look_up(self, entry: SessionEntry) -> int:
        project = self._store.of(entry.organisation).project(entry.project)
        return project.policy.version if project else entry.policy_version
