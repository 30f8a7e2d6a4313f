"""Classes of keys leave a session days after its last decision; times and hours stay.

What the device signed holds them, so it goes as a whole. In its place the server signs the digests
of the batches, in order, with the digest of the columns that stay: a receipt can still be held
against the first, and what is shown of the session against the second.
"""

import hashlib
from collections.abc import Sequence

import msgspec

from server.compaction.block import encode_block, kept_fields
from server.compaction.compactor import Compactor, put_whole
from server.compaction.reading import opened_session, stored_batches
from server.compaction.verifying import verify_session
from server.errors import KeyReplaced, OriginalDamaged
from server.operation.keys import ServerKeys
from server.privacy.remains import check_remains
from server.privacy.sealed import SealedObjects, owner_of
from server.records import Compacted, Owner, SessionEntry
from server.storage.protocols import OrganisationStore, Store
from wire.chain import ChainHead
from wire.events import EVENT_TYPES
from wire.schema import schema_of
from wire.server_keys import KeyRing
from wire.signing import VerifyKey

REDACTION_DOMAIN = b"veritype redaction v1"
REMOVED = tuple(
    f"{kind.__name__}.{field.name}"
    for kind in EVENT_TYPES
    for field in schema_of(kind)
    if field not in kept_fields(kind)
)
"""The fields that go: those that are kept as class sequences are."""


class Redaction(msgspec.Struct, frozen=True):
    """What the server signs when it deletes the classes of a session; bytes are hex."""

    organisation: int
    session: str
    batches: int
    head: str
    """Digest of the last batch: the session's head."""
    digests_sha256: str
    """Over the digests of all batches, in order."""
    columns_sha256: str
    """Of the columns that stay."""
    removed: tuple[str, ...]
    wrong: str | None
    """What did not hold of chain and signatures when they were checked for the last time, right
    before; None: everything did."""
    redacted_us: int
    key: str


class Redactor:
    """Deletes classes, one session at a time."""

    def __init__(self, store: Store, objects: SealedObjects, keys: ServerKeys) -> None:
        self._store = store
        self._objects = objects
        self._keys = keys
        self._compactor = Compactor(store, objects)

    def redact(self, organisation: int, session_row: int, now_us: int) -> Sequence[bytes]:
        """Redact one session; names of the bytes that nothing names any more.

        It leaves the log first, if it is there yet: one that nobody ended is closed with that. The
        new columns are synced and read back before the transaction that names them. A crash before
        it leaves the session as it was; one behind it leaves bytes that no row names.

        Raises:
            OriginalDamaged: neither its columns nor its batches can be read; nothing changed.
        """
        own = self._store.of(organisation)
        session = own.session_numbered(session_row)
        if session is None:
            return ()
        if own.compacted(session_row) is None:
            self._compactor.compact(organisation, session_row, ends=True)
        before = own.compacted(session_row)
        if before is None or before.redacted_us is not None:
            # Its device came back this moment, or another node was first.
            return ()
        try:
            return self._replace(own, session, before, now_us)
        except KeyReplaced:
            self._objects.forget_key(owner_of(session, organisation))
            return self._replace(own, session, before, now_us)

    def _replace(
        self, own: OrganisationStore, session: SessionEntry, before: Compacted, now_us: int
    ) -> Sequence[bytes]:
        organisation, row = session.organisation, session.row
        opened = opened_session(own, self._objects, organisation, row)
        columns = encode_block(opened, redacted=True)
        after = self._put(owner_of(session, organisation), before, columns, now_us)
        document = msgspec.json.encode(self._said(own, session, after.block, now_us))
        signature = self._keys.signing.sign(REDACTION_DOMAIN, document)
        if not own.redact(before, after, document, signature):
            return ()
        halves = ((before.original, before.original_name), (before.block, before.block_name))
        return [
            digest if name is None else name
            for digest, name in halves
            if name is not None or not own.plain_in_use(digest)
        ]

    def _put(self, owner: Owner, before: Compacted, columns: bytes, now_us: int) -> Compacted:
        digest, place = put_whole(self._objects, owner, columns)
        return Compacted(
            session_row=before.session_row,
            original=digest,
            original_bytes=len(columns),
            block=digest,
            block_bytes=len(columns),
            compacted_us=before.compacted_us,
            original_name=place.name,
            block_name=place.name,
            person_key=place.person_key,
            redacted_us=now_us,
        )

    def _said(
        self, own: OrganisationStore, session: SessionEntry, columns: bytes, now_us: int
    ) -> Redaction:
        digests = [digest for digest, _ in own.taken_of(session.row)]
        head = own.head(session.row)
        return Redaction(
            session.organisation,
            session.id.hex(),
            len(digests),
            head.digest.hex(),
            hashlib.sha256(b"".join(digests)).hexdigest(),
            columns.hex(),
            REMOVED,
            self._wrong(own, session, head),
            now_us,
            self._keys.signing.verify_key.key_id.hex(),
        )

    def _wrong(self, own: OrganisationStore, session: SessionEntry, head: ChainHead) -> str | None:
        key = own.sealing_key(session.row)
        if key is None:
            return "the device's key is gone"
        try:
            batches = stored_batches(own, self._objects, session.organisation, session.row)
        except OriginalDamaged as error:
            return str(error)
        return verify_session(batches, head, VerifyKey(key), self._keys.nonce_secrets_ever).wrong


def check_redaction(own: OrganisationStore, session: SessionEntry, ring: KeyRing) -> str | None:
    """What does not hold of a session whose classes were deleted; None: everything does."""
    signed, kept = own.redaction(session.row), own.compacted(session.row)
    if signed is None or kept is None:
        return "its classes were not deleted"
    said = msgspec.json.decode(signed.document, type=Redaction)
    digests = [digest for digest, _ in own.taken_of(session.row)]
    wrong = check_remains(said, signed, REDACTION_DOMAIN, digests, own.head(session.row), ring)
    if wrong is None and said.columns_sha256 != kept.block.hex():
        wrong = "the columns that are kept are not those that were signed"
    return wrong or said.wrong
