"""Clocking in and out, pauses, tasks and declared aids."""

import sys
from datetime import datetime

import click

from agent.cli.asking import ask, is_clocked_in
from agent.cli.consent import check_told
from agent.cli.status import show_status
from agent.display import check_desktop
from agent.errors import AgentNotRunning, ConsentMissing, ControlFailed
from agent.face import client, consents, control, rules
from agent.face.consent import consent_text
from agent.face.control import Request
from agent.face.status import Status
from agent.face.wording import plain
from agent.identity import load_enrolled, load_identity
from agent.paths import open_paths
from agent.session.declared import remember
from agent.settings import read_settings
from wire.codes import Mode, PauseReason

_MODES = {mode.name.lower().replace("_", "-"): mode for mode in Mode}
_NAMES = {mode: name for name, mode in _MODES.items()}
_REASONS = {reason.name.lower().replace("_", "-"): reason for reason in PauseReason}


@click.group()
def clock() -> None:
    """Clock in and out, pause and resume."""


@clock.command("in")
@click.option("--project", default="", help="The project's name, if you have several.")
@click.option("--accept-policy", type=int, help="Accept this version of the rules unasked.")
def clock_in(project: str, accept_policy: int | None) -> None:
    """Begin to record."""
    paths, settings = open_paths(), read_settings()
    identity = load_identity(paths)
    check_desktop()
    starting = client.start_early(paths)
    transport = client.transport_for(identity, settings)
    offer = client.choose_project(transport, project)
    accepted = consents.accepted_before(paths, offer.project)
    if consents.holds(paths, offer):
        pass
    elif accepted is not None and consents.can_be_carried(paths, offer):
        click.echo(rules.nothing_more(offer.name, accepted, offer.policy))
        consents.carry(paths, offer)
    else:
        if accepted is not None:
            click.echo(rules.what_grew(offer.name, accepted, offer.policy))
        if accept_policy is None and sys.stdin.isatty():
            click.echo(consent_text(offer.name, offer.policy))
            if not click.confirm("Do you accept that this is recorded?"):
                raise ConsentMissing("Not accepted: nothing is recorded.")
        else:
            client.check_accepted(accept_policy, offer.policy)
        check_told(paths, offer.project)
        client.give_consent(paths, transport, offer)
    status = client.clock_in(paths, offer, starting)
    click.echo(f"Clocked in for {plain(offer.name)}: recording.")
    for sentence in status.trouble:
        click.echo(f"! {sentence}")
    for sentence in _degraded(status):
        click.echo(sentence)


@clock.command("out")
@click.option("--wait", type=float, help="Wait up to so many seconds until all is acknowledged.")
def clock_out(wait: float | None) -> None:
    """Stop recording and end the session."""
    paths, settings = open_paths(), read_settings()
    identity = load_enrolled(paths)
    try:
        control.ask(paths.socket, Request(do="clock-out"), 30.0)
    except (AgentNotRunning, ControlFailed) as error:
        # Asked again only to wait: nothing was recorded any more, something may still wait.
        waiting = client.status_of(paths, settings, identity.server)
        if wait is None or waiting.recording:
            raise ControlFailed("You are not clocked in.") from error
    if wait is None:
        click.echo("Clocked out: nothing is recorded any more.")
        return
    status = client.wait_until_sent(paths, settings, identity.server, wait)
    held = status.spool.objects_held
    review = f" Kept here until you are back: {held} screenshots or titles." if held else ""
    click.echo(f"Clocked out: everything is acknowledged.{review}")


@clock.command("pause")
@click.option(
    "--reason",
    type=click.Choice(list(_REASONS)),
    default="none",
    help="Why, if you want to say so.",
)
def clock_pause(reason: str) -> None:
    """Stop every listener until you resume."""
    ask(Request(do="pause", reason=_REASONS[reason]))
    click.echo("Paused: nothing is recorded.")


@clock.command("resume")
def clock_resume() -> None:
    """Record again."""
    ask(Request(do="resume"), client.CLOCK_IN_S)
    click.echo("Recording again.")


@clock.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print the status as JSON.")
def clock_status(as_json: bool) -> None:
    """Say whether anything is recorded, by what, and what waits."""
    show_status(as_json=as_json)


@click.command()
@click.argument("name", type=click.Choice(list(_MODES)))
@click.argument("switch", type=click.Choice(["on", "off"]))
def mode(name: str, switch: str) -> None:
    """Declare that an aid is in use, or no more: it changes how what you do is read.

    Before clock-in it is remembered for your next session of the same day.
    """
    on, paths = switch == "on", open_paths()
    load_enrolled(paths)
    if is_clocked_in(paths):
        ask(Request(do="mode", mode=_MODES[name], on=on))
        click.echo(f"Declared: {name} {switch}.")
        return
    today = datetime.now().astimezone().date()
    modes = remember(paths, _MODES[name], on=on, today=today)
    words = ", ".join(_NAMES[mode] for mode in sorted(modes)) or "nothing"
    click.echo(f"You are not clocked in. Declared for your next session today: {words}.")


@click.group()
def task() -> None:
    """Mark where a task begins and ends."""


@task.command("begin")
def task_begin() -> None:
    """A task begins."""
    ask(Request(do="task-begin"))
    click.echo("Task begun; one that was in hand has ended.")


@task.command("end")
@click.option("--submitted", is_flag=True, help="It was submitted.")
def task_end(submitted: bool) -> None:
    """The task in hand ends."""
    ask(Request(do="task-end", on=submitted))
    click.echo("Task ended.")


def _degraded(found: Status) -> list[str]:
    return [
        f"Note: {source.name} is {source.state}. {source.detail}".rstrip()
        for source in found.sources
        if source.state != "running"
    ]
