"""Small recorded sessions, and the demo that sends them through the whole path."""
