"""Notes, and time that is added by hand."""

import sys
from datetime import datetime, time, timedelta

import click

from agent.cli.asking import ask
from agent.errors import NoteRefused
from agent.face.control import Request
from agent.session.notes import note_of
from wire import limits
from wire.codes import ManualReason

_REASONS = {
    "away": ManualReason.AWAY_FROM_DEVICE,
    "recorder-failed": ManualReason.RECORDER_FAILED,
    "meeting": ManualReason.MEETING,
    "other": ManualReason.OTHER,
}
_MOST_BYTES = 4 * limits.NOTE_MAX_CHARS


_LAST_NIGHT = timedelta(hours=12)
_CLOCK = click.DateTime(["%H:%M"])


@click.command()
@click.argument("text")
def note(text: str) -> None:
    """Write a note to the session in hand, or to its task if one has begun.

    TEXT is what you want whoever reads the session to know: why you switched windows, what you
    looked up, what went wrong. `-` reads it from standard input. It is sent and kept with the
    session, and shown to you and to the auditor alike.
    """
    written = _text(text)
    note_of(written)
    ask(Request(do="note", text=written))
    click.echo("Noted.")


@click.command()
@click.option("--from", "began", type=_CLOCK, required=True, metavar="HH:MM", help="When it began.")
@click.option("--to", "ended", type=_CLOCK, required=True, metavar="HH:MM", help="When it ended.")
@click.option("--reason", type=click.Choice(list(_REASONS)), required=True, help="Why.")
@click.option("--note", "text", required=True, help="What you did, in a sentence; `-` reads it.")
def manual(began: datetime, ended: datetime, reason: str, text: str) -> None:
    """Add work that was not observed, by hand, to the session in hand.

    Times are local ones, the latest that are over: after midnight they may be yesterday evening's.
    They are marked as added by hand everywhere and never counted as observed; minutes that were
    observed besides are not counted twice. They reach back to a day before clock-in.
    """
    written = _text(text)
    note_of(written)
    span_us = span_of(began.time(), ended.time(), datetime.now().astimezone())
    ask(Request(do="manual", span_us=span_us, reason=_REASONS[reason], text=written))
    click.echo("Added by hand: it is shown apart from observed time.")


def span_of(began: time, ended: time, now: datetime) -> tuple[int, int]:
    """Both moments on the wall clock: the latest such times that are over.

    Raises:
        NoteRefused: it has not come yet, or is no time at all.
    """
    if began == ended:
        raise NoteRefused("The time ends where it begins: check --from and --to.")
    end = datetime.combine(now.date(), ended).astimezone()
    if end > now:
        # Just after midnight, 23:50 was yesterday; at noon, 14:00 is still to come.
        end = datetime.combine(now.date() - timedelta(days=1), ended).astimezone()
        if now - end > _LAST_NIGHT:
            raise NoteRefused("That time has not come yet: add it when it is over.")
    start_day = end.date() if began < ended else end.date() - timedelta(days=1)
    start = datetime.combine(start_day, began).astimezone()
    return round(start.timestamp()) * 1_000_000, round(end.timestamp()) * 1_000_000


def _text(text: str) -> str:
    if text != "-":
        return text
    data = sys.stdin.buffer.read(_MOST_BYTES + 1)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoteRefused("The note is not UTF-8 text.") from error
