"""`veritype verify FILE` where the file is an attestation."""

from pathlib import Path

import click
import msgspec

from agent.errors import AttestationUnreadable, NotEnrolled
from agent.face.attestations import checked_attestation, published_ring
from agent.face.wording import plain
from agent.identity import load_enrolled
from agent.paths import open_paths
from wire.attestation import Statement
from wire.server_keys import KeyRing

_NAME_CHARS = 120


def verify_attestation(
    file: Path, keys: str | None, text: Path | None, identifier: str | None, *, as_json: bool
) -> None:
    """Check and print.

    Raises:
        AgentError: it does not hold, or a file does not read.
    """
    ring = published_ring(keys) if keys is not None else _own_ring()
    statement = checked_attestation(file, ring, text, identifier)
    if as_json:
        click.echo(msgspec.json.encode({"holds": True, "statement": statement}).decode())
        return
    for line in _lines(statement):
        click.echo(line)
    click.echo("The attestation holds.")
    if text is None:
        click.echo("Give --text FILE to check that it is about a text that you have.")


def _own_ring() -> KeyRing:
    try:
        return load_enrolled(open_paths()).ring
    except NotEnrolled as error:
        raise AttestationUnreadable(
            "Give --keys with the server's published keys: its address, or a copy of the page"
            " /.well-known/veritype-keys in a file."
        ) from error


def _lines(statement: Statement) -> list[str]:
    predicate = statement.predicate
    said = predicate.answered
    observed = predicate.observed
    by = "by people" if said.decided_by == "people" else "by nobody: what the evidence comes to"
    lines = [
        f"Submission {plain(statement.subject[0].name, _NAME_CHARS)}"
        f" of {plain(predicate.issuer, _NAME_CHARS)}",
        f"  {said.answer}, decided {by}; answered {plain(said.at, 40)}",
        f"  typed {observed.typed_chars}, inserted {observed.inserted_chars},"
        f" unexplained {observed.unexplained_chars} of {predicate.asked.length_chars} characters;"
        f" {observed.coverage:.0%} observed",
    ]
    if predicate.supersedes is not None:
        lines.append(f"  takes the place of attestation {predicate.supersedes.number}")
    return lines
