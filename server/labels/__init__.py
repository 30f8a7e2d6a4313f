"""Sessions of which people said what they are, for the next training: `docs/labels.md`."""
