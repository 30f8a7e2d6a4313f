"""Sessions: is what is stored what the device signed?"""

import sys
from pathlib import Path

import click

from server.cli.options import (
    data_option,
    json_option,
    organisation_option,
    plainly,
    say,
)
from server.clock import now_us
from server.compaction.reading import stored_batches
from server.compaction.verifying import verify_session
from server.errors import NotKnown
from server.installation import open_installation
from server.privacy.ended import evidence_ended
from server.privacy.erasing import check_tombstone
from server.services.administration import Administration
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
    installation = open_installation(folder)
    named = Administration(installation.store, installation.settings, organisation).organisation
    store = installation.store.of(named.id)
    try:
        entry = store.session(bytes.fromhex(identifier))
    except ValueError:
        entry = None
    key = store.sealing_key(entry.row) if entry else None
    if entry is None or key is None:
        raise NotKnown("there is no such session; its id is in its page's address, 32 hex digits")
    erased = store.tombstone(entry.row)
    if erased is not None:
        wrong = check_tombstone(erased, store.head(entry.row), installation.keys)
        count = len(erased.digests) // 32
        say(
            {"session": identifier, "batches": count, "wrong": wrong, "erased": True},
            wrong or f"erased; the digests of {count} batches end at the session's head",
            as_json,
        )
        installation.store.close()
        sys.exit(1 if wrong else 0)
    if evidence_ended(store, entry, now_us()):
        text = "its evidence was deleted when its time was over; nothing is left to check"
        say({"session": identifier, "batches": 0, "wrong": None, "purged": True}, text, as_json)
        installation.store.close()
        return
    batches = stored_batches(store, installation.objects, named.id, entry.row)
    found = verify_session(
        batches, store.head(entry.row), VerifyKey(key), installation.keys.nonce_secrets_ever
    )
    fields = {
        "session": identifier,
        "batches": found.batches,
        "wrong": found.wrong,
        "purged": False,
    }
    text = f"{found.batches} batches, chain and signatures hold"
    say(fields, found.wrong or text, as_json)
    installation.store.close()
    if found.wrong:
        sys.exit(1)
