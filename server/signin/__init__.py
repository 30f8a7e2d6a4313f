"""Who is asking: passwords, tokens, lock-out."""
