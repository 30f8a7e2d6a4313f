"""Labels: what people said of sessions, for the next training."""

import importlib.util
import sys
from dataclasses import asdict
from pathlib import Path

import click

from server.cli.options import (
    data_option,
    examples,
    json_option,
    opened,
    organisation_option,
    plainly,
    say,
)
from server.clock import now_us
from server.errors import ServerError
from server.labels.marking import mark, read_made
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

    installation = opened(folder)
    named = Administration(installation.store, installation.settings, organisation).organisation
    store = installation.store.of(named.id)
    count = LabelExport(store, installation.objects, named.id).write(out)
    say({"sessions": count, "folder": str(out)}, f"{count} sessions in {out}", as_json)


@labels.command("mark", epilog=examples("labels mark made.csv --data …"))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@data_option
@organisation_option
@json_option
@plainly
def labels_mark(file: Path, folder: Path, organisation: str | None, as_json: bool) -> None:
    """Mark sessions as controls: FILE has the columns session and truth.

    The control-session kit writes it. Reviewers meet controls among other sessions and are not
    told; nobody's hours or pay depend on them.
    """
    made = read_made(file)
    installation = opened(folder)
    named = Administration(installation.store, installation.settings, organisation).organisation
    found = mark(installation.store.of(named.id), made, now_us())
    text = f"{found.marked} marked, {found.already} were marked before"
    if found.unknown:
        text += f", not known here: {' '.join(found.unknown)}"
    say(asdict(found), text, as_json)
    if found.unknown:
        sys.exit(1)
