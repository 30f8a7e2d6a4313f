"""What the agent is doing now."""

import click
import msgspec

from agent.face import client
from agent.face.status import status_text
from agent.identity import load_enrolled
from agent.paths import Paths, open_paths
from agent.settings import Settings, read_settings


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print the status as JSON.")
def status(as_json: bool) -> None:
    """Say whether anything is recorded, by what, and what waits."""
    show_status(as_json=as_json)


def show_status(*, as_json: bool) -> None:
    """Print the status, in words or as JSON."""
    paths: Paths = open_paths()
    settings: Settings = read_settings()
    identity = load_enrolled(paths)
    found = client.status_of(paths, settings, identity.server)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found)).decode())
    else:
        click.echo(status_text(found))
