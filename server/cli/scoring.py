"""Scoring: the promise about false flags, and sessions that are to be scored again."""

from pathlib import Path

import click

from detector.model import load_model
from server.cli.options import (
    administration,
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
from server.scoring.again import score_again, score_all_again
from server.scoring.promises import set_promise
from server.storage.protocols import OrganisationStore


@click.command(epilog=examples("rescore --older-than-model", "rescore --project Demo"))
@data_option
@organisation_option
@json_option
@click.option("--session", help="One session, by its id.")
@click.option("--project", help="All scored sessions of a project.")
@click.option("--older-than-model", is_flag=True, help="Those that another model judged last.")
@plainly
def rescore(
    folder: Path,
    organisation: str | None,
    as_json: bool,
    session: str | None,
    project: str | None,
    older_than_model: bool,
) -> None:
    """Have scored sessions scored again, behind everything else; old assessments stay."""
    if session is None and project is None and not older_than_model:
        raise ServerError("say which: --session, --project or --older-than-model")
    if session is not None and (project is not None or older_than_model):
        raise ServerError("one session is named by --session alone")
    store = _store(folder, organisation)
    if session is not None:
        queued = score_again(store, session)
    else:
        version = load_model().version if older_than_model else None
        queued = score_all_again(store, project, version)
    say({"queued": queued}, f"{queued} sessions will be scored again", as_json)


@click.group()
def promise() -> None:
    """What is promised about false flags."""


@promise.command("set")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
@organisation_option
@json_option
@plainly
def promise_set(file: Path, folder: Path, organisation: str | None, as_json: bool) -> None:
    """Put the promise in FILE, made by `python -m detector promise`, in force.

    It holds for sessions that are scored from now on.
    """
    made = set_promise(_store(folder, organisation), file.read_bytes(), now_us())
    fields: dict[str, object] = {"promise": made.sentence, "threshold": made.threshold}
    say(fields, f"in force: {made.sentence}", as_json)


def _store(folder: Path, organisation: str | None) -> OrganisationStore:
    named = administration(folder, organisation).organisation
    return opened(folder).store.of(named.id)
