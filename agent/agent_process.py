"""The agent process that `veritype clock in` starts: it records, keeps and sends."""

import os
import signal
import sys
from collections.abc import Sequence

from agent.errors import AgentError
from agent.identity import load_identity, move_to_keyring
from agent.journal import log_uncaught, write_journal
from agent.paths import open_paths
from agent.processes import CLOCKING_IN
from agent.runner import Runner
from agent.settings import read_settings
from agent.startup import only_instance


def run(*, clocking_in: bool = False) -> None:
    """Be the agent process until nothing is recorded and nothing waits."""
    os.umask(0o077)
    paths, settings = open_paths(), read_settings()
    identity = load_identity(paths)
    write_journal(paths.log)
    with only_instance(paths):
        move_to_keyring(paths, identity)
        runner = Runner(paths, identity, settings, clocking_in=clocking_in)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: runner.stop())
        runner.run()


def main(arguments: Sequence[str]) -> int:
    """Run the process."""
    if list(arguments) not in ([], [CLOCKING_IN]):
        print(f"usage: python -m agent run [{CLOCKING_IN}]", file=sys.stderr)
        return 2
    log_uncaught()
    try:
        run(clocking_in=bool(arguments))
    except AgentError as error:
        print(f"veritype: {error}", file=sys.stderr)
        return 1
    return 0
