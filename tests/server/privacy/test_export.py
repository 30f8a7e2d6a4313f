"""Everything that is held about a person, in one file, and no table forgotten."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Table

from server.cli.main import main
from server.clock import now_us
from server.compaction.compactor import Compactor
from server.privacy.asked_exports import AskedExports
from server.privacy.exporting import EXPORT_DOMAIN
from server.privacy.holding import LegalHolds
from server.services.sealing import SampleSeal
from server.storage.sql.personal import PERSONAL
from server.storage.tables import metadata
from tests.server.browser import Browser, signed_in
from tests.server.house import PASSWORD, House
from tests.server.privacy.uploads import NOTE, PICTURE, record, upload, upload_plain

DAY_US = 86_400_000_000
SECRETS = {"token_hash", "code_hash", "wrapped", "sealed", "password_hash", "claimed_by"}


def refers_to_people(table: Table) -> bool:
    targets = {key.column.table.name for key in table.foreign_keys}
    about = {"people", "sessions", *PERSONAL} & targets
    return bool(about) or bool({"person", "session", "about"} & set(table.c.keys()))


def read(data: bytes) -> Mapping[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def run(house: House, *words: str, fails: int = 0) -> str:
    done = CliRunner().invoke(main, ["person", *words, "--data", str(house.path)])
    assert done.exit_code == fails, done.output
    return done.output


def test_every_table_about_people_is_in_the_list() -> None:
    """The audit log is exported and kept by rules of its own."""
    about = {table.name for table in metadata.sorted_tables if refers_to_people(table)}
    forgotten = about - set(PERSONAL) - {"audit_log"}
    assert forgotten == set(), "say in personal.py what becomes of it"
    for name, personal in PERSONAL.items():
        columns = set(metadata.tables[name].c.keys())
        named = {*personal.whose, *personal.hidden, *personal.changed}
        assert named <= columns, name
        assert not (personal.deleted and personal.changed), name


def test_an_export_holds_all_of_it_opened(house: House, scored: str, tmp_path: Path) -> None:
    own, installation = house.own, house.installation
    session = own.session(bytes.fromhex(scored))
    assert session is not None
    upload(house, session, NOTE, "text/plain")
    seal = SampleSeal(installation.keys.sample_secret)
    own.put_typing_sample(house.trainer.id, seal.seal(1, house.trainer.id, b'{"a":1}'), 1)
    lost = upload_plain(house, session, b"lost")
    installation.objects.stored.delete(1, [lost.digest])
    assert Compactor(installation.store, installation.objects).do_next()
    LegalHolds(own, "operator").place(now_us(), project="Demo", reason="a case")
    own.audit(f"person:{house.auditor.id.hex()}", "notes.viewed", scored)
    out = tmp_path / "all.zip"
    told = json.loads(run(house, "export", house.trainer.name, "--out", str(out), "--json"))
    files = read(out.read_bytes())
    assert out.stat().st_mode & 0o077 == 0
    manifest = json.loads(files["manifest.json"])
    assert manifest["files"] == {
        name: hashlib.sha256(data).hexdigest()
        for name, data in files.items()
        if not name.startswith("manifest")
    }
    key = installation.keys.signing.verify_key
    signature = bytes.fromhex(files["manifest.sig"].decode())
    key.verify(EXPORT_DOMAIN, files["manifest.json"], signature)
    assert len(told["missing"]) == 1
    assert lost.digest.hex() in told["missing"][0]
    assert {PICTURE, NOTE, b'{"a":1}'} <= set(files.values())
    events = json.loads(files[f"sessions/{scored}/events.json"])
    assert len(events["Keystroke"]["key_class"]) == 60
    assert len(json.loads(files[f"sessions/{scored}/receipts.json"])) == 2
    assert {f"data/{name}.json" for name in PERSONAL} <= set(files)
    assert json.loads(files["data/facts.json"])[0]["document"]["batches"] == 2
    actions = [line["action"] for line in json.loads(files["audit.json"])]
    assert "notes.viewed" in actions
    assert house.trainer.name not in files["index.html"].decode(), "it is escaped"
    assert "&lt;script&gt;" in files["index.html"].decode()
    columns = {
        key
        for name, data in files.items()
        if name.startswith("data/")
        for row in json.loads(data)
        for key in row
    }
    assert not columns & SECRETS
    assert (
        house.auditor.id.hex()
        not in b"".join(data for name, data in files.items() if name.startswith("data/")).decode()
    )
    again = run(house, "export", house.trainer.name, "--out", str(out), fails=1)
    assert "is there already" in again
    assert "nobody of that name" in run(house, "export", "X", "--out", "x.zip", fails=1)


def test_another_persons_rows_are_not_in_it(house: House) -> None:
    mine, theirs = record(house, house.trainer), record(house, house.other)
    upload(house, theirs)
    hidden = LegalHolds(house.own, "operator")
    hidden.place(now_us(), person=house.trainer.name, reason="told")
    hidden.place(now_us(), person=house.trainer.name, reason="not", not_told_because="a law")
    held = house.own.held_about(house.trainer.id)
    assert [row["id"] for row in held["sessions"]] == [mine.id]
    assert held["objects"] == held["person_keys"] == []
    assert [row["reason"] for row in held["legal_holds"]] == ["told"]


@pytest.fixture
def tim(house: House, address: str) -> Iterator[Browser]:
    with Browser(address) as browser:
        yield signed_in(browser, "tim", PASSWORD)


def test_a_person_asks_for_it_and_has_it_for_seven_days(house: House, tim: Browser) -> None:
    installation = house.installation
    errand = AskedExports(installation.store, installation.objects, installation.keys)
    assert tim.get("/account/export").status_code == 404
    assert tim.submit("/account/export", page="/account/record").status_code == 303
    assert tim.submit("/account/export", page="/account/record").status_code == 303, "one at a time"
    assert house.rows("personal_exports") == 1
    assert "is being made" in tim.get("/account/record").text
    assert errand.do_next(now_us())
    assert not errand.do_next(now_us())
    assert "Download" in tim.get("/account/record").text
    answer = tim.get("/account/export")
    assert answer.headers["content-type"] == "application/zip"
    assert "attachment" in answer.headers["content-disposition"]
    assert json.loads(read(answer.content)["person.json"])["name"] == house.other.name
    stored = installation.objects.stored
    assert all(b"person.json" not in stored.get(1, name) for name in stored.digests(1)), "sealed"
    assert errand.do_next(now_us() + 8 * DAY_US)
    assert tim.get("/account/export").status_code == 404
    assert list(stored.digests(1)) == []


def test_what_is_too_large_is_said(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.privacy.asked_exports._MAX_BYTES", 10)
    installation = house.installation
    errand = AskedExports(installation.store, installation.objects, installation.keys)
    assert house.own.ask_export(house.other.id, 1)
    assert errand.do_next(now_us())
    made = house.own.export_of(house.other.id)
    assert made is not None
    assert (made.size_bytes, made.name) == (None, None)
    assert errand.read(1, house.other.id, now_us()) is None
