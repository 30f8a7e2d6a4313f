"""Moves sessions that are over and judged out of the log, one at a time."""

import hashlib
import logging

from server.clock import now_us
from server.compaction.block import encode_block
from server.compaction.original import pack_original
from server.errors import OriginalDamaged
from server.records import Compacted
from server.scoring.facts import open_batches
from server.storage.protocols import ObjectStore, Store

_log = logging.getLogger(__name__)


class Compactor:
    """Does what can wait: whoever calls it has nothing else to do."""

    def __init__(self, store: Store, objects: ObjectStore) -> None:
        self._store = store
        self._objects = objects
        self._after = 0

    def do_next(self) -> bool:
        """Compact one session; whether there was one.

        One that cannot be compacted stays in the log, and is tried again at the next start.
        """
        waiting = self._store.next_to_compact(self._after)
        if waiting is None:
            return False
        self._after = waiting.cursor
        try:
            self.compact(waiting.organisation, waiting.session_row)
        except Exception as error:  # noqa: BLE001 - one session's trouble must not stop the others
            _log.error("a session could not be compacted", exc_info=error)
        return True

    def compact(self, organisation: int, session_row: int) -> bool:
        """Compact one session; False, and nothing changed, if another process did.

        Both objects are synced before the transaction that takes the batches out of the log: a
        crash before it leaves the log as it was, and two objects that the next try finds there.

        Raises:
            OriginalDamaged: the object store gave back something else than it was given.
        """
        store = self._store.of(organisation)
        rows = store.batches(session_row)
        original, block = pack_original(rows), encode_block(open_batches(rows))
        compacted = Compacted(
            session_row=session_row,
            original=self._put(organisation, original),
            original_bytes=len(original),
            block=self._put(organisation, block),
            block_bytes=len(block),
            compacted_us=now_us(),
        )
        return store.compact(compacted, rows)

    def _put(self, organisation: int, data: bytes) -> bytes:
        digest = hashlib.sha256(data).digest()
        self._objects.put(organisation, digest, data)
        if self._objects.get(organisation, digest) != data:
            raise OriginalDamaged("the object store gives back something else")
        return digest
