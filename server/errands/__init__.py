"""What is due by the clock and not by a request: done by a process beside the scorers."""
