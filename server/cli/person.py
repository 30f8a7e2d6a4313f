"""A person's rights: a copy of everything held about them, and their erasure."""

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
from server.clock import now_us
from server.errors import NotKnown, ServerError
from server.privacy.erasing import Erasure
from server.privacy.exporting import PersonalExports
from server.records import Person
from server.services.administration import Administration
from server.storage.protocols import OrganisationStore


@click.group()
def person() -> None:
    """A person's rights: export and erasure."""


@person.command(
    "export", epilog=examples("person export 'Ada Lovelace' --out ada.zip --data /var/lib/veritype")
)
@click.argument("name")
@data_option
@organisation_option
@json_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@plainly
def person_export(
    name: str, folder: Path, organisation: str | None, as_json: bool, out: Path
) -> None:
    """Write everything that is held about a person into a zip file, opened, with an index."""
    installation = opened(folder)
    store = installation.store
    named = Administration(store, installation.settings, organisation).organisation.id
    own = store.of(named)
    somebody = _named(own, name)
    if out.exists():
        raise ServerError(f"{out} is there already")
    exports = PersonalExports(store, installation.objects, installation.keys)
    with out.open("xb") as file:
        out.chmod(0o600)
        manifest = exports.write(named, somebody.id, file, now_us())
    own.audit("operator", "export.made", somebody.id.hex())
    fields = {"file": str(out), "files": len(manifest.files), "missing": list(manifest.missing)}
    text = f"{out} holds {len(manifest.files)} files"
    if manifest.missing:
        text += f"; {len(manifest.missing)} could not be opened: see its manifest"
    say(fields, text, as_json)


@person.command(
    "erase", epilog=examples("person erase 'Ada Lovelace' --yes --data /var/lib/veritype")
)
@click.argument("name")
@data_option
@organisation_option
@json_option
@click.option("--yes", is_flag=True, help="It cannot be undone.")
@plainly
def person_erase(
    name: str, folder: Path, organisation: str | None, as_json: bool, yes: bool
) -> None:
    """Erase a person: their keys are destroyed, and what they sealed with them.

    Hours stay, under a number in the place of the name. Backups of before hold the person until
    they expire. Refused under a legal hold; run it again if it is cut off.
    """
    installation = opened(folder)
    store = installation.store
    named = Administration(store, installation.settings, organisation).organisation.id
    somebody = _named(store.of(named), name)
    if not yes:
        raise ServerError("this cannot be undone: say --yes")
    erasure = Erasure(store, installation.objects, installation.keys, named, "operator")
    sessions = erasure.erase(somebody, now_us())
    fields: dict[str, object] = {"id": somebody.id.hex(), "sessions": sessions}
    text = f"erased, with {sessions} sessions; backups of before hold them until they expire"
    say(fields, text, as_json)


def _named(own: OrganisationStore, name: str) -> Person:
    people = own.people(removed=True)
    found = next((each for each in people if name in (each.name, each.id.hex())), None)
    if found is None:
        raise NotKnown("there is nobody of that name; see 'veritype-server user list'")
    return found
