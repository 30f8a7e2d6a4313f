"""The agent's release: offered under the server's key, to enrolled devices only."""

import hashlib
import json
from pathlib import Path

import httpx
import msgspec
import pytest
from click.testing import CliRunner

from server.cli.main import main
from server.clock import now_us
from tests.server.house import House
from tests.server.kinds import NewDevice, ProblemOf
from tests.server.storages import EMBEDDED
from wire.errors import SignatureInvalid
from wire.messages import Release
from wire.problems import ProblemCode
from wire.server_keys import KeyRing
from wire.signing import SigningKey

DATA = b"an agent of the next version" * 10_000


@pytest.fixture
def storage() -> str:
    """One is enough: what these ask of storage is asked on both elsewhere, as in `tenancy`."""
    return EMBEDDED


def offer(house: House, folder: Path, name: str = "veritype-0.2.0.whl", **more: str) -> str:
    file = folder / name
    file.write_bytes(DATA)
    version = more.get("version", "0.2.0")
    words = ["release", "add", str(file), "--version", version, "--data", str(house.path), "--json"]
    result = CliRunner().invoke(main, words)
    return result.output if result.exit_code == 0 else f"{result.exit_code} {result.output}"


def test_release_is_signed_and_its_file_is_the_one_that_was_added(
    house: House, new_device: NewDevice, client: httpx.Client, tmp_path: Path
) -> None:
    assert json.loads(offer(house, tmp_path))["sha256"] == hashlib.sha256(DATA).hexdigest()
    device = new_device()
    answer = client.get("/agent/v1/release", headers=device.auth)
    found = msgspec.json.decode(answer.content, type=Release)
    found.verify_by(KeyRing(device.server_key), now_us())
    assert (found.version, found.file, found.size_bytes) == (
        "0.2.0",
        "veritype-0.2.0.whl",
        len(DATA),
    )
    data = client.get("/agent/v1/release/file", headers=device.auth).content
    assert hashlib.sha256(data).digest() == found.sha256


@pytest.mark.parametrize("field", ["version", "file", "size_bytes", "sha256"])
def test_release_that_was_changed_is_not_signed(
    house: House, new_device: NewDevice, client: httpx.Client, tmp_path: Path, field: str
) -> None:
    offer(house, tmp_path)
    device = new_device()
    answer = client.get("/agent/v1/release", headers=device.auth)
    found = msgspec.json.decode(answer.content, type=Release)
    other = {"version": "9.9.9", "file": "x", "size_bytes": 1, "sha256": bytes(32)}[field]
    ring = KeyRing(device.server_key)
    with pytest.raises(SignatureInvalid):
        msgspec.structs.replace(found, **{field: other}).verify_by(ring, now_us())
    with pytest.raises(SignatureInvalid):
        found.verify_by(KeyRing(SigningKey.generate().verify_key), now_us())


def test_without_a_release_or_a_token_there_is_nothing(
    new_device: NewDevice, client: httpx.Client, problem: ProblemOf
) -> None:
    device = new_device()
    for path in ("/agent/v1/release", "/agent/v1/release/file"):
        assert problem(client.get(path, headers=device.auth)).code is ProblemCode.NOT_FOUND
        assert problem(client.get(path)).code is ProblemCode.UNAUTHENTICATED


@pytest.mark.parametrize(
    ("name", "version"),
    [("a b.whl", "0.2.0"), ("a.whl\n", "0.2.0"), (".whl", "0.2.0"), ("a.whl", "two")],
)
def test_what_agents_would_not_take_is_not_offered(
    house: House, tmp_path: Path, name: str, version: str
) -> None:
    assert offer(house, tmp_path, name, version=version).startswith("1 veritype-server: this")
    assert not list((house.path / "releases").glob("*"))
