"""Labels: what people said of sessions, for the next training."""

import importlib.util
from pathlib import Path

import click

from server.app import open_installation
from server.cli.options import (
    data_option,
    examples,
    json_option,
    organisation_option,
    plainly,
    say,
)
from server.errors import ServerError
from server.services.administration import Administration


@click.group()
def labels() -> None:
    """Sessions of which people said what they are: docs/labels.md."""


@labels.command("export", epilog=examples("labels export --out labels-2026-12 --data …"))
@data_option
@organisation_option
@json_option
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="A folder that is not there yet.",
)
@plainly
def labels_export(folder: Path, organisation: str | None, as_json: bool, out: Path) -> None:
    """Write control sessions and decided reviews for `python -m detector train --labels`.

    Key times and classes under pseudonyms, no characters, no names; that it was done stands in the
    audit log. Who the typist is can be told from their timing: keep the folder like screenshots.
    """
    if importlib.util.find_spec("pyarrow") is None:
        raise ServerError("this needs pyarrow: pip install 'veritype[train]'")
    from server.labels.exporting import LabelExport  # noqa: PLC0415 - needs pyarrow

    installation = open_installation(folder)
    named = Administration(installation.store, installation.settings, organisation).organisation
    store = installation.store.of(named.id)
    count = LabelExport(store, installation.objects, named.id).write(out)
    installation.store.close()
    say({"sessions": count, "folder": str(out)}, f"{count} sessions in {out}", as_json)
