"""Keys by which platforms ask."""

from pathlib import Path

import click

from server.cli.options import administration, data_option, json_option, plainly, say


@click.group()
def key() -> None:
    """Platform API keys."""


@key.command("add")
@click.argument("name")
@data_option
@json_option
@plainly
def key_add(name: str, folder: Path, as_json: bool) -> None:
    """Print a new platform key; it is shown once."""
    made = administration(folder).add_platform_key(name)
    say({"name": name, "key": made}, f"{made} (shown once)", as_json)
