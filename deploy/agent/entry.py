"""The frozen program: the `veritype` command and, behind `--process`, every process it starts."""

import sys

from agent.processes import PROCESS_FLAG, be_process

if sys.argv[1:2] == [PROCESS_FLAG]:
    sys.exit(be_process(sys.argv[2:]))

# Only now: a process of the agent does without what the command line needs.
from agent.cli.main import main

main(prog_name="veritype")
