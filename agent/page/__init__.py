"""The trainer's own page: what is recorded now, what waits, what was sent."""
