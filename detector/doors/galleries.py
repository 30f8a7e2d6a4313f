"""The commands that build a gallery of signatures and take people out of it."""

from collections.abc import Iterator
from pathlib import Path

import click

from detector.doors.gallery_file import read_gallery, write_gallery
from detector.doors.options import FILE
from detector.doors.parquet import read_sessions
from detector.doors.progress import Progress
from detector.features.stream import text_stream
from detector.replay import Gallery, OrganisationKey, SessionOf, gallery_of, merged

PART_SESSIONS = 2_000
NO_ORGANISATION = b"veritype: no organisation's key"
"""Signatures made without a key can be compared with anyone else's made without one."""
ORG_KEY = click.option(
    "--org-key-file",
    "key_file",
    type=FILE,
    help="The organisation's secret, 16 bytes or more; without it anyone can compare signatures.",
)


def key_from(path: Path | None) -> OrganisationKey:
    """Return the key made of a file's bytes, or the one that everybody has.

    Raises:
        BadGalleryError: the file is too short for a secret.
    """
    return OrganisationKey.from_secret(path.read_bytes() if path is not None else NO_ORGANISATION)


@click.group()
def gallery() -> None:
    """Signatures of recorded sessions, to be searched for replays by score --gallery."""


@gallery.command()
@click.argument("file", type=FILE)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The gallery; sessions are added if it exists.",
)
@ORG_KEY
def build(file: Path, out: Path, key_file: Path | None) -> None:
    """Sign the sessions of the keystroke table FILE.

    Example: python -m detector gallery build sessions.parquet --out g.gallery --org-key-file key
    """
    key = key_from(key_file)
    parts = [read_gallery(out)] if out.is_file() else []
    with Progress("signing sessions") as progress:
        for part in _parts(file, key):
            parts.append(part)
            progress(sum(len(each) for each in parts))
    whole = merged([*parts, gallery_of([], key)])
    write_gallery(whole, out)
    _say(whole)


def _parts(file: Path, key: OrganisationKey) -> Iterator[Gallery]:
    held: list[SessionOf] = []
    for stored in read_sessions(file):
        held.append(SessionOf(stored.session, stored.user, text_stream(stored.keystrokes)))
        if len(held) == PART_SESSIONS:
            yield gallery_of(held, key)
            held = []
    yield gallery_of(held, key)


@gallery.command()
@click.argument("file", type=FILE)
@click.option("--person", help="Take out all sessions of this user.")
@click.option("--session", help="Take out this session.")
@ORG_KEY
def drop(file: Path, person: str | None, session: str | None, key_file: Path | None) -> None:
    """Take a person, or one session, out of the gallery FILE.

    Example: python -m detector gallery drop g.gallery --person u17 --org-key-file key
    """
    if (person is None) == (session is None):
        raise click.UsageError("give either --person or --session")
    key, whole = key_from(key_file), read_gallery(file)
    if person is not None:
        left = whole.without_person(person, key)
    else:
        left = whole.without_session(session or "", key)
    write_gallery(left, file)
    click.echo(f"{len(whole) - len(left)} session(s) taken out")
    _say(left)


@gallery.command()
@click.argument("files", type=FILE, nargs=-1, required=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
def merge(files: tuple[Path, ...], out: Path) -> None:
    """Join galleries made with one key, as of several servers; a later FILE replaces an earlier.

    Example: python -m detector gallery merge a.gallery b.gallery --out all.gallery
    """
    whole = merged([read_gallery(file) for file in files])
    write_gallery(whole, out)
    _say(whole)


def _say(whole: Gallery) -> None:
    click.echo(f"{len(whole)} session(s), {whole.size_bytes} bytes of signatures")
