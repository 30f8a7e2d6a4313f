"""People and their devices."""

from pathlib import Path

import click

from server.app import open_installation
from server.cli.options import administration, data_option, json_option, plainly, say
from server.records import Role
from server.services.administration import Administration


@click.group()
def user() -> None:
    """People."""


@user.command("add")
@click.argument("name")
@data_option
@json_option
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--login", help="Lets the person sign in to the console.")
@click.option("--password", help="At least 10 characters; made up and printed if left out.")
@plainly
def user_add(
    name: str, folder: Path, as_json: bool, role: str, login: str | None, password: str | None
) -> None:
    """Add a person."""
    made = administration(folder).add_person(name, Role(role), login, password)
    fields: dict[str, object] = {
        "id": made.person.id.hex(),
        "name": made.person.name,
        "role": role,
        "login": login,
    }
    text = f"{made.person.name} was added as {role}"
    if made.password:
        fields["password"] = made.password
        text += f"; login {login}, password {made.password} (shown once)"
    say(fields, text, as_json)


@click.command()
@click.argument("person")
@data_option
@json_option
@plainly
def pair(person: str, folder: Path, as_json: bool) -> None:
    """Print a pairing code for a person's next device."""
    installation = open_installation(folder)
    code = Administration(installation.store, installation.settings).pair(person)
    minutes = installation.settings.pairing_code_minutes
    fields = {"code": code, "person": person, "minutes": minutes}
    say(fields, f"{code} (can be used once, for {minutes} minutes)", as_json)
