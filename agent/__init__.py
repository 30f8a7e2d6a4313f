"""The trainer's computer: capture, spool, ship. Never what was typed."""
