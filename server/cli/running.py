"""Running the server, and scorers and errands on other nodes."""

from pathlib import Path

import click

from server.cli.options import data_option, examples, plainly
from server.operation.beside import NAME_MAX_CHARS, work
from server.operation.logs import set_up_logs
from server.operation.serving import serve as run_server
from server.operation.settings import load_settings

_SCORERS_MAX = 64


@click.command(
    epilog=examples(
        "serve --data /var/lib/veritype",
        "serve --data /var/lib/veritype --host 0.0.0.0 --scorers 0",
    )
)
@data_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8765,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="0 takes a free one, printed in the ready line.",
)
@click.option(
    "--scorers",
    default=1,
    show_default=True,
    type=click.IntRange(0, _SCORERS_MAX),
    help="Scorer processes to run beside it, with one for errands; 0: other nodes have them.",
)
@plainly
def serve(folder: Path, host: str, port: int, scorers: int) -> None:
    """Run the server until SIGTERM; a second one ends it at once."""
    run_server(folder, host, port, scorers)


@click.command(epilog=examples("worker --data /var/lib/veritype --scorers 4"))
@data_option
@click.option(
    "--scorers",
    default=1,
    show_default=True,
    type=click.IntRange(1, _SCORERS_MAX),
    help="Scorer processes to run.",
)
@click.option(
    "--name",
    default="",
    help="Of this group, if one machine runs several; the machine's name if left out.",
)
@plainly
def worker(folder: Path, scorers: int, name: str) -> None:
    """Run scorers and errands alone, on a node that takes no requests, until SIGTERM."""
    set_up_logs(load_settings(folder).log_level)
    work(folder, scorers, name[:NAME_MAX_CHARS])
