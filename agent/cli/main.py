"""The `veritype` command. Exit codes: 0 done, 1 an expected failure in one sentence, 2 usage."""

from typing import Any

import click

from agent import AGENT_VERSION
from agent.cli.autostart import autostart
from agent.cli.blank import blank, pictures
from agent.cli.browser import browser
from agent.cli.clock import clock, mode, task
from agent.cli.consent import consent
from agent.cli.day import today
from agent.cli.device import enrol
from agent.cli.doctor import doctor
from agent.cli.export import export
from agent.cli.notes import manual, note
from agent.cli.page import page
from agent.cli.receipts import receipts, verify
from agent.cli.status import status
from agent.cli.uninstall import uninstall
from agent.cli.update import update
from agent.errors import AgentError


class _Sentences(click.Group):
    """A group whose expected errors end in one sentence and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except AgentError as error:
            click.echo(f"veritype: {error}", err=True)
            ctx.exit(1)


@click.group(cls=_Sentences)
@click.version_option(AGENT_VERSION, prog_name="veritype")
def main() -> None:
    """Record your paid working hours, visibly: when and how you type, never what."""


for command in (
    enrol,
    clock,
    status,
    today,
    note,
    manual,
    mode,
    task,
    consent,
    blank,
    pictures,
    page,
    receipts,
    verify,
    export,
    update,
    uninstall,
    browser,
    autostart,
    doctor,
):
    main.add_command(command)
