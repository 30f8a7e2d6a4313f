"""Running the server."""

from pathlib import Path

import click

from server.cli.options import data_option, plainly
from server.operation.serving import serve as run_server


@click.command()
@data_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535))
@plainly
def serve(folder: Path, host: str, port: int) -> None:
    """Run the server; port 0 takes a free one, printed in the ready line."""
    run_server(folder, host, port)
