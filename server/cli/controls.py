"""Control sessions: how often they are mixed into the reviewers' queue."""

from pathlib import Path

import click

from server.cli.options import (
    administration,
    data_option,
    examples,
    json_option,
    opened,
    organisation_option,
    plainly,
    say,
)
from server.reviews.controls import set_control_share

_OPERATOR = "operator"


@click.group()
def control() -> None:
    """Sessions of which is known how they were made, mixed into the reviewers' queue."""


@control.command("share", epilog=examples("control share 0.1"))
@click.argument("share", type=float)
@data_option
@organisation_option
@json_option
@plainly
def share(share: float, folder: Path, organisation: str | None, as_json: bool) -> None:
    """Open the review of a control beside a SHARE (0 to 1) of all other reviews."""
    named = administration(folder, organisation).organisation
    set_control_share(opened(folder).store.of(named.id), share, _OPERATOR)
    say({"share": share}, f"controls are mixed in beside {share:.0%} of reviews", as_json)
