"""`python -m agent run` is the agent process that `veritype clock in` starts."""

from agent.cli import main

if __name__ == "__main__":
    main()
