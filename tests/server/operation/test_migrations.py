"""Steps of the schema only add unless they say so; servers bear those that they do not know."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.app import build_app
from server.cli.main import main
from server.errors import DataFolderUnusable
from tests.server.device import Chain
from tests.server.house import House

VERSIONS = Path(__file__).parents[3] / "server" / "migrations" / "versions"
TAKES_AWAY = re.compile(r"drop_(table|column|constraint)|rename_table|new_column_name|alter_column")
BEFORE_THE_FIRST_RELEASE = frozenset({"0002", "0008", "0009"})
"""No server of an older version ran on these."""


def revision_of(source: str) -> str:
    found = re.search(r'^revision = "([^"]+)"', source, re.MULTILINE)
    assert found
    return found[1]


def test_a_step_that_takes_something_away_says_so() -> None:
    silent = []
    for path in VERSIONS.glob("*.py"):
        source = path.read_text()
        contract = 'phase = "contract"' in source
        if revision_of(source) not in BEFORE_THE_FIRST_RELEASE and TAKES_AWAY.search(source):
            silent += [] if contract else [path.name]
    assert silent == []


def test_a_schema_that_is_too_old_is_refused_with_what_to_do(house: House) -> None:
    house.change("DELETE FROM alembic_version")
    with pytest.raises(DataFolderUnusable, match="run 'veritype-server migrate'"):
        build_app(house.installation)


def test_a_later_step_that_only_added_is_no_trouble_and_one_that_took_away_is(
    house: House,
) -> None:
    house.change("INSERT INTO schema_steps (revision, phase) VALUES ('later_1', 'expand')")
    build_app(house.installation).writer.close()
    house.change("INSERT INTO schema_steps (revision, phase) VALUES ('later_2', 'contract')")
    with pytest.raises(DataFolderUnusable, match="too new"):
        build_app(house.installation)


def test_what_a_later_version_adds_does_not_disturb_a_running_server(
    house: House, chain: Chain
) -> None:
    """Its statements name their columns, and leave others to their defaults."""
    chain.send()
    for table in ("batches", "heads", "sessions", "scoring_jobs", "objects", "devices"):
        house.change(f"ALTER TABLE {table} ADD COLUMN added_later INTEGER DEFAULT 7")
        chain.send()
    house.change("CREATE TABLE made_later (number INTEGER)")
    chain.send(final=True)
    chain.device.clock_in().send()
    assert house.rows("batches") == 9


def test_the_command_says_what_is_due(house: House) -> None:
    def run(*words: str, fails: int = 0) -> dict[str, list[str]]:
        command = ["migrate", "--json", "--data", str(house.path), *words]
        result = CliRunner().invoke(main, command)
        assert result.exit_code == fails, result.output
        found: dict[str, list[str]] = json.loads(result.stdout)
        return found

    assert run("--check") == {"due": [], "contract": []}
    assert run() == {"taken": [], "contract": []}
    assert run("--contract") == {"taken": [], "contract": []}
