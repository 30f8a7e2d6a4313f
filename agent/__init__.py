"""The trainer's computer: capture, spool, ship. Never what was typed."""

AGENT_VERSION = "0.1.0"
