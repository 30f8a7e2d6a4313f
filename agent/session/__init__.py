"""One session: which observations become events, and events into sealed batches."""
