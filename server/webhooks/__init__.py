"""Webhooks: what happened, sent to where an organisation wants it."""
