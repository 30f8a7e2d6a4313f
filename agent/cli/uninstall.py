"""Leaving: everything off this computer."""

import time

import click

from agent.errors import AgentNotRunning, AlreadyRunning, ControlFailed, NotSentYet
from agent.face import client, control
from agent.face.control import Request
from agent.face.status import Status
from agent.paths import Paths, open_paths
from agent.removal import remove_all
from agent.settings import read_settings
from agent.startup import only_instance

_STOP_S = 20.0
_POLL_S = 0.05


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--discard", is_flag=True, help="Even if something was not sent: it is lost.")
def uninstall(*, yes: bool, discard: bool) -> None:
    """Remove the agent's state from this computer: records, receipts, key, browser entries.

    Says first what was not sent yet, and then stops unless --discard is given: those minutes would
    be lost. Receipts go too: `veritype export FOLDER` keeps them. What the server has, it keeps by
    its rules. The program itself is removed the way it was installed.
    """
    paths, settings = open_paths(), read_settings()
    status = client.status_of(paths, settings, "")
    waiting = not_sent(status)
    for sentence in waiting:
        click.echo(sentence)
    if waiting and not discard:
        raise NotSentYet(
            "Nothing was removed. Send it (`veritype clock out --wait 60` sends what does not wait"
            " for your review), or remove it unsent with --discard."
        )
    if not yes and not click.confirm(f"Remove everything in {paths.home}, receipts included?"):
        raise NotSentYet("Nothing was removed.")
    stop_agent(paths)
    with only_instance(paths):
        for sentence in remove_all(paths):
            click.echo(sentence)
    click.echo("Now remove the program the way it was installed: apt-get, pip, or its folder.")


def not_sent(status: Status) -> list[str]:
    """What would be lost, in sentences."""
    spool = status.spool
    found = ["You are clocked in."] if status.session else []
    counts = (
        (spool.batches_waiting, "batches of recorded work were not sent"),
        (spool.objects_waiting, "pictures or notes were not sent"),
        (
            spool.objects_held,
            'pictures or titles wait for your review; "Send now" on `veritype page` sends them',
        ),
        (spool.batches_aside, "batches lie aside: the server did not take them"),
        (spool.withdrawals_waiting, "withdrawals of consent were not told to the server"),
        (spool.notices_waiting, "blanked pictures or titles were not told to the server"),
    )
    return found + [f"{count} {what}." for count, what in counts if count]


def stop_agent(paths: Paths) -> None:
    """End the agent process, if one runs; it clocks out first.

    Raises:
        ControlFailed: it does not end.
    """
    deadline_s = time.monotonic() + _STOP_S
    while time.monotonic() < deadline_s:
        try:
            control.ask(paths.socket, Request(do="stop"), _STOP_S)
        except (AgentNotRunning, ControlFailed):
            try:
                with only_instance(paths):
                    return
            except AlreadyRunning:
                pass
        time.sleep(_POLL_S)
    raise ControlFailed("The agent process does not end; nothing was removed.")
