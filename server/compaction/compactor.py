"""Moves sessions that are over and judged out of the log, one at a time."""

import hashlib
import logging

from server.clock import now_us
from server.compaction.block import encode_block
from server.compaction.original import pack_original
from server.errors import KeyReplaced, NotKnown, OriginalDamaged, PictureMissing
from server.privacy.sealed import SealedObjects, owner_of
from server.records import Compacted, Owner, Place
from server.scoring.facts import open_batches
from server.storage.protocols import Store

_log = logging.getLogger(__name__)


class Compactor:
    """Does what can wait: whoever calls it has nothing else to do."""

    def __init__(self, store: Store, objects: SealedObjects) -> None:
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

    def compact(self, organisation: int, session_row: int, *, ends: bool = False) -> bool:
        """Compact one session; False, and nothing changed, if another process did.

        With `ends` also one that is open: nothing more of it is taken.

        Both objects are synced before the transaction that takes the batches out of the log: a
        crash before it leaves the log as it was, and two objects that the next try finds there.

        Raises:
            OriginalDamaged: the object store gave back something else than it was given.
        """
        store = self._store.of(organisation)
        session = store.session_numbered(session_row)
        if session is None:
            raise NotKnown("the session is gone")
        owner, rows = owner_of(session, organisation), store.batches(session_row)
        original, block = pack_original(rows), encode_block(open_batches(rows))
        try:
            compacted = self._compacted(session_row, owner, original, block)
            return store.compact(compacted, rows, ends=ends)
        except KeyReplaced:
            self._objects.forget_key(owner)
            compacted = self._compacted(session_row, owner, original, block)
            return store.compact(compacted, rows, ends=ends)

    def _compacted(
        self, session_row: int, owner: Owner, original: bytes, block: bytes
    ) -> Compacted:
        original_digest, original_place = put_whole(self._objects, owner, original)
        block_digest, block_place = put_whole(self._objects, owner, block)
        if original_place.person_key != block_place.person_key:
            raise KeyReplaced("the key was replaced between the two")
        return Compacted(
            session_row=session_row,
            original=original_digest,
            original_bytes=len(original),
            block=block_digest,
            block_bytes=len(block),
            compacted_us=now_us(),
            original_name=original_place.name,
            block_name=block_place.name,
            person_key=block_place.person_key,
        )


def put_whole(objects: SealedObjects, owner: Owner, data: bytes) -> tuple[bytes, Place]:
    """Store bytes that nothing else will hold, and read them back; their digest and place.

    Raises:
        OriginalDamaged: the object store gave back something else than it was given.
    """
    digest = hashlib.sha256(data).digest()
    place = objects.put(owner, digest, data)
    try:
        whole = objects.get(owner, digest, place) == data
    except PictureMissing:
        whole = False
    if not whole:
        raise OriginalDamaged("the object store gives back something else")
    return digest, place
