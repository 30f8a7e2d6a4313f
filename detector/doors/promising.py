"""The commands that make promises about false flags and watch over them."""

import json
from pathlib import Path

import click

from detector.doors.options import FILE, MODEL, model_at
from detector.doors.promise import Wanted, drift_of, make_promise, read_promise
from detector.promise import PlatformPromise, WhenFew
from detector.promise.applying import threshold_in_words
from detector.promise.drift import ALARM
from detector.promise.person import PERSON_RATE
from detector.promise.sessions import CONFIDENCE, RATE, writers_needed

SHARE = click.FloatRange(0.0, 1.0, min_open=True, max_open=True)
MOST_SHOWN = 5


@click.command("promise")
@click.argument("file", type=FILE)
@click.option("--rate", type=SHARE, default=RATE, show_default=True, help="Of flagged sessions.")
@click.option("--confidence", type=SHARE, default=CONFIDENCE, show_default=True)
@click.option("--quarter", type=click.IntRange(min=1), help="Sessions a person works a quarter.")
@click.option(
    "--person-rate",
    type=SHARE,
    default=PERSON_RATE,
    show_default=True,
    help="Of persons flagged at least once in a quarter.",
)
@click.option(
    "--when-few",
    type=click.Choice([str(choice) for choice in WhenFew]),
    default=str(WhenFew.LESS_SURE),
    show_default=True,
    help="With too few writers: state a lower confidence, or flag nothing.",
)
@click.option(
    "--doubtful",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="How many of the writers may not be genuine.",
)
@click.option("--population", default="", help="Whose sessions these are, in words.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it here.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@MODEL
def promise_command(
    file: Path,
    rate: float,
    confidence: float,
    quarter: int | None,
    person_rate: float,
    when_few: str,
    doubtful: int,
    population: str,
    out: Path | None,
    as_json: bool,
    model_path: Path | None,
) -> None:
    """Promise a platform how often genuine work is flagged, from genuine sessions of its own.

    FILE is a keystroke table with the column user, each user's sessions in the order they were
    worked; or lines as 'score --json' prints them, which keep what --enrolment and --gallery add
    but leave out what the drift alarm needs. Sessions must be drawn at random from paid work that
    is known to be genuine: chosen ones promise nothing. Writers count, not sessions: 95 %
    confidence at 1 % needs 299 writers. If any of them may have cheated, look at the sessions that
    are listed, and say how many you cannot vouch for with --doubtful.

    Example: python -m detector promise genuine.parquet --quarter 60 --out promise.json
    """
    wanted = Wanted(rate, confidence, quarter, person_rate, WhenFew(when_few), doubtful, population)
    made, highest = make_promise(file, model_at(model_path), wanted)
    text = json.dumps(made.to_json(), indent=1)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    click.echo(text if as_json else _readable(made, wanted, highest))


def _readable(made: PlatformPromise, wanted: Wanted, highest: list[str]) -> str:
    needed = writers_needed(wanted.rate, wanted.confidence) + wanted.doubtful_writers
    lines = [
        made.sentence,
        f"{threshold_in_words(made.threshold)}; {made.session.flagged} of these sessions are",
    ]
    if made.session.writers < needed:
        lines.append(
            f"{wanted.confidence:.0%} at {wanted.rate:.2%} needs {needed} writers; there are "
            f"{made.session.writers}."
        )
    if highest:
        lines.append(f"highest, to be looked at first: {', '.join(highest[:MOST_SHOWN])}")
    return "\n".join(lines)


@click.command("drift")
@click.argument("file", type=FILE)
@click.option("--promise", "promise_path", type=FILE, required=True, help="The promise's file.")
@click.option(
    "--alarm",
    type=SHARE,
    default=ALARM,
    show_default=True,
    help="Chance of ever firing though nothing changed.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@MODEL
@click.pass_context
def drift_command(
    ctx: click.Context,
    file: Path,
    promise_path: Path,
    alarm: float,
    as_json: bool,
    model_path: Path | None,
) -> None:
    """Tell whether sessions still look like those a promise rests on; withdraw it if not.

    FILE is a keystroke table of all sessions since the promise was made, oldest first, with the
    column user. Looking again as sessions come in costs nothing: the alarm's rate holds however
    often one looks. If it fires, the promise's file is marked as withdrawn and the exit status
    is 1.

    Example: python -m detector drift new.parquet --promise promise.json
    """
    made = read_promise(promise_path)
    found = drift_of(file, model_at(model_path), made, alarm)
    after = made.after(found)
    if after != made:
        text = json.dumps(after.to_json(), indent=1)
        promise_path.write_text(text + "\n", encoding="utf-8")
    plain = {
        "fired": found.fired,
        "moved_most": found.words,
        "capital": round(found.capital, 3),
        "fires_at": found.needed,
        "writers": found.writers,
        "withdrawn": after.withdrawn,
    }
    said = "the promise is withdrawn" if after.withdrawn else "the promise stands"
    line = (
        f"{said}: {found.writers} writers, most moved {found.words}, capital "
        f"{found.capital:.3g} of {found.needed:.3g}"
    )
    click.echo(json.dumps(plain) if as_json else line)
    ctx.exit(1 if after.withdrawn else 0)
