"""A session's batches, decoded, wherever they lie: in the log, or compacted."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace

from server.compaction.block import decode_block
from server.compaction.original import unpack_original
from server.errors import BlockUnreadable, OriginalDamaged, PictureMissing
from server.records import Compacted, LateBlanking, StoredBatch
from server.scoring.facts import OpenedSession, open_batches
from server.storage.protocols import ObjectStore, OrganisationStore

_log = logging.getLogger(__name__)


def opened_session(
    store: OrganisationStore,
    objects: ObjectStore,
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
    try:
        opened = decode_block(_object(objects, organisation, compacted.block))
    except (BlockUnreadable, PictureMissing) as error:
        _log.warning("a block cannot be read", extra={"why": str(error)})
        opened = open_batches(_original(objects, organisation, compacted))
    return replace(opened, late_blankings=tuple(late_blankings))


def stored_batches(
    store: OrganisationStore, objects: ObjectStore, organisation: int, session_row: int
) -> Sequence[StoredBatch]:
    """The batches of a session as its device sealed them.

    Raises:
        OriginalDamaged: they are not what was stored.
    """
    rows = store.batches(session_row)
    compacted = None if rows else store.compacted(session_row)
    return rows if compacted is None else _original(objects, organisation, compacted)


def _original(
    objects: ObjectStore, organisation: int, compacted: Compacted
) -> Sequence[StoredBatch]:
    try:
        return unpack_original(_object(objects, organisation, compacted.original))
    except (BlockUnreadable, PictureMissing) as error:
        raise OriginalDamaged(str(error)) from error


def _object(objects: ObjectStore, organisation: int, digest: bytes) -> bytes:
    data = objects.get(organisation, digest)
    if hashlib.sha256(data).digest() != digest:
        raise BlockUnreadable("its bytes are not those that were stored")
    return data
