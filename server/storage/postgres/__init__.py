"""The shared database: PostgreSQL, for many nodes at once."""
