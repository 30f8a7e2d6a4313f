"""Statements that every SQL database understands, bound to one organisation."""
