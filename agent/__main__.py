"""`python -m agent NAME`: a process of the agent, started by another (`agent/processes.py`)."""

import sys

from agent.processes import be_process

if __name__ == "__main__":
    sys.exit(be_process(sys.argv[1:]))
