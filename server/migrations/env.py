"""Alembic's entry: runs in the store's transaction, leaves the commit to it, notes each step."""

from typing import Any

import sqlalchemy as sa
from alembic import context
from alembic.script import ScriptDirectory

from server.storage.tables import metadata, schema_steps

connection = context.config.attributes["connection"]
scripts = ScriptDirectory.from_config(context.config)


def note(ctx: Any, step: Any, heads: Any, run_args: Any) -> None:
    """Write down a step and its phase, in the transaction that took it."""
    if not sa.inspect(connection).has_table(schema_steps.name):
        return
    script = scripts.get_revision(step.up_revision_id)
    phase = getattr(script.module, "phase", "expand")
    connection.execute(schema_steps.insert().values(revision=script.revision, phase=phase))


context.configure(connection=connection, target_metadata=metadata, on_version_apply=note)
context.run_migrations()
