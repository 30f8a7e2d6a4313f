"""Projects and their policies."""

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import msgspec

from server.cli.options import (
    administration,
    data_option,
    directory,
    examples,
    json_option,
    organisation_option,
    plainly,
    say,
)
from server.clock import iso_utc
from server.records import PolicyVersion
from wire.changes import Change, changes
from wire.policy import json_schema

policy_option = click.option(
    "--policy",
    "document",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="The policy, as JSON.",
)


@click.group()
def project() -> None:
    """Projects."""


@project.command("add")
@click.argument("name")
@data_option
@organisation_option
@json_option
@policy_option
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
@policy_option
@click.option(
    "--after",
    type=int,
    help="The version that you edited: refused if another is in force by now.",
)
@plainly
def project_policy(
    name: str,
    folder: Path,
    organisation: str | None,
    as_json: bool,
    document: Path,
    after: int | None,
) -> None:
    """Put a new version of a project's policy in force; its number is higher.

    Sessions that are open keep the version they were opened with. The next clock-in says what
    changed, and asks for consent where more is recorded.
    """
    policies = administration(folder, organisation).policies
    found = policies.change(name, document.read_bytes(), after)
    made = policies.project(name)
    fields = {
        "id": made.id.hex(),
        "name": made.name,
        "policy_version": made.policy.version,
        **_changes(found),
    }
    text = f"policy {made.policy.version} of {made.name} is in force\n{_said(found)}"
    say(fields, text, as_json)


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


@project.command("reviews", epilog=examples("project reviews Demo --a-day 300"))
@click.argument("name")
@data_option
@organisation_option
@json_option
@click.option(
    "--a-day",
    type=click.IntRange(0),
    help="So many are given out a day (UTC) at most; none said: as many as there are.",
)
@plainly
def project_reviews(
    name: str, folder: Path, organisation: str | None, as_json: bool, a_day: int | None
) -> None:
    """Say how many reviews of a project people do a day, at most.

    What is over waits for the next day. What nobody reviews by its deadline is decided for the
    trainer, and leads are told.
    """
    found = administration(folder, organisation).policies.limit_reviews(name, a_day)
    fields: dict[str, object] = {"id": found.id.hex(), "name": found.name, "reviews_a_day": a_day}
    said = "without a limit" if a_day is None else f"at most {a_day} a day"
    say(fields, f"reviews of {found.name} are given out {said}", as_json)


@project.command("list")
@data_option
@organisation_option
@json_option
@plainly
def project_list(folder: Path, organisation: str | None, as_json: bool) -> None:
    """List projects and which version of their policy is in force."""
    found = administration(folder, organisation).policies.projects()
    fields = [
        {"id": each.id.hex(), "name": each.name, "policy_version": each.policy.version}
        for each in found
    ]
    lines = [f"{each.name}: policy version {each.policy.version}" for each in found]
    say({"projects": fields}, "\n".join(lines) or "there is no project", as_json)


@project.command("show")
@click.argument("name")
@data_option
@organisation_option
@click.option("--version", type=int, help="Another one than that in force.")
@plainly
def project_show(name: str, folder: Path, organisation: str | None, version: int | None) -> None:
    """Print a policy as JSON: edit it, raise its number, and give it to `project policy`."""
    found = administration(folder, organisation).policies.version(name, version)
    click.echo(msgspec.json.format(msgspec.json.encode(found.policy)).decode())


@project.command("history")
@click.argument("name")
@data_option
@organisation_option
@json_option
@plainly
def project_history(name: str, folder: Path, organisation: str | None, as_json: bool) -> None:
    """List a policy's versions: who put them in force, when, and what changed."""
    found = administration(folder, organisation).policies.history(name)
    told = [(), *(changes(old.policy, new.policy) for old, new in pairwise(found))]
    fields = [{**_version(each), **_changes(said)} for each, said in zip(found, told, strict=True)]
    lines = [f"{_headline(each)}\n{_said(said)}" for each, said in zip(found, told, strict=True)]
    say({"name": name, "versions": fields}, "\n".join(line.rstrip() for line in lines), as_json)


@project.command("diff")
@click.argument("name")
@click.argument("old", type=int)
@click.argument("new", type=int)
@data_option
@organisation_option
@json_option
@plainly
def project_diff(
    name: str, old: int, new: int, folder: Path, organisation: str | None, as_json: bool
) -> None:
    """Say what changed between two versions, and whether consent to one covers the other."""
    policies = administration(folder, organisation).policies
    found = changes(policies.version(name, old).policy, policies.version(name, new).policy)
    grew = any(change.grew for change in found)
    verdict = "Consent is asked anew." if grew else "A consent to the older one covers the newer."
    say({"name": name, **_changes(found)}, f"{_said(found) or 'Nothing.'}\n{verdict}", as_json)


@project.command("schema")
def project_schema() -> None:
    """Print the policy's JSON Schema."""
    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def _changes(found: Sequence[Change]) -> dict[str, Any]:
    return {
        "changes": [
            {"field": each.field, "text": each.sentence, "records_more": each.grew}
            for each in found
        ],
        "asks_anew": any(each.grew for each in found),
    }


def _said(found: Sequence[Change]) -> str:
    return "\n".join(
        f"  {'+ more is recorded: ' if each.grew else '  '}{each.sentence}" for each in found
    )


def _version(each: PolicyVersion) -> dict[str, Any]:
    at_us = each.created_us
    return {
        "version": each.policy.version,
        "author": each.author,
        "created_at": iso_utc(at_us) if at_us is not None else None,
    }


def _headline(each: PolicyVersion) -> str:
    when = iso_utc(each.created_us) if each.created_us is not None else "a time not noted"
    return f"version {each.policy.version}, by {each.author or 'somebody not noted'}, {when}"
