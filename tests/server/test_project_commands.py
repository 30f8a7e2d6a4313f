"""Policies and devices on the command line, and the schema that everybody may read."""

import json
from pathlib import Path

import httpx
import jsonschema
import msgspec
import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from server.cli.main import main
from tests.server.house import POLICY, House
from tests.server.kinds import NewDevice
from tests.server.storages import EMBEDDED
from wire.policy import AllowedUse, Policy, json_schema, parse_policy


@pytest.fixture
def storage() -> str:
    """One is enough: what these ask of storage is asked on both elsewhere, as in `tenancy`."""
    return EMBEDDED


@pytest.fixture
def house_path(house: House) -> Path:
    return house.path


def run(path: Path, *arguments: str, fails: int = 0) -> str:
    result = CliRunner().invoke(main, [*arguments, "--data", str(path)])
    assert result.exit_code == fails, result.output
    return result.output


def change(path: Path, policy: Policy, *more: str, fails: int = 0) -> str:
    file = path.parent / "policy.json"
    file.write_bytes(msgspec.json.encode(policy))
    words = ("project", "policy", "Demo", "--policy", str(file), *more)
    return run(path, *words, fails=fails)


def test_a_policy_is_shown_edited_and_told_in_plain_words(house_path: Path) -> None:
    shown = parse_policy(run(house_path, "project", "show", "Demo").encode())
    assert shown == POLICY
    said = change(house_path, replace(POLICY, version=2, record_titles=True), "--after", "1")
    assert "+ more is recorded: Titles of task windows are recorded." in said
    told = change(house_path, replace(POLICY, version=3, allowed=AllowedUse(ai_search=True)))
    assert "Allowed: ai search: yes instead of no." in told
    assert "version 3 is in force" in change(
        house_path, replace(POLICY, version=4), "--after", "2", fails=1
    )
    history = run(house_path, "project", "history", "Demo")
    assert [line[:9] for line in history.splitlines() if line.startswith("version")] == [
        "version 1",
        "version 2",
        "version 3",
    ]
    assert "by operator" in history
    versions = json.loads(run(house_path, "project", "history", "Demo", "--json"))["versions"]
    assert [each["asks_anew"] for each in versions] == [False, True, False]
    diff = run(house_path, "project", "diff", "Demo", "1", "3")
    assert "A consent to the older one covers the newer." in diff
    assert "Consent is asked anew." in run(house_path, "project", "diff", "Demo", "3", "2")
    assert "Nothing." in run(house_path, "project", "diff", "Demo", "1", "1")
    run(house_path, "project", "show", "Demo", "--version", "9", fails=1)
    assert json.loads(run(house_path, "project", "list", "--json"))["projects"][0]["name"] == "Demo"


def test_the_schema_is_published_and_printed(client: httpx.Client) -> None:
    published = client.get("/.well-known/veritype-policy-schema").json()
    assert published == json_schema()
    assert json.loads(CliRunner().invoke(main, ["project", "schema"]).output) == published
    jsonschema.Draft202012Validator.check_schema(published)


def test_devices_are_listed_and_revoked(house_path: Path, new_device: NewDevice) -> None:
    name = new_device().enrolled.device.hex()
    (line,) = json.loads(run(house_path, "device", "list", "--json"))["devices"]
    assert (line["id"], line["revoked_at"], line["seen_at"]) == (name, None, None)
    assert "never seen" in run(house_path, "device", "list")
    run(house_path, "device", "list", "--person", "Nobody", fails=1)
    run(house_path, "device", "revoke", "nonsense", fails=1)
    assert name in run(house_path, "device", "revoke", name)
    assert "revoked" in run(house_path, "device", "list", "--person", line["person"])
    assert "no such device" in run(house_path, "device", "revoke", name, fails=1)
