"""Receipts: what the server signed for, and whether it holds."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click
import msgspec

from agent.cli.attestation import verify_attestation
from agent.errors import NotEnrolled, ReceiptsDoNotHold
from agent.face.attestations import is_attestation
from agent.face.receipts import (
    Checked,
    check,
    check_waiting,
    read_receipt_file,
    receipt_file,
)
from agent.face.wording import plain
from agent.identity import load_enrolled
from agent.paths import open_paths
from agent.settings import read_settings
from agent.spool.reading import reading
from wire.receipts import ReceiptFile, SessionReceipts
from wire.server_keys import KeyRing
from wire.signing import VerifyKey

_SESSION_CHARS = 8


@click.command()
@click.option("--session", default="", help="One session, by its id or the beginning of it.")
@click.option("--json", "as_json", is_flag=True, help="Print a receipt file (docs/receipts.md).")
def receipts(*, session: str, as_json: bool) -> None:
    """List the receipts that the server signed.

    Each says that a batch arrived, when, and what its fingerprint is. With --json the output is a
    receipt file: keep it, and anybody can check it with the server's public key, on any computer.
    """
    paths, settings = open_paths(), read_settings()
    identity = load_enrolled(paths)
    with reading(paths, settings) as reader:
        found = receipt_file(reader, paths, identity, session)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found)).decode())
        return
    for each in found.sessions:
        click.echo(_line(each))
        if session:
            for line in each.receipts:
                click.echo(f"  batch {line.sequence}  {_when(line.received_us)}  {line.digest}")
    if not found.sessions:
        click.echo("There are no receipts on this device yet.")


@click.command()
@click.argument("file", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--all", "everything", is_flag=True, help="All receipts on this device (default).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--keys", help="Of an attestation: the server's address, or its published keys.")
@click.option(
    "--text",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Of an attestation: the text that it should be about.",
)
@click.option("--identifier", help="Of an attestation: the submission that it should be about.")
def verify(
    *,
    file: Path | None,
    everything: bool,
    as_json: bool,
    keys: str | None,
    text: Path | None,
    identifier: str | None,
) -> None:
    """Check receipts offline, or an attestation: every signature, and that nothing is missing.

    With FILE, a receipt file of `veritype receipts --json` or `veritype export`, or an attestation
    of a submission (docs/attestation.md); without, the receipts on this device. Ends with 1 if
    anything does not hold, and says what.
    """
    if file is not None and everything:
        raise click.UsageError("Give a FILE or --all, not both.")
    if file is not None and is_attestation(file):
        verify_attestation(file, keys, text, identifier, as_json=as_json)
        return
    if any(given is not None for given in (keys, text, identifier)):
        raise click.UsageError("--keys, --text and --identifier go with an attestation's FILE.")
    checked, note = _of_file(file) if file is not None else (_of_device(), "")
    holds = not any(each.wrong for each in checked)
    if as_json:
        fields = {"holds": holds, "note": note, "sessions": [asdict(each) for each in checked]}
        click.echo(msgspec.json.encode(fields).decode())
    else:
        for each in checked:
            _say(each)
        if note:
            click.echo(note)
    count = sum(each.receipts for each in checked)
    if not holds:
        raise ReceiptsDoNotHold("Not everything holds; the lines above say what.")
    if not as_json:
        click.echo(f"All {count} receipts hold.")


def _of_device() -> list[Checked]:
    paths, settings = open_paths(), read_settings()
    identity = load_enrolled(paths)
    with reading(paths, settings) as reader:
        found = receipt_file(reader, paths, identity)
        checked = [check(each, identity.ring) for each in found.sessions]
        for each, seen in zip(checked, reader.sessions(), strict=True):
            check_waiting(each, seen, reader)
    return checked


def _of_file(file: Path) -> tuple[list[Checked], str]:
    found = read_receipt_file(file)
    ring, note = _ring_for(found)
    return [check(each, ring) for each in found.sessions], note


def _ring_for(found: ReceiptFile) -> tuple[KeyRing, str]:
    """The keys that this device trusts, and those that the file proves to follow from them.

    A device that pinned none can only take the file's.

    Raises:
        ReceiptsDoNotHold: the file names another key than the pinned one.
    """
    try:
        own = load_enrolled(open_paths()).ring
    except NotEnrolled:
        note = (
            f"Checked with the key in the file itself: {plain(found.server_key, 64)}. Compare it"
            f" with the one at {plain(found.server)}/.well-known/veritype-keys."
        )
        return KeyRing(_key_in(found), found.handovers), note
    ring = KeyRing(own.pinned, (*own.handovers, *found.handovers))
    if found.server_key.lower() not in ring.keys:
        raise ReceiptsDoNotHold(
            "The file is of another server than this device's: check it on a device of that one."
        )
    return ring, ""


def _key_in(found: ReceiptFile) -> VerifyKey:
    try:
        return VerifyKey(bytes.fromhex(found.server_key))
    except ValueError as error:
        raise ReceiptsDoNotHold("The file names no key.") from error


def _say(checked: Checked) -> None:
    which = f"{checked.session[:_SESSION_CHARS]} ({plain(checked.project_name)})"
    click.echo(f"{which}: {checked.receipts} receipts")
    for sentence in checked.wrong:
        click.echo(f"  ! {sentence}")
    for sentence in checked.notes:
        click.echo(f"  {sentence}")


def _line(session: SessionReceipts) -> str:
    which = f"{session.session[:_SESSION_CHARS]} ({plain(session.project_name)})"
    count = f"{len(session.receipts)} of {session.batches_sealed} batches acknowledged"
    if not session.receipts:
        return f"{which}: {count}"
    first, last = session.receipts[0].received_us, session.receipts[-1].received_us
    return f"{which}: {count}, {_when(first)} to {_when(last)}"


def _when(at_us: int) -> str:
    return f"{datetime.fromtimestamp(at_us / 1e6).astimezone():%Y-%m-%d %H:%M:%S}"
