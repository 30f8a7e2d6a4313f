"""Screenshots before they leave: list, blank, make coarse."""

import time
from collections.abc import Sequence

import click
import msgspec

from agent.cli.asking import ask_agent
from agent.face.control import Request
from agent.face.held import picture_lines, title_lines
from agent.identity import load_enrolled
from agent.paths import open_paths
from agent.preferences import read_preferences, write_preferences
from agent.spool.rows import Region

_BLANK_S = 45.0


def _regions(
    _context: click.Context, _parameter: click.Parameter, texts: Sequence[str]
) -> tuple[Region, ...]:
    return tuple(_region(text) for text in texts)


def _region(text: str) -> Region:
    try:
        left, top, width, height = (int(number) for number in text.split(","))
    except ValueError:
        raise click.BadParameter("four whole numbers: LEFT,TOP,WIDTH,HEIGHT") from None
    if left < 0 or top < 0 or width < 1 or height < 1:
        raise click.BadParameter("a region begins inside the picture and has a size")
    return left, top, width, height


@click.command()
@click.argument("number", type=int, required=False)
@click.option(
    "--region",
    "regions",
    multiple=True,
    callback=_regions,
    metavar="LEFT,TOP,WIDTH,HEIGHT",
    help="Black out only this part, in pixels of the picture; several times for several parts.",
)
def blank(number: int | None, regions: tuple[Region, ...]) -> None:
    """List the screenshots and titles that have not left this device; with NUMBER, blank one.

    The minute stays paid, and the assessment does not look at pictures. Your page (`veritype page`)
    shows them and lets you draw what to black out.
    """
    if number is None:
        held, now_s = ask_agent(Request(do="pictures")), time.time()
        for line in (*picture_lines(held.pictures, now_s), *title_lines(held.titles, now_s)):
            click.echo(line)
        return
    ask_agent(Request(do="blank", number=number, regions=regions), _BLANK_S)
    what = f"A part of {number}" if regions else f"Number {number}"
    click.echo(f"{what} is blanked; its bytes are erased from this device.")


@click.group()
def pictures() -> None:
    """How your screenshots are made."""


@pictures.command()
@click.argument("switch", type=click.Choice(["on", "off"]))
def pixelate(switch: str) -> None:
    """Make your screenshots coarse before they leave memory, from the next clock-in on."""
    paths = open_paths()
    load_enrolled(paths)
    chosen = msgspec.structs.replace(read_preferences(paths), pixelate=switch == "on")
    write_preferences(paths, chosen)
    coarse = "coarse" if chosen.pixelate else "as the project's rules say"
    click.echo(f"From the next clock-in on, screenshots are {coarse}.")
