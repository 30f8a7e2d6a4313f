"""The only code of the detector that opens files: the command line behind ``python -m detector``."""
