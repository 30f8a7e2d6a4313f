"""What the installation knows of itself."""

from sqlalchemy import Column, String, Table

from server.storage.tables.base import metadata

schema_steps = Table(
    "schema_steps",
    metadata,
    Column("revision", String(120), primary_key=True),
    Column("phase", String(8), nullable=False),
)
"""Steps of the schema that were taken, each `expand` or `contract`: a version that does not know a
step can tell whether it only added something."""
