"""What an operator types, and what a script reads."""

import json
import os
import stat
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from server.cli.main import main
from tests.server.house import PASSWORD, POLICY


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def run(*arguments: str, fails: int = 0) -> str:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == fails, result.output
    if fails == 1:
        assert result.output.startswith("veritype-server: ")
        assert result.output.count("\n") == 1
        assert "Traceback" not in result.output
    return result.output


def test_from_nothing_to_a_paired_person(data: Path, tmp_path: Path) -> None:
    first = json.loads(run("init", "--data", str(data), "--json"))
    assert (first["new"], first["login"]) == (True, "admin")
    assert len(first["password"]) >= 10
    assert json.loads(run("init", "--data", str(data), "--json"))["new"] is False
    policy = tmp_path / "policy.json"
    policy.write_bytes(msgspec.json.encode(POLICY))
    run("project", "add", "Demo", "--policy", str(policy), "--data", str(data))
    run("user", "add", "Ada", "--role", "trainer", "--data", str(data))
    code = json.loads(run("pair", "Ada", "--json", "--data", str(data)))["code"]
    assert len(code) == 14
    assert json.loads(
        run("key", "add", "k", "--scope", "sessions:read", "--json", "--data", str(data))
    )["key"]
    assert json.loads(run("doctor", "--json", "--data", str(data))) == {"ok": True, "wrong": []}


def test_the_version_is_the_packages() -> None:
    assert run("--version") == f"veritype-server, version {version('veritype')}\n"


def test_secrets_are_the_owners_alone(data: Path) -> None:
    run("init", "--data", str(data), "--admin-password", PASSWORD)
    for path in [data, *data.rglob("*")]:
        if path.suffix not in (".db-wal", ".db-shm"):
            assert not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO), path


def test_secret_that_others_can_read_is_refused(data: Path) -> None:
    run("init", "--data", str(data))
    (data / "keys" / "nonce.key").chmod(0o644)
    assert "nonce.key can be read by others" in run("doctor", "--data", str(data), fails=1)


@pytest.mark.parametrize(
    "arguments",
    [
        ("pair", "Nobody"),
        ("user", "add", "Ada", "--role", "trainer", "--login", "admin"),
        ("user", "add", "Ada\x1b[2J", "--role", "trainer"),
        ("user", "add", "Ada", "--role", "trainer", "--login", "ada", "--password", "short"),
        ("user", "add", "Ada", "--role", "trainer", "--password", PASSWORD),
    ],
)
def test_errors_are_one_sentence(data: Path, arguments: tuple[str, ...]) -> None:
    run("init", "--data", str(data))
    run(*arguments, "--data", str(data), fails=1)


def test_a_later_policy_comes_into_force_and_an_older_one_never(data: Path, tmp_path: Path) -> None:
    run("init", "--data", str(data))
    file = tmp_path / "policy.json"
    file.write_bytes(msgspec.json.encode(POLICY))
    run("project", "add", "Demo", "--policy", str(file), "--data", str(data))
    change = ("project", "policy", "Demo", "--policy", str(file), "--data", str(data))
    assert "version 1 is in force" in run(*change, fails=1)
    file.write_bytes(msgspec.json.encode(msgspec.structs.replace(POLICY, version=2)))
    assert json.loads(run(*change, "--json"))["policy_version"] == 2
    run("project", "policy", "Other", "--policy", str(file), "--data", str(data), fails=1)


def test_bad_policy_is_one_sentence(data: Path, tmp_path: Path) -> None:
    run("init", "--data", str(data))
    policy = tmp_path / "policy.json"
    policy.write_text('{"version": 0, "windows": []}')
    said = run("project", "add", "P", "--policy", str(policy), "--data", str(data), fails=1)
    assert "policy:" in said


def test_without_a_data_folder(data: Path) -> None:
    for command in (["doctor"], ["pair", "Ada"], ["serve"]):
        assert "init" in run(*command, "--data", str(data), fails=1)


def test_wrong_use_is_status_two(data: Path) -> None:
    run("user", "add", "Ada", "--role", "king", "--data", str(data), fails=2)
    run("nonsense", fails=2)


@pytest.mark.parametrize("text", ["unknown_setting = 1", "sign_in_hours = 0", "= ="])
def test_bad_settings_are_named(data: Path, text: str) -> None:
    run("init", "--data", str(data))
    (data / "server.toml").write_text(text)
    run("doctor", "--data", str(data), fails=1)


def test_environment_overrides_the_file(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("init", "--data", str(data))
    (data / "server.toml").write_text("pairing_code_minutes = 5")
    run("user", "add", "Ada", "--role", "trainer", "--data", str(data))
    pair = ("pair", "Ada", "--json", "--data", str(data))
    assert json.loads(run(*pair))["minutes"] == 5
    monkeypatch.setenv("VERITYPE_PAIRING_CODE_MINUTES", "7")
    assert json.loads(run(*pair))["minutes"] == 7
    assert os.environ["VERITYPE_PAIRING_CODE_MINUTES"] == "7"


def test_port_in_use_is_one_sentence(data: Path, address: str) -> None:
    run("init", "--data", str(data))
    port = address.rsplit(":", 1)[1]
    said = run("serve", "--data", str(data), "--port", port, fails=1)
    assert "cannot listen" in said


def test_what_serves_does_not_read_what_scores() -> None:
    """Seconds at each start, and 150 MB, that only the scorer's process needs."""
    code = "import sys, server.cli.main; print({'scipy', 'sklearn', 'skops'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
