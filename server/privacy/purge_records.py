"""What a purge did, signed: how much of which kind, by which days, and that it is gone."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from server.operation.keys import ServerKeys
from server.privacy.auditing import signature_holds
from server.storage.protocols import ObjectStore, OrganisationStore
from wire.signing import SigningKey

PURGE_DOMAIN = b"veritype purge record v1"
_NAMES_MAX = 1_000
_LEFT_MAX = 100
_CHECKED_MAX = 400


class PurgeRecord(msgspec.Struct, frozen=True):
    """One run in one organisation."""

    organisation: int
    at_us: int
    actor: str
    removed: Mapping[str, int]
    """By kind."""
    days: Mapping[str, Sequence[int]]
    """By kind: so many days after the last decision it was kept, one for each policy's rule."""
    names: Sequence[str]
    """Of the removed objects in the store, the first thousand, hex."""
    names_count: int
    names_sha256: str
    """Over all of them, sorted, one behind the other."""
    held_sessions: int
    """Sessions that were due and stayed, under a legal hold."""
    left: Sequence[str]
    """What the look after the deletion still found; nothing, when all is well."""
    overwritten: bool
    """Whether the database's files were seen to hold nothing of the deleted rows any more; where
    not, PostgreSQL's vacuum or the next checkpoint of SQLite does it."""
    key: str = ""
    unreadable_sessions: int = 0
    """Sessions whose classes were due and stayed, because nothing of them can be read."""

    @classmethod
    def of(
        cls,
        organisation: int,
        at_us: int,
        actor: str,
        removed: Mapping[str, int],
        days: Mapping[str, Iterable[int]],
        names: Sequence[bytes],
        left: Sequence[str],
        *,
        held: int,
        unreadable: int,
        overwritten: bool,
    ) -> "PurgeRecord":
        """A record of what was removed."""
        ordered = sorted(names)
        return cls(
            organisation,
            at_us,
            actor,
            removed,
            {kind: sorted(each) for kind, each in sorted(days.items())},
            [name.hex() for name in ordered[:_NAMES_MAX]],
            len(ordered),
            hashlib.sha256(b"".join(ordered)).hexdigest(),
            held,
            left[:_LEFT_MAX],
            overwritten,
            unreadable_sessions=unreadable,
        )


def sign_record(record: PurgeRecord, key: SigningKey) -> tuple[bytes, bytes]:
    """The document and its signature."""
    named = msgspec.structs.replace(record, key=key.verify_key.key_id.hex())
    document = msgspec.json.encode(named)
    return document, key.sign(PURGE_DOMAIN, document)


def check_records(
    own: OrganisationStore, organisation: int, objects: ObjectStore, keys: ServerKeys
) -> tuple[int, str | None]:
    """Check the newest records against their signatures and the store; how many, and what is wrong.

    Of records that list a thousand names the first hundred are looked for.
    """
    records = own.purge_records(_CHECKED_MAX)
    for signed in records:
        try:
            record = msgspec.json.decode(signed.document, type=PurgeRecord)
        except (msgspec.DecodeError, ValueError):
            return len(records), "a record of a purge does not read"
        at = f"the record of a purge at {record.at_us}"
        if not signature_holds(keys.ring, record.key, PURGE_DOMAIN, signed):
            return len(records), f"{at}: its signature does not hold"
        if record.organisation != organisation:
            return len(records), f"{at}: it is another organisation's"
        if record.left:
            return len(records), f"{at}: it found left what it had removed: {record.left[0]}"
        back = (n for n in record.names[:_LEFT_MAX] if objects.has(organisation, bytes.fromhex(n)))
        if (name := next(back, None)) is not None:
            return len(records), f"{at}: object {name} is there again"
    return len(records), None


def newest_record(own: OrganisationStore) -> PurgeRecord | None:
    """The last run's record, if there was one."""
    found = own.purge_records(1)
    return msgspec.json.decode(found[0].document, type=PurgeRecord) if found else None
