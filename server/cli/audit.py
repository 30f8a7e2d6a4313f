"""The audit log: searched, checked, and its signed end for keeping elsewhere."""

import sys
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
from server.clock import iso_utc, now_us
from server.errors import NotKnown
from server.installation import Installation
from server.privacy.auditing import check_log, exported, sign_head
from server.privacy.purge_records import check_records
from server.records import Organisation
from server.records.audit import AuditLine, AuditSearch
from server.services.administration import Administration

_LINES_MAX = 1_000


@click.group()
def audit() -> None:
    """The audit log: who did and saw what."""


@audit.command(
    "verify",
    epilog=examples(
        "audit verify --data /var/lib/veritype",
        "audit verify --heads kept-elsewhere.jsonl --data /var/lib/veritype",
    ),
)
@data_option
@organisation_option
@json_option
@click.option(
    "--heads",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Signed heads that were kept outside of the server, a line each.",
)
@plainly
def audit_verify(folder: Path, organisation: str | None, as_json: bool, heads: Path | None) -> None:
    """Check that no line was changed or taken out, against every signed head; 1 if one was.

    The signed records of purges are checked too: what they say is gone is gone.
    """
    installation, named = _named(folder, organisation)
    own = installation.store.of(named.id)
    kept = [line for line in heads.read_bytes().splitlines() if line.strip()] if heads else []
    found = check_log(own, named.id, installation.keys, kept)
    purges, wrong = check_records(own, named.id, installation.objects.stored, installation.keys)
    wrong = found.wrong or wrong
    fields: dict[str, object] = {
        "lines": found.lines,
        "before_the_chain": found.before_the_chain,
        "heads": found.heads,
        "purges": purges,
        "wrong": wrong,
    }
    text = (
        f"{found.lines} lines follow from each other, {found.heads} signed heads and "
        f"{purges} records of purges hold"
    )
    say(fields, wrong or text, as_json)
    if wrong:
        sys.exit(1)


@audit.command("head", epilog=examples("audit head --data /var/lib/veritype >> elsewhere.jsonl"))
@data_option
@organisation_option
@plainly
def audit_head(folder: Path, organisation: str | None) -> None:
    """Sign the log's end, and print it with its signature: keep it where the server cannot write.

    The server does so once a day by itself; this prints the newest.
    """
    installation, named = _named(folder, organisation)
    sign_head(installation.store, named.id, installation.keys.signing, now_us())
    newest = installation.store.of(named.id).audit_heads(1)
    if not newest:
        raise NotKnown("the audit log is empty")
    click.echo(exported(newest[0]))


@audit.command("search", epilog=examples("audit search --about 'Ada Lovelace' --data …"))
@data_option
@organisation_option
@json_option
@click.option("--about", help="Whom it concerns, by name.")
@click.option("--actor", help="Who did it, as in the log: operator, person:ID, key:NUMBER.")
@click.option("--subject", help="How the subject begins, such as a session's id.")
@plainly
def audit_search(
    folder: Path,
    organisation: str | None,
    as_json: bool,
    about: str | None,
    actor: str | None,
    subject: str | None,
) -> None:
    """Print lines of the log, the newest first, a thousand at most."""
    installation, named = _named(folder, organisation)
    own, person = installation.store.of(named.id), None
    if about is not None:
        person = next((each.id for each in own.people(removed=True) if each.name == about), None)
        if person is None:
            raise NotKnown("there is nobody of that name; see 'veritype-server user list'")
    lines = own.audit_search(AuditSearch(person, actor, subject), None, _LINES_MAX)
    text = "\n".join(
        f"{iso_utc(line.at_us)} {line.actor} {line.action} {line.subject} {_lasted(line)}".rstrip()
        for line in lines
    )
    say({"lines": [_fields(line) for line in lines]}, text, as_json)


def _named(folder: Path, organisation: str | None) -> tuple[Installation, Organisation]:
    installation = opened(folder)
    store, settings = installation.store, installation.settings
    return installation, Administration(store, settings, organisation).organisation


def _lasted(line: AuditLine) -> str:
    return "" if line.lasted_ms is None else f"for {line.lasted_ms / 1_000:.1f} s"


def _fields(line: AuditLine) -> dict[str, object]:
    return {
        "at": iso_utc(line.at_us),
        "actor": line.actor,
        "action": line.action,
        "subject": line.subject,
        "about": line.about.hex() if line.about else None,
        "lasted_ms": line.lasted_ms,
        "sequence": line.sequence,
    }
