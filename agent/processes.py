"""The processes that make up the agent, and how one starts another.

There is one program. From source each process is `python -m agent NAME`; in a frozen build, where
there is no interpreter to call, it is `veritype --process NAME`.
"""

import importlib
import sys
from collections.abc import Callable, Sequence

PROCESS_FLAG = "--process"
CLOCKING_IN = "clocking-in"
"""Argument of `run` when a request to clock in follows at once."""
PROCESSES = {
    "run": "agent.agent_process",
    "capture": "agent.capture.child",
    "native-host": "agent.extension.host",
    "tray": "agent.tray.process",
    "veritype": "agent.cli.process",
    "blacken": "agent.blackening",
}
"""Each process and the module whose `main(arguments) -> int` it is. A process imports its own
module alone, so that none pays for what another needs."""


def command(*arguments: str) -> list[str]:
    """The command line that starts a process of the agent: its name, then its own arguments."""
    if getattr(sys, "frozen", False):
        return [sys.executable, PROCESS_FLAG, *arguments]
    return [sys.executable, "-m", "agent", *arguments]


def be_process(arguments: Sequence[str]) -> int:
    """Be the process that `arguments` names; returns its exit code, 2 for a name that is none."""
    module = PROCESSES.get(arguments[0]) if arguments else None
    if module is None:
        names = "|".join(PROCESSES)
        print(f"usage: python -m agent {names} (everything else: veritype)", file=sys.stderr)
        return 2
    main: Callable[[Sequence[str]], int] = importlib.import_module(module).main
    return main(arguments[1:])
