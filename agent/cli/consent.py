"""What was accepted, and taking it back."""

import json
import time
from datetime import UTC, datetime

import click

from agent.errors import ConsentMissing
from agent.face import client, consents, control
from agent.face.consent import consent_text
from agent.face.control import Request
from agent.face.wording import plain
from agent.identity import load_enrolled
from agent.paths import Paths, open_paths
from agent.settings import read_settings

_TELL_S = 5.0
_POLL_S = 0.05


@click.group()
def consent() -> None:
    """See which rules you accepted, or withdraw that."""


@consent.command("show")
@click.option("--project", default="", help="One project, with the whole text.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def consent_show(*, project: str, as_json: bool) -> None:
    """Show what you accepted on this device, and when."""
    paths = open_paths()
    load_enrolled(paths)
    given = [
        each
        for each in consents.all_given(paths)
        if not project or each.name.lower() == project.lower()
    ]
    if project and not given:
        raise ConsentMissing("You accepted no rules of a project of that name on this device.")
    if as_json:
        click.echo(json.dumps({"consents": [_fields(each) for each in given]}, ensure_ascii=False))
        return
    for each in given:
        click.echo(_line(each))
        if project:
            click.echo(consent_text(each.name, consents.document_of(paths, each)))
    if not given:
        click.echo("You accepted no rules on this device yet.")


@consent.command("withdraw")
@click.option("--project", default="", help="The project's name, if you accepted several.")
def consent_withdraw(project: str) -> None:
    """Take back your consent to a project's rules.

    What records for it stops at once and you are clocked out. What was recorded before is still
    sent: those minutes are yours. Nothing is recorded for the project again until you accept its
    rules anew at a clock-in. If the server cannot be told now, it is tried again.
    """
    paths, settings = open_paths(), read_settings()
    identity = load_enrolled(paths)
    given = consents.given_to(paths, project)
    consents.withdraw(paths, given, time.time_ns() // 1000)
    client.ensure_running(paths)
    control.ask(paths.socket, Request(do="withdraw", project=given.project), 30.0)
    click.echo(f"Withdrawn: nothing is recorded for {plain(given.name)} any more.")
    status = client.status_of(paths, settings, identity.server)
    deadline_s = time.monotonic() + _TELL_S
    while status.spool.withdrawals_waiting and time.monotonic() < deadline_s:
        if status.server_error:
            break
        time.sleep(_POLL_S)
        status = client.status_of(paths, settings, identity.server)
    if status.spool.withdrawals_waiting:
        click.echo("The server could not be told yet; it is tried again until it knows.")


def check_told(paths: Paths, project: bytes) -> None:
    """Before consent is given anew, the server must know that it was withdrawn.

    Raises:
        ConsentMissing: it does not, and giving it now would be undone later.
    """
    if not consents.is_withdrawn(paths, project):
        return
    client.ensure_running(paths)
    deadline_s = time.monotonic() + _TELL_S
    while control.ask(paths.socket, Request(do="status")).spool.withdrawals_waiting:
        if time.monotonic() > deadline_s:
            raise ConsentMissing(
                "The server has not been told of your withdrawal yet: try again in a minute."
            )
        time.sleep(_POLL_S)


def _fields(given: consents.Given) -> dict[str, object]:
    return {
        "project": given.project.hex(),
        "name": given.name,
        "policy_version": given.version,
        "policy_digest": given.digest.hex(),
        "accepted_us": given.accepted_us,
        "withdrawn_us": given.withdrawn_us,
    }


def _line(given: consents.Given) -> str:
    line = (
        f"{plain(given.name)}: rules version {given.version}, accepted {_when(given.accepted_us)}"
    )
    if given.withdrawn_us is not None:
        line += f", withdrawn {_when(given.withdrawn_us)}"
    return line


def _when(at_us: int) -> str:
    return f"{datetime.fromtimestamp(at_us / 1e6, UTC).astimezone():%Y-%m-%d %H:%M}"
