"""Signed statements about submissions, for those who check them without this server."""
