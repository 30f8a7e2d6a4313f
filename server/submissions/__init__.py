"""Was this submission human work? From what a platform hands in to one word, and why."""
