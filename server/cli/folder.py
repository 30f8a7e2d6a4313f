"""The data folder: made, brought up to date, looked after."""

import sys
from pathlib import Path

import click

from server.cli.options import (
    administration,
    data_option,
    examples,
    json_option,
    opened,
    plainly,
    say,
)
from server.installation import make_data_folder
from server.operation.examination import examine


@click.command()
@data_option
@json_option
@click.option("--organisation", default="Veritype", show_default=True)
@click.option("--admin-password", help="At least 10 characters; made up and printed if left out.")
@plainly
def init(folder: Path, organisation: str, admin_password: str | None, as_json: bool) -> None:
    """Make a data folder, or bring an existing one up to this version."""
    make_data_folder(folder)
    made = administration(folder).found(organisation, admin_password)
    if made is None:
        say({"data": str(folder), "new": False}, f"{folder} is up to date", as_json)
        return
    fields: dict[str, object] = {"data": str(folder), "new": True, "login": made.person.login}
    text = f"{folder} is ready; sign in as {made.person.login}"
    if made.password:
        fields["password"] = made.password
        text += f" with the password {made.password} (shown once)"
    say(fields, text, as_json)


@click.command(epilog=examples("doctor --data /var/lib/veritype"))
@data_option
@json_option
@plainly
def doctor(folder: Path, as_json: bool) -> None:
    """Say what is wrong with an installation and what to do about it; ends with 1 if anything is.

    Looks at the folder and its modes, secrets, settings, database, schema, objects, sessions that
    wait or failed, disk space, open files, the clock, and whether the model loads.
    """
    wrong = list(examine(opened(folder)))
    say({"ok": not wrong, "wrong": wrong}, "\n".join(wrong) or "nothing is wrong", as_json)
    if wrong:
        sys.exit(1)
