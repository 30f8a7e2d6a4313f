"""`veritype-server`: make a data folder, run the server, add people, projects and keys."""

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import click

from server.app import Installation, make_data_folder, open_installation
from server.errors import ServerError
from server.records import Role
from server.releases import add_release
from server.services.administration import Administration
from server.serving import serve as run_server
from wire.errors import WireError

P = ParamSpec("P")

_data = click.option(
    "--data",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="VERITYPE_DATA",
    required=True,
    help="The data folder (or VERITYPE_DATA).",
)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def _plainly(command: Callable[P, None]) -> Callable[P, None]:
    """End with one sentence and status 1 for every error that is meant to be read."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (ServerError, WireError, OSError) as error:
            click.echo(f"veritype-server: {error}", err=True)
            sys.exit(1)

    return wrapped


@click.group()
def main() -> None:
    """The Veritype server."""


@main.command()
@_data
@_as_json
@click.option("--organisation", default="Veritype", show_default=True)
@click.option("--admin-password", help="At least 10 characters; made up and printed if left out.")
@_plainly
def init(folder: Path, organisation: str, admin_password: str | None, as_json: bool) -> None:
    """Make a data folder, or bring an existing one up to this version."""
    make_data_folder(folder)
    made = _administration(folder).found(organisation, admin_password)
    if made is None:
        _print({"data": str(folder), "new": False}, f"{folder} is up to date", as_json)
        return
    fields: dict[str, object] = {"data": str(folder), "new": True, "login": made.person.login}
    text = f"{folder} is ready; sign in as {made.person.login}"
    if made.password:
        fields["password"] = made.password
        text += f" with the password {made.password} (shown once)"
    _print(fields, text, as_json)


@main.command()
@_data
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535))
@_plainly
def serve(folder: Path, host: str, port: int) -> None:
    """Run the server; port 0 takes a free one, printed in the ready line."""
    run_server(folder, host, port)


@main.group()
def user() -> None:
    """People."""


@user.command("add")
@click.argument("name")
@_data
@_as_json
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--login", help="Lets the person sign in to the console.")
@click.option("--password", help="At least 10 characters; made up and printed if left out.")
@_plainly
def user_add(
    name: str, folder: Path, as_json: bool, role: str, login: str | None, password: str | None
) -> None:
    """Add a person."""
    made = _administration(folder).add_person(name, Role(role), login, password)
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
    _print(fields, text, as_json)


@main.group()
def project() -> None:
    """Projects."""


@project.command("add")
@click.argument("name")
@_data
@_as_json
@click.option(
    "--policy",
    "document",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="The policy, as JSON.",
)
@_plainly
def project_add(name: str, folder: Path, as_json: bool, document: Path) -> None:
    """Add a project with its policy."""
    made = _administration(folder).add_project(name, document.read_bytes())
    fields = {"id": made.id.hex(), "name": made.name, "policy_version": made.policy.version}
    _print(fields, f"project {made.name} was added", as_json)


@project.command("policy")
@click.argument("name")
@_data
@_as_json
@click.option(
    "--policy",
    "document",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="The policy, as JSON, with a higher version than the one in force.",
)
@_plainly
def project_policy(name: str, folder: Path, as_json: bool, document: Path) -> None:
    """Put a new version of a project's policy in force.

    Sessions that are open keep the version they were opened with; the next clock-in asks.
    """
    made = _administration(folder).change_policy(name, document.read_bytes())
    fields = {"id": made.id.hex(), "name": made.name, "policy_version": made.policy.version}
    _print(fields, f"policy {made.policy.version} of {made.name} is in force", as_json)


@main.group()
def release() -> None:
    """The agent's release that devices are offered."""


@release.command("add")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_data
@_as_json
@click.option("--version", required=True, help="The release's number, such as 1.2.0.")
@_plainly
def release_add(file: Path, folder: Path, as_json: bool, version: str) -> None:
    """Offer FILE to agents (`veritype update`), signed by this server's key."""
    installation = open_installation(folder)
    installation.store.close()
    digest = add_release(installation.folder.releases, file, version)
    fields: dict[str, object] = {"version": version, "file": file.name, "sha256": digest}
    _print(fields, f"{file.name} is offered as version {version}, SHA-256 {digest}", as_json)


@main.command()
@click.argument("person")
@_data
@_as_json
@_plainly
def pair(person: str, folder: Path, as_json: bool) -> None:
    """Print a pairing code for a person's next device."""
    installation = open_installation(folder)
    code = Administration(installation.store, installation.settings).pair(person)
    minutes = installation.settings.pairing_code_minutes
    fields = {"code": code, "person": person, "minutes": minutes}
    _print(fields, f"{code} (can be used once, for {minutes} minutes)", as_json)


@main.group()
def key() -> None:
    """Platform API keys."""


@key.command("add")
@click.argument("name")
@_data
@_as_json
@_plainly
def key_add(name: str, folder: Path, as_json: bool) -> None:
    """Print a new platform key; it is shown once."""
    made = _administration(folder).add_platform_key(name)
    _print({"name": name, "key": made}, f"{made} (shown once)", as_json)


@main.command()
@_data
@_as_json
@_plainly
def doctor(folder: Path, as_json: bool) -> None:
    """Say what is wrong with a data folder."""
    wrong = _wrong_with(open_installation(folder))
    _print({"ok": not wrong, "wrong": wrong}, "\n".join(wrong) or "nothing is wrong", as_json)
    if wrong:
        sys.exit(1)


def _wrong_with(installation: Installation) -> list[str]:
    wrong = list(installation.store.check())
    installation.store.close()
    return wrong


def _administration(folder: Path) -> Administration:
    installation = open_installation(folder)
    return Administration(installation.store, installation.settings)


def _print(fields: dict[str, object], text: str, as_json: bool) -> None:
    click.echo(json.dumps(fields, ensure_ascii=False) if as_json else text)


if __name__ == "__main__":
    main()
