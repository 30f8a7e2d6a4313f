"""The process that captures: its loop, its pipe to the agent process, its watchdog."""
