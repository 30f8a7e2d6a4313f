"""What this desktop lets the agent see, and what keeps it from its work; one probe a module."""
