"""What the browser extension says: its messages, the host the browser starts, the agent's ear."""
