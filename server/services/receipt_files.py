"""Receipts of a session as a file, for its trainer: what the agent keeps, from the server's side.

A receipt is a signature under a digest and a time, and both are kept as long as the session. So it
can be signed again, under the key that is in force now; under the same key to the same bytes.
"""

from collections.abc import Sequence

import msgspec.structs

from server.errors import not_found
from server.ingest.seals import ReceiptSigner
from server.operation.keys import ServerKeys
from server.records import SessionState, Sight
from server.services.asking import Asker
from server.services.naming import named_id
from server.storage.protocols import OrganisationStore, Store
from wire.chain import ChainHead
from wire.messages import Acknowledgement
from wire.receipts import FORMAT, ReceiptFile, ReceiptLine, SessionReceipts


class ReceiptFiles:
    """Makes files of receipts."""

    def __init__(self, store: Store, keys: ServerKeys) -> None:
        self._store = store
        self._keys = keys

    def of_session(self, asker: Asker, session_hex: str, address: str) -> bytes:
        """The receipts of one's own session; raises `Refusal` for anybody else's."""
        store, session = self._store.of(asker.organisation), named_id(session_hex)
        line = store.line(session, Sight(person=asker.person)) if asker.person else None
        entry = store.session(session) if line is not None else None
        if line is None or entry is None:
            raise not_found()
        lines = tuple(self._signed(session, _taken(store, entry.row)))
        of_session = SessionReceipts(
            session=session.hex(),
            project=line.project.hex(),
            project_name=line.project_name,
            batches_sealed=max(len(lines), line.head_sequence + 1),
            closed=line.state is not SessionState.OPEN,
            receipts=lines,
        )
        handovers = self._keys.handovers
        first = handovers[0].previous if handovers else self._keys.signing.verify_key.raw.hex()
        made = ReceiptFile(FORMAT, address, first, entry.device.hex(), (of_session,), handovers)
        return msgspec.json.format(msgspec.json.encode(made))

    def _signed(self, session: bytes, taken: Sequence[tuple[bytes, int]]) -> Sequence[ReceiptLine]:
        signer, before, lines = ReceiptSigner(self._keys.signing), ChainHead().digest, []
        for sequence, (digest, received_us) in enumerate(taken):
            draft = Acknowledgement(session, sequence, digest, received_us, b"", 0, b"", b"")
            receipt = signer.signed(draft)
            line = ReceiptLine(
                sequence,
                digest.hex(),
                before.hex(),
                received_us,
                receipt.server_key_id.hex(),
                receipt.signature.hex(),
            )
            lines.append(line)
            before = digest
        return lines


def _taken(store: OrganisationStore, session_row: int) -> Sequence[tuple[bytes, int]]:
    """Digest and time of receipt of each batch, wherever it lies."""
    compacted = store.taken_of(session_row)
    return compacted or [(each.digest, each.received_us) for each in store.batches(session_row)]
