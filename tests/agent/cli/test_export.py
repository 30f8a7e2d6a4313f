"""An export holds everything, in readable form, and no secret."""

import json
import stat
from pathlib import Path

import pytest

from agent.identity import Identity
from tests.agent.cli.conftest import SESSION, Ledger, Run
from tests.agent.conftest import POLICY
from wire.codes import ObjectKind
from wire.policy import parse_policy


@pytest.fixture
def exported(ledger: Ledger, run: Run, tmp_path: Path) -> Path:
    ledger.work(65)
    ledger.send()
    ledger.recording.note(ledger.clock.forward(1), "hello")
    ledger.spool.add_object(SESSION, ObjectKind.IMAGE, b"p" * 32, b"RIFF....WEBP", 1 << 60)
    ledger.work(30)
    ledger.paths.log.write_text("{}\n")
    folder = tmp_path / "mine"
    run("export", str(folder))
    return folder


def test_everything_is_there_and_reads(exported: Path) -> None:
    files = {str(path.relative_to(exported)) for path in exported.rglob("*") if path.is_file()}
    batch = f"batches/{SESSION.hex()}-000002.jsonl"
    assert {"README.txt", "about.json", "hours.json", "receipts.json", "agent.log", batch} < files
    lines = [json.loads(line) for line in (exported / batch).read_text().splitlines()]
    assert lines[0]["header"]["session"] == SESSION.hex()
    assert [line["event"] for line in lines[1:]] == ["Attachment"]
    assert {path.read_bytes() for path in exported.glob("objects/*")} == {b"hello", b"RIFF....WEBP"}
    (day,) = json.loads((exported / "hours.json").read_text())
    assert day["total"]["observed_s"] > 60
    (consent,) = json.loads((exported / "consents.json").read_text())
    assert consent["name"] == "Essays"
    assert parse_policy((exported / f"consents/{consent['digest']}.json").read_bytes()) == POLICY


def test_receipts_in_an_export_can_be_verified(exported: Path, run: Run) -> None:
    assert "2 receipts hold" in run("verify", str(exported / "receipts.json")).output


def test_no_secret_is_in_an_export_and_nobody_else_reads_it(
    exported: Path, identity: Identity
) -> None:
    assert stat.S_IMODE(exported.stat().st_mode) == 0o700
    secret = identity.key.secret_bytes()
    for path in exported.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert secret not in data
            assert secret.hex().encode() not in data
            assert identity.token.encode() not in data


def test_a_folder_that_holds_something_is_left_alone(
    ledger: Ledger, run: Run, tmp_path: Path
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("mine")
    assert "not empty" in run("export", str(tmp_path / "full"), fails=1).output
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["file"]


def test_what_two_sessions_hold_alike_and_rules_accepted_twice_are_exported(
    ledger: Ledger, run: Run, tmp_path: Path
) -> None:
    for session in (SESSION, b"t" * 16):
        ledger.spool.add_object(session, ObjectKind.TITLE, b"d" * 32, b"my task", 1 << 60)
    rules = next(each for each in ledger.paths.consents.glob("*.json") if "-" not in each.name)
    rules.with_suffix(".withdrawn").write_bytes(rules.read_bytes())
    run("export", str(tmp_path / "mine"))
    assert len(list((tmp_path / "mine/objects").iterdir())) == 2
    assert len(list((tmp_path / "mine/consents").iterdir())) == 1
