"""The detector's only code that opens files: the command line behind ``python -m detector``."""
