"""Control sessions: consented sessions of which is known how they were made (docs/labels.md)."""
