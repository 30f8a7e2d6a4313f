"""Teams."""

from pathlib import Path

import click

from server.cli.options import (
    data_option,
    directory,
    json_option,
    organisation_option,
    plainly,
    say,
)
from server.services.people import Membership


@click.group()
def team() -> None:
    """Teams."""


@team.command("add")
@click.argument("name")
@data_option
@organisation_option
@json_option
@plainly
def team_add(name: str, folder: Path, organisation: str | None, as_json: bool) -> None:
    """Add a team."""
    people, asker = directory(folder, organisation)
    made = people.add_team(asker, name)
    say({"id": made.id, "name": made.name}, f"team {made.name} was added", as_json)


@team.command("join")
@click.argument("name")
@click.argument("person")
@data_option
@organisation_option
@json_option
@click.option("--leads", is_flag=True, help="The person leads the team.")
@plainly
def team_join(
    name: str, person: str, folder: Path, organisation: str | None, as_json: bool, leads: bool
) -> None:
    """Put a person into a team, or change whether they lead it."""
    people, asker = directory(folder, organisation)
    joined = people.named(asker, person)
    people.join(asker, people.team_named(asker, name), joined, leads=leads)
    fields: dict[str, object] = {"team": name, "person": person, "leads": leads}
    say(fields, f"{person} {'leads' if leads else 'is in'} {name}", as_json)


@team.command("leave")
@click.argument("name")
@click.argument("person")
@data_option
@organisation_option
@json_option
@plainly
def team_leave(
    name: str, person: str, folder: Path, organisation: str | None, as_json: bool
) -> None:
    """Take a person out of a team."""
    people, asker = directory(folder, organisation)
    people.leave(asker, people.team_named(asker, name), people.named(asker, person))
    fields: dict[str, object] = {"team": name, "person": person}
    say(fields, f"{person} is no longer in {name}", as_json)


@team.command("list")
@data_option
@organisation_option
@json_option
@plainly
def team_list(folder: Path, organisation: str | None, as_json: bool) -> None:
    """List teams and who is in them."""
    people, asker = directory(folder, organisation)
    found = people.teams(asker)
    text = "\n".join(_line(each) for each in found) or "no teams"
    say({"teams": [_fields(each) for each in found]}, text, as_json)


def _fields(found: Membership) -> dict[str, object]:
    return {
        "id": found.team.id,
        "name": found.team.name,
        "leads": [person.name for person in found.leads],
        "people": [person.name for person in found.others],
    }


def _line(found: Membership) -> str:
    leads = [f"{person.name} (leads)" for person in found.leads]
    names = [*leads, *(person.name for person in found.others)]
    return f"{found.team.name}: {', '.join(names) or 'nobody'}"
