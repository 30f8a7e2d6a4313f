"""Sessions: is what is stored what the device signed?"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click

from server.cli.options import (
    data_option,
    json_option,
    opened,
    organisation_option,
    plainly,
    say,
)
from server.clock import iso_utc, now_us
from server.compaction.reading import opened_session, stored_batches
from server.compaction.redacting import check_redaction
from server.compaction.verifying import verify_session
from server.errors import NotKnown
from server.installation import Installation
from server.operation.keys import ServerKeys
from server.privacy.ended import evidence_ended
from server.privacy.erasing import check_tombstone
from server.records import SessionEntry
from server.services.administration import Administration
from server.storage.protocols import OrganisationStore
from wire.signing import VerifyKey


@click.group()
def session() -> None:
    """Sessions."""


@session.command("verify")
@click.argument("identifier", metavar="SESSION")
@data_option
@organisation_option
@json_option
@plainly
def session_verify(identifier: str, folder: Path, organisation: str | None, as_json: bool) -> None:
    """Check a session's chain and every signature, from the bytes that its device signed."""
    installation = opened(folder)
    named = Administration(installation.store, installation.settings, organisation).organisation
    store = installation.store.of(named.id)
    try:
        entry = store.session(bytes.fromhex(identifier))
    except ValueError:
        entry = None
    key = store.sealing_key(entry.row) if entry else None
    if entry is None or key is None:
        raise NotKnown("there is no such session; its id is in its page's address, 32 hex digits")
    found = (
        _erased(store, entry, installation.keys)
        or _purged(store, entry)
        or _redacted(store, entry, installation)
        or _whole(store, entry, installation, VerifyKey(key))
    )
    fields = {"session": identifier, "batches": found.batches, "wrong": found.wrong}
    say({**fields, "purged": False, **found.more}, found.wrong or found.holds, as_json)
    if found.wrong:
        sys.exit(1)


@dataclass(frozen=True, slots=True)
class _Found:
    """What is left to be checked of a session, and whether it holds."""

    batches: int
    wrong: str | None
    holds: str
    more: Mapping[str, object] = field(default_factory=dict)


def _erased(store: OrganisationStore, entry: SessionEntry, keys: ServerKeys) -> _Found | None:
    erased = store.tombstone(entry.row)
    if erased is None:
        return None
    count = len(erased.digests) // 32
    return _Found(
        count,
        check_tombstone(erased, store.head(entry.row), keys),
        f"erased; the digests of {count} batches end at the session's head",
        {"erased": True},
    )


def _purged(store: OrganisationStore, entry: SessionEntry) -> _Found | None:
    if not evidence_ended(store, entry, now_us()):
        return None
    text = "its evidence was deleted when its time was over; nothing is left to check"
    return _Found(0, None, text, {"purged": True})


def _redacted(
    store: OrganisationStore, entry: SessionEntry, installation: Installation
) -> _Found | None:
    kept = store.compacted(entry.row)
    if kept is None or kept.redacted_us is None:
        return None
    wrong = check_redaction(store, entry, installation.keys.ring)
    if wrong is None:
        # What was signed of the columns must be what lies there.
        opened_session(store, installation.objects, entry.organisation, entry.row)
    day, count = iso_utc(kept.redacted_us)[:10], len(store.taken_of(entry.row))
    return _Found(
        count,
        wrong,
        f"verified until {day}, when its key classes were deleted at their time: until then chain "
        f"and signatures of {count} batches held; what the server signed then holds, over their "
        "digests up to the session's head and over the times that are kept",
        {"redacted": day},
    )


def _whole(
    store: OrganisationStore, entry: SessionEntry, installation: Installation, key: VerifyKey
) -> _Found:
    batches = stored_batches(store, installation.objects, entry.organisation, entry.row)
    secrets = installation.keys.nonce_secrets_ever
    found = verify_session(batches, store.head(entry.row), key, secrets)
    return _Found(found.batches, found.wrong, f"{found.batches} batches, chain and signatures hold")
