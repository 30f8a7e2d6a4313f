"""Projects and their policies."""

from pathlib import Path

import click

from server.cli.options import (
    administration,
    data_option,
    directory,
    json_option,
    organisation_option,
    plainly,
    say,
)


@click.group()
def project() -> None:
    """Projects."""


@project.command("add")
@click.argument("name")
@data_option
@organisation_option
@json_option
@click.option(
    "--policy",
    "document",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="The policy, as JSON.",
)
@plainly
def project_add(
    name: str, folder: Path, organisation: str | None, as_json: bool, document: Path
) -> None:
    """Add a project with its policy."""
    made = administration(folder, organisation).add_project(name, document.read_bytes())
    fields = {"id": made.id.hex(), "name": made.name, "policy_version": made.policy.version}
    say(fields, f"project {made.name} was added", as_json)


@project.command("policy")
@click.argument("name")
@data_option
@organisation_option
@json_option
@click.option(
    "--policy",
    "document",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="The policy, as JSON, with a higher version than the one in force.",
)
@plainly
def project_policy(
    name: str, folder: Path, organisation: str | None, as_json: bool, document: Path
) -> None:
    """Put a new version of a project's policy in force.

    Sessions that are open keep the version they were opened with; the next clock-in asks.
    """
    made = administration(folder, organisation).change_policy(name, document.read_bytes())
    fields = {"id": made.id.hex(), "name": made.name, "policy_version": made.policy.version}
    say(fields, f"policy {made.policy.version} of {made.name} is in force", as_json)


@project.command("teams")
@click.argument("name")
@click.argument("teams", nargs=-1)
@data_option
@organisation_option
@json_option
@plainly
def project_teams(
    name: str, teams: tuple[str, ...], folder: Path, organisation: str | None, as_json: bool
) -> None:
    """Give a project to TEAMS alone; without any, to everybody."""
    people, asker = directory(folder, organisation)
    given = [people.team_named(asker, team) for team in teams]
    found = people.give_project(asker, name, given)
    fields: dict[str, object] = {"id": found.id.hex(), "name": found.name, "teams": list(teams)}
    say(fields, f"{name} is open to {', '.join(teams) or 'everybody'}", as_json)
