"""Ingest, storage, scoring and the review console."""
