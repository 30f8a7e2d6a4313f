"""Everything that is held here, for its person."""

from pathlib import Path

import click

from agent.face.export import export as export_to
from agent.identity import load_identity
from agent.paths import open_paths
from agent.settings import read_settings
from agent.spool.reading import reading


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """Write everything this device holds about you into FOLDER, which must be new or empty.

    Consents, hours, receipts, what waits to be sent (opened, one event a line), pictures, notes
    and settings, each in a form that reads without Veritype. Never the device's secret key or
    token. Look at it, keep it, or hand it to somebody who advises you.
    """
    paths, settings = open_paths(), read_settings()
    identity = load_identity(paths)
    with reading(paths, settings) as reader:
        files = export_to(folder, reader, paths, identity, settings)
    click.echo(f"{files} files were written to {folder}; README.txt there says what they are.")
