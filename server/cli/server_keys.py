"""The server's own secrets: which there are, and new ones in their place."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from server.cli.options import (
    data_option,
    examples,
    json_option,
    opened,
    organisation_option,
    plainly,
    say,
)
from server.cli.progress import Progress
from server.clock import iso_utc, now_us
from server.errors import NotKnown
from server.operation.house import DataFolder
from server.operation.key_files import (
    BY_DEFAULT,
    OVERLAP_US,
    ROTATED,
    Kind,
    generations,
    rotate,
    secret_in_force,
)
from server.operation.upkeep_lock import upkeep
from server.privacy.rotation import Rotation
from server.services.administration import Administration
from server.storage.protocols import OrganisationStore

_MINUTE_US = 60_000_000


@click.group()
def keys() -> None:
    """The server's own secrets: what signs receipts, nonces and cookies."""


@keys.command("list", epilog=examples("keys list --data /var/lib/veritype"))
@data_option
@json_option
@plainly
def keys_list(folder: Path, as_json: bool) -> None:
    """List the secrets by their files' names, and which are in force; no secret is shown."""
    path, now = DataFolder(folder).keys, now_us()
    found = []
    for kind in Kind:
        current = secret_in_force(path, kind, now)
        for from_us, file in generations(path, kind):
            state = "in force" if file == current else "to come" if from_us > now else "replaced"
            since = iso_utc(from_us) if from_us else None
            found.append({"kind": kind.value, "file": file.name, "from": since, "state": state})
    lines = (f"{each['file']}: {each['state']}, from {each['from'] or 'init'}" for each in found)
    say({"keys": found}, "\n".join(lines), as_json)


@keys.command(
    "rotate",
    epilog=examples(
        "keys rotate --data /var/lib/veritype",
        "keys rotate cookie --in-minutes 0 --data /var/lib/veritype",
    ),
)
@click.argument(
    "kinds", nargs=-1, type=click.Choice([kind.value for kind in ROTATED]), metavar="[KIND]..."
)
@click.option(
    "--in-minutes",
    default=10,
    show_default=True,
    type=click.IntRange(0, 7 * 24 * 60),
    help="When it begins: time to bring keys/ to every node.",
)
@data_option
@json_option
@plainly
def keys_rotate(kinds: tuple[str, ...], in_minutes: int, folder: Path, as_json: bool) -> None:
    """Make new secrets: signing, nonce and cookie key if none is named; the vault's only by name.

    Running servers take them by themselves. Old receipts stay valid, and what was given out under
    the old secrets is accepted for a while; devices follow to the new signing key because the old
    one signs it.
    """
    path, now = DataFolder(folder).keys, now_us()
    begun: dict[str, object] = {}
    lines = []
    for kind in (Kind(name) for name in kinds or [kind.value for kind in BY_DEFAULT]):
        from_us = rotate(path, kind, now + in_minutes * _MINUTE_US, now)
        begun[kind.value] = iso_utc(from_us)
        lines.append(f"a new {kind} key is in force from {iso_utc(from_us)}{_kept(kind)}")
    say(begun, "\n".join(lines), as_json)


def _kept(kind: Kind) -> str:
    if kind is Kind.SIGNING:
        return ""
    if kind is Kind.VAULT:
        return "; run 'keys rewrap' then"
    return f"; the old one is accepted for {OVERLAP_US[kind] // (24 * 60 * _MINUTE_US)} days more"


@keys.command(
    "rewrap",
    epilog=examples("keys rotate vault --data /var/lib/veritype", "keys rewrap --data …"),
)
@data_option
@json_option
@plainly
def keys_rewrap(folder: Path, as_json: bool) -> None:
    """Wrap every organisation's key by the vault key in force; no stored object is sealed anew.

    Batches that still lie in the log are, since their keys are derived from it.

    An older vault key wraps nothing then, but for backups of before: keep it as long as those.
    """
    installation = opened(folder)
    store, vault = installation.store, installation.objects.vault
    organisations = store.organisations()
    changed = [each.name for each in organisations if vault.rewrap_organisation(each.id)]
    progress, batches = Progress(), 0
    for each in organisations:
        batches += Rotation(store, installation.objects, each.id, progress).seal_the_log()[0]
    progress.close()
    text = f"{len(changed)} organisations' keys were wrapped, {batches} batches sealed anew"
    say({"rewrapped": changed, "batches": batches}, text, as_json)


@keys.command("rotate-organisation", epilog=examples("keys rotate-organisation --data …"))
@data_option
@organisation_option
@json_option
@plainly
def keys_rotate_organisation(folder: Path, organisation: str | None, as_json: bool) -> None:
    """Give an organisation a new key and wrap its people's keys anew; no byte is sealed anew."""
    with _rotating(folder, organisation) as (rotation, own):
        rewrapped = rotation.organisation()
        own.audit("operator", "organisation-key.rotated", "")
    say({"rewrapped": rewrapped}, f"{rewrapped} people's keys were wrapped anew", as_json)


@keys.command("rotate-person", epilog=examples("keys rotate-person 'Ada Lovelace' --data …"))
@click.argument("name")
@data_option
@organisation_option
@json_option
@plainly
def keys_rotate_person(name: str, folder: Path, organisation: str | None, as_json: bool) -> None:
    """Give a person a new key and seal anew what is stored of them; run it again if it is cut off.

    Screenshots, notes, class sequences and compacted sessions stay readable all the while.
    """
    with _rotating(folder, organisation) as (rotation, own):
        person = next((each for each in own.people(removed=True) if each.name == name), None)
        if person is None:
            raise NotKnown("there is nobody of that name; see 'veritype-server user list'")
        resealed = rotation.person(person.id)
        own.audit("operator", "person-key.rotated", person.id.hex())
    say({"resealed": resealed}, f"{resealed} objects were sealed anew", as_json)


@keys.command("seal", epilog=examples("keys seal --data /var/lib/veritype"))
@data_option
@organisation_option
@json_option
@plainly
def keys_seal(folder: Path, organisation: str | None, as_json: bool) -> None:
    """Seal what a version before this one stored as it is; it stays readable meanwhile."""
    with _rotating(folder, organisation) as (rotation, _):
        sealed, (batches, _) = rotation.seal_the_unsealed(), rotation.seal_the_log()
    text = f"{sealed} objects and {batches} batches in the log were sealed"
    say({"sealed": sealed, "batches": batches}, text, as_json)


@contextmanager
def _rotating(
    folder: Path, organisation: str | None
) -> Iterator[tuple[Rotation, OrganisationStore]]:
    """A rotation on an organisation; backups wait, and are waited for."""
    installation, progress = opened(folder), Progress()
    store = installation.store
    named = Administration(store, installation.settings, organisation).organisation.id
    with upkeep(folder):
        yield Rotation(store, installation.objects, named, progress), store.of(named)
    progress.close()
