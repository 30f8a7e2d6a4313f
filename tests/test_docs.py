"""The documents name every command, option, setting and problem that there is."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from agent.cli.main import main as veritype
from server.cli.main import main as veritype_server
from server.operation.config import Settings as ServerSettings
from wire.policy import Policy, parse_policy
from wire.problems import ProblemCode

ROOT = Path(__file__).parents[1]
AGENT = (ROOT / "docs" / "agent.md").read_text()
SERVER = (ROOT / "docs" / "server.md").read_text()
POLICIES = (ROOT / "docs" / "policies.md").read_text()
ERRORS = (ROOT / "docs" / "errors.md").read_text()
SAID_ONCE = ("--data", "--json", "--organisation")
"""Options that the server's document explains for all its commands together."""


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with its words."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command, words = group.get_command(context, name), (*path, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, words)
        else:
            yield " ".join(words), command


def options(command: click.Command) -> list[str]:
    """Its options by their long names."""
    return [max(each.opts, key=len) for each in command.params if isinstance(each, click.Option)]


def rows(document: str, words: str) -> str:
    """The table rows whose first column names a command, joined."""
    named = re.compile(rf"`{re.escape(words)}(?=[ `])")
    lines = [line for line in document.splitlines() if line.startswith("|")]
    return "\n".join(line for line in lines if named.search(line.split(" | ")[0]))


@pytest.mark.parametrize(("words", "command"), list(commands(veritype)))
def test_every_command_of_the_agent_is_documented_with_its_options(
    words: str, command: click.Command
) -> None:
    found = rows(AGENT, f"veritype {words}")
    assert found, f"docs/agent.md has no row for `veritype {words}`"
    missing = [name for name in options(command) if name not in found]
    assert not missing, f"docs/agent.md, `veritype {words}`: {missing}"


@pytest.mark.parametrize(("words", "command"), list(commands(veritype_server)))
def test_every_command_of_the_server_is_documented_with_its_options(
    words: str, command: click.Command
) -> None:
    found = rows(SERVER, words)
    assert found, f"docs/server.md has no row for `{words}`"
    missing = [name for name in options(command) if name not in found and name not in SAID_ONCE]
    assert not missing, f"docs/server.md, `{words}`: {missing}"


@pytest.mark.parametrize("command", [each for _, each in commands(veritype)], ids=lambda c: c.name)
def test_every_command_of_the_agent_explains_itself(command: click.Command) -> None:
    assert command.help
    unexplained = [
        each.name
        for each in command.params
        if isinstance(each, click.Option) and not each.help and each.name != "help"
    ]
    assert not unexplained


def test_every_setting_is_documented() -> None:
    source = (ROOT / "agent" / "settings.py").read_text()
    variables = re.findall(r'_number\(\s*environment, "(\w+)"', source)
    assert len(variables) >= 5
    assert [name for name in variables if f"`VERITYPE_{name}`" not in AGENT] == []
    fields = ServerSettings.__struct_fields__
    assert [name for name in fields if f"| `{name}` |" not in SERVER] == []


def test_every_problem_is_documented() -> None:
    assert [code for code in ProblemCode if f"| `{code}` |" not in ERRORS] == []


def test_the_policy_that_the_document_shows_is_one_and_every_field_has_a_row() -> None:
    part = POLICIES.split("\n## ")[0]
    example = re.search(r"```json\n(.*?)```", part, re.DOTALL)
    assert example
    assert parse_policy(example[1].encode()).pictures
    assert [name for name in Policy.__struct_fields__ if f"| `{name}` |" not in part] == []
