"""Opening the trainer's own page."""

import os
import webbrowser

import click

from agent.cli.asking import ask_agent
from agent.face.control import Request


@click.command()
@click.option("--no-open", is_flag=True, help="Print the address and open no browser.")
def page(*, no_open: bool) -> None:
    """Open your page: what is recorded now, what waits, what was sent.

    It is served by the agent on this computer, for this computer alone. The address works once.
    """
    address = ask_agent(Request(do="page")).address
    has_display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if not no_open and has_display and webbrowser.open(address):
        click.echo("Your page is open in the browser.")
        return
    click.echo(address)
