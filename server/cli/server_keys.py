"""The server's own secrets: which there are, and new ones in their place."""

from pathlib import Path

import click

from server.cli.options import data_option, examples, json_option, plainly, say
from server.clock import iso_utc, now_us
from server.operation.house import DataFolder
from server.operation.key_files import (
    OVERLAP_US,
    ROTATED,
    Kind,
    generations,
    rotate,
    secret_in_force,
)

_MINUTE_US = 60_000_000


@click.group()
def keys() -> None:
    """The server's own secrets: what signs receipts, nonces and cookies."""


@keys.command("list", epilog=examples("keys list --data /var/lib/veritype"))
@data_option
@json_option
@plainly
def keys_list(folder: Path, as_json: bool) -> None:
    """List the secrets by their files' names, and which are in force; no secret is shown."""
    path, now = DataFolder(folder).keys, now_us()
    found = []
    for kind in Kind:
        current = secret_in_force(path, kind, now)
        for from_us, file in generations(path, kind):
            state = "in force" if file == current else "to come" if from_us > now else "replaced"
            since = iso_utc(from_us) if from_us else None
            found.append({"kind": kind.value, "file": file.name, "from": since, "state": state})
    lines = (f"{each['file']}: {each['state']}, from {each['from'] or 'init'}" for each in found)
    say({"keys": found}, "\n".join(lines), as_json)


@keys.command(
    "rotate",
    epilog=examples(
        "keys rotate --data /var/lib/veritype",
        "keys rotate cookie --in-minutes 0 --data /var/lib/veritype",
    ),
)
@click.argument(
    "kinds", nargs=-1, type=click.Choice([kind.value for kind in ROTATED]), metavar="[KIND]..."
)
@click.option(
    "--in-minutes",
    default=10,
    show_default=True,
    type=click.IntRange(0, 7 * 24 * 60),
    help="When it begins: time to bring keys/ to every node.",
)
@data_option
@json_option
@plainly
def keys_rotate(kinds: tuple[str, ...], in_minutes: int, folder: Path, as_json: bool) -> None:
    """Make new secrets: of the signing, nonce or cookie key, of all three if none is named.

    Running servers take them by themselves. Old receipts stay valid, and what was given out under
    the old secrets is accepted for a while; devices follow to the new signing key because the old
    one signs it.
    """
    path, now = DataFolder(folder).keys, now_us()
    begun: dict[str, object] = {}
    lines = []
    for kind in (Kind(name) for name in kinds or [kind.value for kind in ROTATED]):
        from_us = rotate(path, kind, now + in_minutes * _MINUTE_US, now)
        begun[kind.value] = iso_utc(from_us)
        days = OVERLAP_US[kind] // (24 * 60 * _MINUTE_US)
        kept = "" if kind is Kind.SIGNING else f"; the old one is accepted for {days} days more"
        lines.append(f"a new {kind} key is in force from {iso_utc(from_us)}{kept}")
    say(begun, "\n".join(lines), as_json)
