"""People and their devices."""

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
from server.records import Person, Role
from server.services.invitations import INVITATION_DAYS, RESET_DAYS, Invitations

_ROLES = click.Choice([role.value for role in Role])


@click.group()
def user() -> None:
    """People."""


@user.command("add")
@click.argument("name")
@data_option
@organisation_option
@json_option
@click.option("--role", type=_ROLES, required=True)
@click.option("--login", help="Lets the person sign in to the console.")
@click.option("--password", help="At least 10 characters; made up and printed if left out.")
@plainly
def user_add(
    name: str,
    folder: Path,
    organisation: str | None,
    as_json: bool,
    role: str,
    login: str | None,
    password: str | None,
) -> None:
    """Add a person."""
    made = administration(folder, organisation).add_person(name, Role(role), login, password)
    fields = _fields(made.person)
    text = f"{made.person.name} was added as {role}"
    if made.password:
        fields["password"] = made.password
        text += f"; login {login}, password {made.password} (shown once)"
    say(fields, text, as_json)


@user.command("list")
@data_option
@organisation_option
@json_option
@click.option("--removed", is_flag=True, help="Those who were removed too.")
@plainly
def user_list(folder: Path, organisation: str | None, as_json: bool, removed: bool) -> None:
    """List people, by name."""
    people, asker = directory(folder, organisation)
    found = [p for p in people.everybody(asker) if removed or p.removed_us is None]
    text = "\n".join(_line(person) for person in found)
    say({"people": [_fields(person) for person in found]}, text, as_json)


@user.command("role")
@click.argument("name")
@click.argument("role", type=_ROLES)
@data_option
@organisation_option
@json_option
@plainly
def user_role(name: str, role: str, folder: Path, organisation: str | None, as_json: bool) -> None:
    """Give a person another role; it holds with their next request."""
    people, asker = directory(folder, organisation)
    person = people.set_role(asker, people.named(asker, name), Role(role))
    say(_fields(person), f"{name} is {role} now", as_json)


@user.command("rename")
@click.argument("name")
@click.argument("new_name")
@data_option
@organisation_option
@json_option
@plainly
def user_rename(
    name: str, new_name: str, folder: Path, organisation: str | None, as_json: bool
) -> None:
    """Give a person another name, on old sessions too."""
    people, asker = directory(folder, organisation)
    person = people.rename(asker, people.named(asker, name), new_name)
    say(_fields(person), f"{name} is {person.name} now", as_json)


@user.command("remove")
@click.argument("name")
@data_option
@organisation_option
@json_option
@plainly
def user_remove(name: str, folder: Path, organisation: str | None, as_json: bool) -> None:
    """Remove a person: no sign-in and no new session; evidence stays."""
    people, asker = directory(folder, organisation)
    person = people.named(asker, name)
    people.remove(asker, person)
    fields: dict[str, object] = {"id": person.id.hex(), "name": name, "removed": True}
    say(fields, f"{name} was removed; work done before still comes in for 7 days", as_json)


@user.command("invite")
@data_option
@organisation_option
@json_option
@click.option("--role", type=_ROLES, required=True)
@click.option("--team", "teams", multiple=True, help="A team to be in; may be given several times.")
@click.option("--email", help="Becomes the login; at a provider of identities it must be verified.")
@plainly
def user_invite(
    folder: Path,
    organisation: str | None,
    as_json: bool,
    role: str,
    teams: tuple[str, ...],
    email: str | None,
) -> None:
    """Print a link that adds one person; it works once, for seven days."""
    people, asker = directory(folder, organisation)
    joined = frozenset(people.team_named(asker, team).id for team in teams)
    installation = opened(folder)
    token = Invitations(installation.store).invite(asker, Role(role), joined, email)
    link = f"{installation.settings.public_url}/invitation/{token}"
    say({"link": link, "role": role, "days": INVITATION_DAYS}, f"{link} (shown once)", as_json)


@user.command("reset")
@click.argument("name")
@data_option
@organisation_option
@json_option
@click.option("--second-factor", is_flag=True, help="It is lost too: take it away at once.")
@plainly
def user_reset(
    name: str, folder: Path, organisation: str | None, as_json: bool, second_factor: bool
) -> None:
    """Print a link that sets a new password; it works once, for a day."""
    people, asker = directory(folder, organisation)
    person = people.named(asker, name)
    installation = opened(folder)
    token = Invitations(installation.store).make_reset(asker, person)
    if second_factor:
        people.remove_second_factor(asker, person)
    link = f"{installation.settings.public_url}/reset/{token}"
    say({"link": link, "name": name, "days": RESET_DAYS}, f"{link} (shown once)", as_json)


@click.command()
@click.argument("person")
@data_option
@organisation_option
@json_option
@plainly
def pair(person: str, folder: Path, organisation: str | None, as_json: bool) -> None:
    """Print a pairing code for a person's next device."""
    services = administration(folder, organisation)
    code, minutes = services.pair(person), services.pairing_code_minutes
    fields: dict[str, object] = {"code": code, "person": person, "minutes": minutes}
    say(fields, f"{code} (can be used once, for {minutes} minutes)", as_json)


def _fields(person: Person) -> dict[str, object]:
    return {
        "id": person.id.hex(),
        "name": person.name,
        "role": person.role.value,
        "login": person.login,
    }


def _line(person: Person) -> str:
    state = "removed" if person.removed_us is not None else person.login or "no sign-in"
    return f"{person.name}: {person.role.value}, {state}"
