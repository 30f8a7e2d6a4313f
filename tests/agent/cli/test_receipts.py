"""Receipts that hold, and every way in which they do not."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agent.paths import HOME_VARIABLE
from tests.agent.cli.conftest import SESSION, Ledger, Run
from wire.signing import SigningKey

DOCUMENT = Path(__file__).parents[3] / "docs" / "receipts.md"


@pytest.fixture
def file(ledger: Ledger, run: Run, tmp_path: Path) -> Path:
    """A receipt file of five batches."""
    ledger.work(120)
    ledger.recording.clock_out(ledger.clock.forward(1))
    ledger.send()
    path = tmp_path / "receipts.json"
    path.write_text(run("receipts", "--json").output)
    return path


def changed(file: Path, change: dict[str, Any], at: int = 1) -> Path:
    document = json.loads(file.read_text())
    document["sessions"][0]["receipts"][at].update(change)
    file.write_text(json.dumps(document))
    return file


def test_what_was_sent_holds_on_this_device_and_in_a_file(
    file: Path, ledger: Ledger, run: Run
) -> None:
    assert "All 5 receipts hold." in run("verify").output
    assert "All 5 receipts hold." in run("verify", str(file)).output
    listed = run("receipts").output
    assert listed.startswith(f"{SESSION.hex()[:8]} (Essays): 5 of 5 batches acknowledged")
    one = run("receipts", "--session", SESSION.hex()[:6]).output
    assert len(re.findall(r"  batch \d", one)) == 5
    assert "no session" in run("receipts", "--session", "ffff", fails=1).output


def test_batches_that_wait_are_no_fault(ledger: Ledger, run: Run) -> None:
    ledger.work(65)
    output = run("verify", "--all").output
    assert "2 of its batches had not been acknowledged yet." in output
    assert "All 0 receipts hold." in output


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"digest": "ab" * 32}, "does not continue"),
        ({"digest": "ab" * 32}, "The receipt of batch 1 was not signed"),
        ({"received_us": 5}, "The receipt of batch 1 was not signed"),
        ({"signature": "zz"}, "The receipt of batch 1 was not signed"),
        ({"previous": "ab" * 32}, "Batch 1 does not continue the batch before it."),
        ({"sequence": 2}, "Batch 1 has no receipt."),
        ({"sequence": 0}, "Batch 0 is listed out of its order."),
    ],
)
def test_a_changed_file_does_not_hold_and_says_where(
    file: Path, run: Run, change: dict[str, Any], says: str
) -> None:
    result = run("verify", str(changed(file, change)), fails=1)
    assert says in result.output
    found = json.loads(run("verify", str(file), "--json", fails=1).stdout)
    assert found["holds"] is False


def test_a_receipt_that_is_missing_is_named(file: Path, run: Run, ledger: Ledger) -> None:
    ledger.spool._db.execute("DELETE FROM receipts WHERE sequence IN (1, 2)")
    assert "Batches 1 to 2 have no receipt." in run("verify", fails=1).output


def test_the_last_batch_that_is_gone_is_named(file: Path, run: Run, ledger: Ledger) -> None:
    ledger.spool._db.execute("DELETE FROM receipts WHERE sequence = 4")
    assert "The last batch that was sealed is not here" in run("verify", fails=1).output


def test_a_waiting_batch_that_was_changed_is_named(ledger: Ledger, run: Run) -> None:
    ledger.work(65)
    ledger.spool._db.execute("UPDATE batches SET digest = zeroblob(32) WHERE sequence = 0")
    assert "Batch 0 was changed on this device." in run("verify", fails=1).output


def test_a_file_of_another_server_is_refused(file: Path, run: Run) -> None:
    document = json.loads(file.read_text())
    document["server_key"] = SigningKey.generate().verify_key.raw.hex()
    file.write_text(json.dumps(document))
    assert "another server" in run("verify", str(file), fails=1).output


@pytest.mark.parametrize("content", ["", "{}", "[" * 9_000, '{"format": "x"}'])
def test_what_is_no_receipt_file_is_one_sentence(tmp_path: Path, run: Run, content: str) -> None:
    path = tmp_path / "no.json"
    path.write_text(content)
    result = run("verify", str(path), fails=1)
    assert result.stderr.count("\n") == 1
    run("verify", str(path), "--all", fails=2)


def test_on_a_computer_that_was_never_enrolled_the_files_key_is_named(
    file: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "elsewhere"))
    output = run("verify", str(file)).output
    assert "/.well-known/veritype-keys" in output
    assert "All 5 receipts hold." in output


def test_the_documented_program_checks_a_receipt_file(file: Path, tmp_path: Path) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    script = tmp_path / "check.py"
    script.write_text(program)
    key = json.loads(file.read_text())["server_key"]

    def check() -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-I", "-W", "ignore", str(script), str(file), key]
        return subprocess.run(words, capture_output=True, text=True, check=False)

    assert check().stdout == "5 receipts hold\n"
    changed(file, {"received_us": 5})
    assert "InvalidSignature" in check().stderr
    assert len(program.splitlines()) <= 20
