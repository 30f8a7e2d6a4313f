"""The organisations that share an installation."""

from pathlib import Path

import click

from server.cli.options import (
    administration,
    data_option,
    directory,
    json_option,
    opened,
    organisation_option,
    plainly,
    say,
)
from server.hours.zones import Zones


@click.group()
def organisation() -> None:
    """The organisations that share this installation."""


@organisation.command("add")
@click.argument("name")
@data_option
@json_option
@click.option("--admin-login", required=True, help="What its first administrator signs in by.")
@click.option("--admin-password", help="At least 10 characters; made up and printed if left out.")
@plainly
def organisation_add(
    name: str, folder: Path, as_json: bool, admin_login: str, admin_password: str | None
) -> None:
    """Add an organisation with its first administrator."""
    made = administration(folder).add_organisation(name, admin_login, admin_password)
    fields: dict[str, object] = {
        "id": made.person.organisation,
        "name": name,
        "login": made.person.login,
    }
    text = f"{name} was added; sign in as {made.person.login}"
    if made.password:
        fields["password"] = made.password
        text += f" with the password {made.password} (shown once)"
    say(fields, text, as_json)


@organisation.command("list")
@data_option
@json_option
@plainly
def organisation_list(folder: Path, as_json: bool) -> None:
    """List the organisations."""
    found = opened(folder).store.organisations()
    fields = [
        {
            "id": each.id,
            "name": each.name,
            "second_factor_required": each.second_factor_required,
        }
        for each in found
    ]
    say({"organisations": fields}, "\n".join(each.name for each in found), as_json)


@organisation.command("zone")
@click.argument("name")
@data_option
@organisation_option
@json_option
@plainly
def organisation_zone(name: str, folder: Path, organisation: str | None, as_json: bool) -> None:
    """Say in which time zone days are counted, of people who chose none; from now on."""
    _, asker = directory(folder, organisation)
    Zones(opened(folder).store).set_default(asker, name)
    say({"zone": name}, f"days are counted in {name} from now on", as_json)


@organisation.command("second-factor")
@click.argument("asked", type=click.Choice(["required", "optional"]))
@data_option
@organisation_option
@json_option
@plainly
def organisation_second_factor(
    asked: str, folder: Path, organisation: str | None, as_json: bool
) -> None:
    """Say whether auditors, leads and administrators need a second factor."""
    people, asker = directory(folder, organisation)
    people.require_second_factor(asker, required=asked == "required")
    text = "second factors are " + asked
    say({"second_factor_required": asked == "required"}, text, as_json)
