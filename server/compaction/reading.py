"""A session's batches, decoded, wherever they lie: in the log, or compacted."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace

from server.compaction.block import decode_block
from server.compaction.original import unpack_original
from server.errors import BlockUnreadable, OriginalDamaged, PictureMissing
from server.privacy.sealed import SealedObjects, owner_of
from server.records import Compacted, LateBlanking, Owner, Place, StoredBatch
from server.scoring.facts import OpenedSession, open_batches
from server.storage.protocols import OrganisationStore

_log = logging.getLogger(__name__)


def opened_session(
    store: OrganisationStore,
    objects: SealedObjects,
    organisation: int,
    session_row: int,
    late_blankings: Sequence[LateBlanking] = (),
) -> OpenedSession:
    """The batches of a session, decoded; from its block if it is compacted.

    A block that cannot be read costs time and nothing else: the batches as they came are opened.

    Raises:
        OriginalDamaged: the batches as they came are not what was stored.
    """
    rows = store.batches(session_row)
    # Looked for after the log: a session that is compacted in between has left it as one.
    compacted = None if rows else store.compacted(session_row)
    if compacted is None:
        return open_batches(rows, late_blankings)
    owner = _owner(store, organisation, session_row)
    try:
        block = _object(objects, owner, compacted.block, compacted.block_place)
        opened = decode_block(block)
    except (BlockUnreadable, PictureMissing) as error:
        _log.warning("a block cannot be read", extra={"why": str(error)})
        opened = open_batches(_original(objects, owner, compacted))
    return replace(opened, late_blankings=tuple(late_blankings), redacted_us=compacted.redacted_us)


def stored_batches(
    store: OrganisationStore, objects: SealedObjects, organisation: int, session_row: int
) -> Sequence[StoredBatch]:
    """The batches of a session as its device sealed them; none if its classes were deleted.

    Raises:
        OriginalDamaged: they are not what was stored.
    """
    rows = store.batches(session_row)
    compacted = None if rows else store.compacted(session_row)
    if compacted is None:
        return rows
    if compacted.redacted_us is not None:
        return ()
    return _original(objects, _owner(store, organisation, session_row), compacted)


def _original(objects: SealedObjects, owner: Owner, compacted: Compacted) -> Sequence[StoredBatch]:
    try:
        found = _object(objects, owner, compacted.original, compacted.original_place)
        return unpack_original(found)
    except (BlockUnreadable, PictureMissing) as error:
        raise OriginalDamaged(str(error)) from error


def _object(objects: SealedObjects, owner: Owner, digest: bytes, place: Place | None) -> bytes:
    data = objects.get(owner, digest, place)
    if hashlib.sha256(data).digest() != digest:
        raise BlockUnreadable("its bytes are not those that were stored")
    return data


def _owner(store: OrganisationStore, organisation: int, session_row: int) -> Owner:
    session = store.session_numbered(session_row)
    if session is None:
        raise OriginalDamaged("its session is gone")
    return owner_of(session, organisation)
