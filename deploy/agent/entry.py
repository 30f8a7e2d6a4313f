"""The frozen program: the `veritype` command and, behind `--process`, every process it starts."""

import os
import sys

from agent.processes import PROCESS_FLAG, be_process

# The frozen program finds its libraries by LD_LIBRARY_PATH; a browser that it starts must not. Its
# own processes start as if a person had called them, and set it for themselves.
os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
if before is None:
    os.environ.pop("LD_LIBRARY_PATH", None)
else:
    os.environ["LD_LIBRARY_PATH"] = before

if sys.argv[1:2] == [PROCESS_FLAG]:
    sys.exit(be_process(sys.argv[2:]))

# Only now: a process of the agent does without what the command line needs.
from agent.cli.main import main  # noqa: E402

main(prog_name="veritype")
