"""Whether the icon is there from log-in on."""

import click

from agent.autostart import Autostart


@click.command()
@click.argument("switch", type=click.Choice(["on", "off", "status"]))
def autostart(switch: str) -> None:
    """Show Veritype's icon from log-in on, or no more; it never records by itself."""
    found = Autostart()
    if switch == "on":
        found.enable()
    elif switch == "off":
        found.remove()
    if found.is_on():
        click.echo("Veritype's icon starts at log-in. Nothing is recorded until you clock in.")
    else:
        click.echo("Nothing of Veritype starts at log-in.")
