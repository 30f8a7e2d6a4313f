"""The `veritype` command as a process that others of the agent's processes start."""

from collections.abc import Sequence

from agent.cli.main import main as veritype


def main(arguments: Sequence[str]) -> int:
    """Run one command; it ends the process with the command's own exit code."""
    veritype(list(arguments), prog_name="veritype")
    return 0
