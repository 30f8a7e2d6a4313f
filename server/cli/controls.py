"""Control sessions: what reviewers are measured by."""

from pathlib import Path

import click

from server.app import open_installation
from server.cli.options import (
    administration,
    data_option,
    examples,
    json_option,
    organisation_option,
    plainly,
    say,
)
from server.records import Truth
from server.reviews.controls import mark_control, set_control_share
from server.storage.protocols import OrganisationStore

_OPERATOR = "operator"


@click.group()
def control() -> None:
    """Sessions of which is known how they were made, mixed into the reviewers' queue."""


@control.command("mark", epilog=examples("control mark SESSION --truth pasted"))
@click.argument("session")
@click.option("--truth", type=click.Choice([truth.value for truth in Truth]), required=True)
@data_option
@organisation_option
@json_option
@plainly
def mark(session: str, truth: str, folder: Path, organisation: str | None, as_json: bool) -> None:
    """Make SESSION a control. It never counts against whoever made it."""
    mark_control(_store(folder, organisation), session, Truth(truth), _OPERATOR)
    say({"session": session, "truth": truth}, f"{session} is a control: {truth}", as_json)


@control.command("share", epilog=examples("control share 0.1"))
@click.argument("share", type=float)
@data_option
@organisation_option
@json_option
@plainly
def share(share: float, folder: Path, organisation: str | None, as_json: bool) -> None:
    """Open the review of a control beside a SHARE (0 to 1) of all other reviews."""
    set_control_share(_store(folder, organisation), share, _OPERATOR)
    say({"share": share}, f"controls are mixed in beside {share:.0%} of reviews", as_json)


def _store(folder: Path, organisation: str | None) -> OrganisationStore:
    named = administration(folder, organisation).organisation
    return open_installation(folder).store.of(named.id)
