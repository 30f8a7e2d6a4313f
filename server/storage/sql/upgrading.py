"""The schema's steps: expand first, contract when every node runs the new version.

A step that only adds (`phase = "expand"`, the default) may run while servers of the version before
take batches. One that takes something away says `phase = "contract"` and waits until it is asked
for. `docs/decisions/migrations.md` has the rules.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, select

from server.errors import DataFolderUnusable
from server.records.operation import SchemaState
from server.storage.sql.database import Database
from server.storage.tables import schema_steps

_MIGRATIONS = Path(__file__).parents[2] / "migrations"
CONTRACT = "contract"


def schema_state(engine: Engine) -> SchemaState:
    """The schema beside what this code needs."""
    with engine.connect() as connection:
        return _state(connection)


def _state(connection: Connection) -> SchemaState:
    scripts = _scripts()
    heads = MigrationContext.configure(connection).get_current_heads()
    taken, noted = _taken(scripts, heads), _noted(connection)
    known = {script.revision for script in scripts.walk_revisions()}
    foreign = {head for head in heads if head not in known} | set(noted) - known
    return SchemaState(
        "+".join(sorted(heads)),
        "+".join(sorted(scripts.get_heads())),
        # What came before a step that is not known here cannot be told.
        ()
        if foreign
        else tuple(each.revision for each in _due(scripts, taken) if not is_contract(each)),
        tuple(sorted(each for each in foreign if noted.get(each, CONTRACT) == CONTRACT)),
    )


def pending(engine: Engine) -> tuple[Sequence[str], Sequence[str]]:
    """Steps that are due: those that may run now, and those from the first contract step on."""
    with engine.connect() as connection:
        return _pending(connection)


def upgrade(database: Database, *, contract: bool) -> Sequence[str]:
    """Take the steps that are due as one, contract steps only if they are asked for.

    Of many nodes that ask at once, one does it and the others find it done.

    Raises:
        DataFolderUnusable: a newer version has taken away what this one needs.
    """
    with database.changing_tables() as connection:
        expands, rest = _pending(connection)
        steps = [*expands, *(rest if contract else ())]
        for step in steps:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, step)
    return steps


def _pending(connection: Connection) -> tuple[Sequence[str], Sequence[str]]:
    state = _state(connection)
    if state.unknown:
        raise DataFolderUnusable(
            "the database was made by a newer version of Veritype; run that version"
        )
    scripts = _scripts()
    heads = MigrationContext.configure(connection).get_current_heads()
    if not set(heads) <= {script.revision for script in scripts.walk_revisions()}:
        # A newer version only added something: nothing is due for this one.
        return [], []
    due = _due(scripts, _taken(scripts, heads))
    first = next((at for at, script in enumerate(due) if is_contract(script)), len(due))
    names = [script.revision for script in due]
    return names[:first], names[first:]


def is_contract(script: Script) -> bool:
    """Whether a step takes something away that the version before needs."""
    return getattr(script.module, "phase", "expand") == CONTRACT


def _due(scripts: ScriptDirectory, taken: set[str]) -> list[Script]:
    """What is not taken yet, the first first."""
    return [each for each in reversed(list(scripts.walk_revisions())) if each.revision not in taken]


def _taken(scripts: ScriptDirectory, heads: Sequence[str]) -> set[str]:
    known = {script.revision for script in scripts.walk_revisions()}
    mine = [head for head in heads if head in known]
    return (
        {each.revision for each in scripts.iterate_revisions(tuple(mine), "base")}
        if mine
        else set()
    )


def _noted(connection: Connection) -> dict[str, str]:
    if not inspect(connection).has_table(schema_steps.name):
        return {}
    return {row.revision: row.phase for row in connection.execute(select(schema_steps))}


@cache
def _scripts() -> ScriptDirectory:
    """Read once a process."""
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config
