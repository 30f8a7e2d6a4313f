"""What is sent next, what an answer means, and HTTP."""
