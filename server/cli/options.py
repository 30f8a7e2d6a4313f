"""What the commands share: options, plain errors, what they print."""

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import click

from server.errors import ServerError
from server.installation import Installation, open_installation
from server.services.administration import Administration
from server.services.asking import Asker
from server.services.people import Directory, operator
from wire.errors import WireError

P = ParamSpec("P")

data_option = click.option(
    "--data",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="VERITYPE_DATA",
    required=True,
    help="The data folder (or VERITYPE_DATA).",
)
organisation_option = click.option(
    "--organisation", help="Which one; may be left out while there is only one."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def examples(*arguments: str) -> str:
    """The end of a command's help: how it is used, a line each."""
    lines = "\n".join(f"  veritype-server {each}" for each in arguments)
    return f"\b\nExamples:\n{lines}"


def plainly(command: Callable[P, None]) -> Callable[P, None]:
    """End with one sentence and status 1 for every error that is meant to be read."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (ServerError, WireError, OSError) as error:
            click.echo(f"veritype-server: {error}", err=True)
            sys.exit(1)

    return wrapped


def opened(folder: Path) -> Installation:
    """An installation that is closed when the command ends."""
    installation = open_installation(folder)
    click.get_current_context().call_on_close(installation.store.close)
    return installation


def administration(folder: Path, organisation: str | None = None) -> Administration:
    """The operator's services on an organisation of a data folder."""
    installation = opened(folder)
    return Administration(installation.store, installation.settings, organisation)


def directory(folder: Path, organisation: str | None) -> tuple[Directory, Asker]:
    """People and teams of an organisation, and the operator as who asks."""
    installation = opened(folder)
    named = Administration(installation.store, installation.settings, organisation).organisation
    return Directory(installation.store), operator(named.id)


def say(fields: dict[str, object], text: str, as_json: bool) -> None:
    """Print for a person, or as one JSON object."""
    click.echo(json.dumps(fields, ensure_ascii=False) if as_json else text)
