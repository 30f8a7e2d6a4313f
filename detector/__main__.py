"""The detector's command line: the only door with files.

Run ``python -m detector --help``.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from detector.doors.evaluate import evaluate_corpus
from detector.doors.evaluation_files import log_evaluation, printed, write_evaluation
from detector.doors.galleries import ORG_KEY, gallery, key_from
from detector.doors.gallery_file import read_gallery
from detector.doors.options import FILE, FOLDER, MODEL, model_at
from detector.doors.promise import read_promise
from detector.doors.promising import drift_command, promise_command
from detector.doors.score import Searched, align_sessions, score_sessions
from detector.doors.train import train
from detector.errors import DetectorError


class OneLineErrors(click.Group):
    """Turns the detector's own errors into one line on standard error and exit status 2."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (DetectorError, OSError) as error:
            line = " ".join(str(error).split())
            click.echo(f"error: {line}", err=True)
            ctx.exit(2)


@click.group(cls=OneLineErrors)
@click.version_option(package_name="veritype", prog_name="detector")
def main() -> None:
    """Tell how the text of recorded sessions got in: composed, copied, typed by a machine, pasted.

    A keystroke table is a parquet file with one row a key press and the columns session, t_ms and
    key, and, where they were recorded, user, label, hold_ms (65535: unknown), inserted, deleted,
    cursor (-1: unknown) and activity. It holds key classes (letter, digit, punct, space ...),
    never characters.
    """


def _print_lines(rows: Iterable[dict[str, Any]], show: Callable[[dict[str, Any]], str]) -> None:
    for row in rows:
        click.echo(show(row))
        sys.stdout.flush()


@main.command()
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--enrolment", type=FILE, help="Earlier sessions of the same users, labelled.")
@click.option("--promise", type=FILE, help="What the platform was promised; can take flags back.")
@click.option("--gallery", "gallery_path", type=FILE, help="Signatures to look for replays in.")
@ORG_KEY
@MODEL
def score(
    file: Path,
    as_json: bool,
    enrolment: Path | None,
    promise: Path | None,
    gallery_path: Path | None,
    key_file: Path | None,
    model_path: Path | None,
) -> None:
    """Assess each session of the keystroke table FILE.

    With a gallery, sessions whose timing stands in a recorded one are found. The other session is
    given as an opaque tag, never by name. The gallery should hold earlier sessions only: a session
    that was replayed later matches its replay just as well.

    Example: python -m detector score sessions.parquet --json
    """
    rows = score_sessions(
        file,
        model_at(model_path),
        enrolment,
        read_promise(promise) if promise is not None else None,
        Searched(read_gallery(gallery_path), key_from(key_file)) if gallery_path else None,
    )
    _print_lines(rows, json.dumps if as_json else _score_line)


def _score_line(row: dict[str, Any]) -> str:
    reasons = ", ".join(reason["code"] for reason in row["reasons"]) or row.get("refused", "-")
    return f"{row['session']:<24} {row['band']:<17} {row['score']:.3f}  {reasons}"


@main.command()
@click.option("--typed", type=FILE, required=True, help="Keystroke table.")
@click.option("--text", type=FILE, required=True, help="Table with session and text_class.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def align(typed: Path, text: Path, as_json: bool) -> None:
    """Show which characters of each final text have typing behind them.

    text_class holds one character for each of the text's: a letter, 0 digit, . punctuation,
    space, newline. Example: python -m detector align --typed t.parquet --text x.parquet --json
    """
    _print_lines(align_sessions(typed, text), json.dumps if as_json else _align_line)


def _align_line(row: dict[str, Any]) -> str:
    ranges = ", ".join(f"{r['start']}-{r['end']}" for r in row["unexplained"]) or "-"
    return f"{row['session']:<24} explained {row['explained']:.4f}  unexplained {ranges}"


@main.command("train")
@click.option("--corpus", type=FOLDER, required=True, help="Folder with the corpora.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--limit", type=click.IntRange(min=20), help="Use only so many essays.")
@click.option("--labels", type=FOLDER, help="What `veritype-server labels export` wrote.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    show_default=True,
    help="Processes; the model is the same with any number.",
)
def train_command(
    corpus: Path, out: Path, limit: int | None, labels: Path | None, jobs: int
) -> None:
    """Train a model; write it, the writing figures and the model card to --out.

    Example: python -m detector train --corpus data --out detector/models
    """
    for path in train(corpus, out, limit, jobs, labels):
        click.echo(path)


@main.command()
@click.option("--corpus", type=FOLDER, required=True, help="Folder with the corpora.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write evaluation.json, evaluation.md and plots to this folder instead of printing.",
)
@click.option("--html", "as_page", is_flag=True, help="With --out: evaluation.html too, one file.")
@click.option(
    "--log",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Add a row about this run to this Markdown file.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=lambda: len(os.sched_getaffinity(0)),
    show_default="one a core",
    help="Processes to work in; the figures are the same.",
)
@MODEL
def evaluate(
    corpus: Path,
    as_json: bool,
    out: Path | None,
    as_page: bool,
    log: Path | None,
    jobs: int,
    model_path: Path | None,
) -> None:
    """Print or write figures for every table in the folder.

    Figures of a table that the model learnt from come from writers it has not seen.
    Example: python -m detector evaluate --corpus data --out report
    """
    result = evaluate_corpus(corpus, model_at(model_path), jobs)
    if log is not None:
        log_evaluation(result, log)
    if out is not None:
        for path in write_evaluation(result, out, as_page=as_page):
            click.echo(path)
    if as_json or out is None:
        click.echo(json.dumps(result, indent=1) if as_json else printed(result))


main.add_command(promise_command)
main.add_command(drift_command)
main.add_command(gallery)


if __name__ == "__main__":
    main(prog_name="python -m detector")
