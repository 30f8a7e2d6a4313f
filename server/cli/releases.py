"""The agent's release that devices are offered."""

from pathlib import Path

import click

from server.cli.options import data_option, json_option, opened, plainly, say
from server.operation.releases import add_release


@click.group()
def release() -> None:
    """The agent's release that devices are offered."""


@release.command("add")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
@json_option
@click.option("--version", required=True, help="The release's number, such as 1.2.0.")
@plainly
def release_add(file: Path, folder: Path, as_json: bool, version: str) -> None:
    """Offer FILE to agents (`veritype update`), signed by this server's key."""
    installation = opened(folder)
    digest = add_release(installation.folder.releases, file, version)
    fields: dict[str, object] = {"version": version, "file": file.name, "sha256": digest}
    say(fields, f"{file.name} is offered as version {version}, SHA-256 {digest}", as_json)
