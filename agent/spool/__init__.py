"""What was recorded and is not yet safe on the server, on disk."""
