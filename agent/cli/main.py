"""The `veritype` command. Exit codes: 0 done, 1 an expected failure in one sentence, 2 usage."""

import importlib
from typing import Any

import click

from agent import AGENT_VERSION
from agent.errors import AgentError

COMMANDS = {
    "autostart": "agent.cli.autostart",
    "blank": "agent.cli.blank",
    "browser": "agent.cli.browser",
    "clock": "agent.cli.clock",
    "consent": "agent.cli.consent",
    "doctor": "agent.cli.doctor",
    "enrol": "agent.cli.device",
    "export": "agent.cli.export",
    "manual": "agent.cli.notes",
    "mode": "agent.cli.clock",
    "note": "agent.cli.notes",
    "page": "agent.cli.page",
    "pictures": "agent.cli.blank",
    "receipts": "agent.cli.receipts",
    "status": "agent.cli.status",
    "task": "agent.cli.clock",
    "today": "agent.cli.day",
    "uninstall": "agent.cli.uninstall",
    "unpair": "agent.cli.device",
    "update": "agent.cli.update",
    "verify": "agent.cli.receipts",
}
"""Each command and the module that has it under its name. Only the one that is called is loaded:
clocking in must not wait for what the others need."""


class _Commands(click.Group):
    """The commands; expected errors of theirs end in one sentence and exit code 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command, loaded now; None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = getattr(importlib.import_module(COMMANDS[cmd_name]), cmd_name)
        return found

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except AgentError as error:
            click.echo(f"veritype: {error}", err=True)
            ctx.exit(1)


@click.group(cls=_Commands)
@click.version_option(AGENT_VERSION, prog_name="veritype")
def main() -> None:
    """Record your paid working hours, visibly: when and how you type, never what."""
