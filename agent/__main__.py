"""`python -m agent run` is the agent process that `veritype clock in` starts."""

import os
import signal
import sys

from agent.errors import AgentError
from agent.identity import load_identity
from agent.journal import log_uncaught, write_journal
from agent.paths import open_paths
from agent.runner import Runner
from agent.settings import read_settings
from agent.startup import only_instance


def run() -> None:
    """Be the agent process until nothing is recorded and nothing waits."""
    os.umask(0o077)
    paths, settings = open_paths(), read_settings()
    identity = load_identity(paths)
    write_journal(paths.log)
    with only_instance(paths):
        runner = Runner(paths, identity, settings)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: runner.stop())
        runner.run()


def main(arguments: list[str]) -> int:
    """Run the process; anything else belongs to the `veritype` command."""
    if arguments != ["run"]:
        print("usage: python -m agent run (everything else: veritype)", file=sys.stderr)
        return 2
    log_uncaught()
    try:
        run()
    except AgentError as error:
        print(f"veritype: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
