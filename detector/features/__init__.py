"""Features of a stretch of keystrokes, each named with the field's term and its source."""
