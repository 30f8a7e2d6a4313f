"""Pairing this device."""

import click

from agent.face.wording import plain
from agent.identity import enrol as enrol_device
from agent.identity import store_identity, where_kept
from agent.paths import open_paths
from agent.settings import read_settings
from agent.shipping.transport import Transport, check_server
from agent.startup import only_instance


@click.command()
@click.argument("url")
@click.argument("code")
def enrol(url: str, code: str) -> None:
    """Pair this device with the server at URL, using the pairing CODE you were given."""
    paths, settings = open_paths(), read_settings()
    server = check_server(url)
    transport = Transport(server, "", settings.connect_timeout_s, settings.read_timeout_s)
    with only_instance(paths):
        identity = enrol_device(server, code, transport)
        store_identity(paths, identity)
    click.echo(f"This device is enrolled for {plain(identity.person_name)} at {server}.")
    click.echo(f"Its key was made here and lies {where_kept(paths)}.")
