"""Legal holds: what must not be purged or erased while a court or a lawyer asks for it."""

from datetime import UTC, datetime
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
from server.clock import iso_utc, now_us
from server.privacy.holding import LegalHolds
from server.records.privacy import LegalHold
from server.services.administration import Administration


@click.group("legal-hold")
def legal_hold() -> None:
    """Legal holds: nothing that they name is purged or erased."""


@legal_hold.command(
    "place",
    epilog=examples(
        "legal-hold place --person 'Ada Lovelace' --reason 'Case 12/2026' --data …",
        "legal-hold place --session SESSION --reason '…' --until 2027-03-31 --data …",
    ),
)
@data_option
@organisation_option
@json_option
@click.option("--person", help="By name: all that is theirs.")
@click.option("--session", help="By its id: 32 hex digits.")
@click.option("--project", help="By name: all its sessions.")
@click.option("--reason", required=True, help="Which case; shown to the person.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Ends by itself at that day, UTC.")
@click.option(
    "--not-told-because", help="Which law forbids to tell the person; else they are told."
)
@plainly
def hold_place(
    folder: Path,
    organisation: str | None,
    as_json: bool,
    person: str | None,
    session: str | None,
    project: str | None,
    reason: str,
    until: datetime | None,
    not_told_because: str | None,
) -> None:
    """Place a hold on a person, a session or a project."""
    until_us = int(until.replace(tzinfo=UTC).timestamp()) * 1_000_000 if until else None
    with_holds = _holds(folder, organisation)
    row = with_holds.place(
        now_us(),
        person=person,
        session=session,
        project=project,
        reason=reason,
        until_us=until_us,
        not_told_because=not_told_because,
    )
    say({"hold": row}, f"hold {row} is in force: nothing it names is purged or erased", as_json)


@legal_hold.command("list", epilog=examples("legal-hold list --data /var/lib/veritype"))
@data_option
@organisation_option
@json_option
@plainly
def hold_list(folder: Path, organisation: str | None, as_json: bool) -> None:
    """List all holds, those that ended too."""
    with_holds = _holds(folder, organisation)
    found = [(hold, with_holds.about(hold)) for hold in with_holds.all()]
    fields = [_fields(hold, about) for hold, about in found]
    say({"holds": fields}, "\n".join(_line(hold, about) for hold, about in found), as_json)


@legal_hold.command("lift", epilog=examples("legal-hold lift 3 --data /var/lib/veritype"))
@click.argument("hold", type=int)
@data_option
@organisation_option
@json_option
@plainly
def hold_lift(hold: int, folder: Path, organisation: str | None, as_json: bool) -> None:
    """End a hold: what is due goes with the next purge."""
    with_holds = _holds(folder, organisation)
    with_holds.lift(hold, now_us())
    say({"hold": hold, "lifted": True}, f"hold {hold} is lifted", as_json)


def _holds(folder: Path, organisation: str | None) -> LegalHolds:
    installation = opened(folder)
    store = installation.store
    named = Administration(store, installation.settings, organisation).organisation
    return LegalHolds(store.of(named.id), "operator")


def _fields(hold: LegalHold, about: str) -> dict[str, object]:
    return {
        "hold": hold.row,
        "about": about,
        "reason": hold.reason,
        "placed_by": hold.placed_by,
        "placed_at": iso_utc(hold.placed_us),
        "until": iso_utc(hold.until_us) if hold.until_us is not None else None,
        "lifted_at": iso_utc(hold.lifted_us) if hold.lifted_us is not None else None,
        "not_told_because": hold.not_told_because,
        "in_force": hold.in_force(now_us()),
    }


def _line(hold: LegalHold, about: str) -> str:
    state = "in force" if hold.in_force(now_us()) else "ended"
    return f"{hold.row}: {about}, {state}, placed {iso_utc(hold.placed_us)}: {hold.reason}"
