"""Signed receipts, each with the next nonce and the policy version in force."""

import asyncio

from server.ingest.seals import ReceiptSigner
from server.operation.keys import ServerKeys
from server.recent import Recent
from server.records import SessionEntry
from server.storage.protocols import Store
from wire.batch import Envelope
from wire.chain import derive_nonce
from wire.messages import Acknowledgement, encode_message

_PROJECTS = 10_000
_POLICY_S = 10.0


class Receipts:
    """Makes receipts; ask for one only after the commit was synced."""

    def __init__(self, store: Store, keys: ServerKeys) -> None:
        self._store = store
        self._keys = keys
        self._signer = ReceiptSigner(keys.signing)
        self._in_force: Recent[bytes, int] = Recent(_PROJECTS, _POLICY_S)

    async def receipt(self, entry: SessionEntry, envelope: Envelope, received_us: int) -> bytes:
        """The answer to a stored batch, as JSON."""
        sequence = envelope.header.sequence
        version = self._in_force.get(entry.project)
        if version is None:
            version = await asyncio.to_thread(self._look_up, entry)
            self._in_force.put(entry.project, version)
        nonce = derive_nonce(self._keys.nonce_secret, entry.id, sequence)
        draft = Acknowledgement(
            entry.id, sequence, envelope.digest, received_us, nonce, version, b"", b""
        )
        if self._signer.key is not self._keys.signing:
            self._signer = ReceiptSigner(self._keys.signing)
        return encode_message(self._signer.signed(draft))

    def _look_up(self, entry: SessionEntry) -> int:
        project = self._store.of(entry.organisation).project(entry.project)
        return project.policy.version if project else entry.policy_version
