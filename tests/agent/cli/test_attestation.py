"""`veritype verify` of an attestation: which keys it takes, and what it says if it cannot."""

import json
from pathlib import Path

import pytest

from agent.paths import HOME_VARIABLE
from tests.agent.cli.conftest import Ledger, Run
from wire.attestation import PAYLOAD_TYPE
from wire.dsse import seal_payload
from wire.signing import SigningKey

KEY = SigningKey(bytes(range(32)))


@pytest.fixture
def attestation(tmp_path: Path) -> Path:
    path = tmp_path / "attestation.json"
    path.write_bytes(seal_payload(KEY, PAYLOAD_TYPE, b"{}"))
    return path


@pytest.fixture
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer that was never enrolled."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "elsewhere"))


def test_an_enrolled_device_trusts_its_own_server(
    attestation: Path, ledger: Ledger, run: Run
) -> None:
    result = run("verify", str(attestation), fails=1)
    assert "a key that is not known" in result.stderr


@pytest.mark.usefixtures("nobody")
def test_without_keys_it_says_where_they_are(attestation: Path, run: Run) -> None:
    assert "/.well-known/veritype-keys" in run("verify", str(attestation), fails=1).stderr


@pytest.mark.usefixtures("nobody")
def test_keys_and_texts_that_do_not_read_are_one_sentence(
    attestation: Path, run: Run, tmp_path: Path
) -> None:
    page = tmp_path / "keys.json"
    text = tmp_path / "text"
    text.write_bytes(b"\xff")
    for content in ("", "{}", '{"keys": []}', '{"keys": [{"public_key": "zz"}]}'):
        page.write_text(content)
        assert "no page" in run("verify", str(attestation), "--keys", str(page), fails=1).stderr
    missing = run("verify", str(attestation), "--keys", str(tmp_path / "none"), fails=1)
    assert "cannot be read" in missing.stderr
    page.write_text(json.dumps({"keys": [{"public_key": KEY.verify_key.raw.hex()}]}))
    held = run("verify", str(attestation), "--keys", str(page), "--text", str(text), fails=1)
    assert "no attestation of a submission" in held.stderr
    away = run("verify", str(attestation), "--keys", "http://127.0.0.1:9", fails=1)
    assert "could not be fetched" in away.stderr
    plain = run("verify", str(attestation), "--keys", "http://example.com", fails=1)
    assert plain.stderr.count("\n") == 1


def test_what_belongs_to_an_attestation_needs_one(run: Run, tmp_path: Path) -> None:
    receipts = tmp_path / "receipts.json"
    receipts.write_text("{}")
    run("verify", str(receipts), "--identifier", "x", fails=2)
    run("verify", "--keys", "x", fails=2)
