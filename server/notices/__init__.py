"""Notices: what a person must know, in the console and by mail."""
