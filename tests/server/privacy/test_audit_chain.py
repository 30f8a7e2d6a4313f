"""Nobody changes the audit log without it showing, and no two lines follow the same one."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.exc import IntegrityError

from server.cli.main import main
from server.clock import now_us
from server.installation import open_installation
from server.privacy.auditing import check_log, exported, sign_head
from server.records import AuditSearch, Happened
from tests.server.house import House
from tests.server.privacy.uploads import record
from tests.server.storages import EMBEDDED

WRITERS, LINES = 4, 10


def unlock(house: House, storage: str, table: str = "audit_log") -> None:
    """What somebody does who owns the database."""
    if storage == EMBEDDED:
        for change in ("UPDATE", "DELETE"):
            house.change(f"DROP TRIGGER {table}_no_{change}")
    else:
        house.change(f"DROP TRIGGER {table}_no_change ON {table}")


def wrong(house: House, *heads: str) -> str | None:
    kept = [each.encode() for each in heads]
    return check_log(house.own, 1, house.installation.keys, kept).wrong


def fill(house: House, count: int = 5) -> None:
    for number in range(count):
        house.own.audit("operator", "filled", str(number))


def test_many_writers_on_many_nodes_do_not_fork_the_chain(house: House) -> None:
    nodes = [house.installation.store, open_installation(house.path).store]
    before = house.rows("audit_log")

    def write(writer: int) -> None:
        own = nodes[writer % 2].of(1)
        for line in range(LINES):
            own.audit(f"writer:{writer}", "wrote", str(line))

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    nodes[1].close()
    found = check_log(house.own, 1, house.installation.keys)
    assert found.wrong is None
    assert found.lines == before + WRITERS * LINES


def test_a_line_that_was_changed_or_taken_out_shows(house: House, storage: str) -> None:
    fill(house)
    lines = house.rows("audit_log")
    assert wrong(house) is None
    for change in ("UPDATE audit_log SET subject = 'x'", "DELETE FROM audit_log"):
        with pytest.raises(IntegrityError, match="append-only"):
            house.change(change)
    unlock(house, storage)
    house.change("UPDATE audit_log SET subject = 'x' WHERE subject = '2'")
    assert wrong(house) == f"line {lines - 3} of the audit log was changed"
    house.change("DELETE FROM audit_log WHERE subject = 'x'")
    assert wrong(house) == f"line {lines - 3} of the audit log is missing"


def test_a_tail_that_was_cut_or_written_anew_contradicts_the_signed_head(
    house: House, storage: str
) -> None:
    store, key = house.installation.store, house.installation.keys.signing
    fill(house)
    head = sign_head(store, 1, key, now_us())
    assert head is not None
    assert sign_head(store, 1, key, now_us()) is None, "nothing new"
    kept = exported(house.own.audit_heads(1)[0])
    (told,) = (a for a in house.own.announcements(0, 99) if a.kind is Happened.AUDIT_SEALED)
    assert told.subject == f"{head.sequence}-{head.digest}"
    assert wrong(house, kept) is None
    unlock(house, storage)
    house.change("DELETE FROM audit_log WHERE subject = '4'")
    assert wrong(house) == f"the audit log ends before line {head.sequence}, which was signed"
    house.own.audit("operator", "filled", "another")
    assert wrong(house) == f"line {head.sequence} of the audit log is not the one that was signed"
    unlock(house, storage, "audit_heads")
    house.change("DELETE FROM audit_heads")
    assert wrong(house) is None, "whoever owns the database can do all of it"
    assert wrong(house, kept) is not None, "but not what was kept elsewhere"


def test_heads_that_were_not_signed_here_are_refused(house: House) -> None:
    fill(house)
    sign_head(house.installation.store, 1, house.installation.keys.signing, now_us())
    head = json.loads(exported(house.own.audit_heads(1)[0]))
    forged = {**head, "document": head["document"].replace('"sequence":', '"sequence":1')}
    assert "does not hold" in str(wrong(house, json.dumps(forged)))
    strange = {**head, "document": head["document"].replace('"key":"', '"key":"zz')}
    assert "does not hold" in str(wrong(house, json.dumps(strange)))
    for unreadable in ("[]", "{", '{"document": 1, "signature": ""}', "{}"):
        assert "does not read" in str(wrong(house, unreadable))


def test_lines_of_an_older_version_are_covered_by_the_next_one(house: House, storage: str) -> None:
    columns = "organisation, at_us, actor, action, subject"
    old = f"INSERT INTO audit_log ({columns}) VALUES (1, 5, :a, 'b', 'c')"  # noqa: S608
    for actor in ("x", "y"):
        house.change(old, a=actor)
    fill(house, 2)
    house.change(old, a="z")
    fill(house, 1)
    found = check_log(house.own, 1, house.installation.keys)
    assert (found.wrong, found.before_the_chain) == (None, 3)
    unlock(house, storage)
    house.change("UPDATE audit_log SET actor = 'nobody' WHERE actor = 'z'")
    assert "was changed" in str(wrong(house))


def test_whom_a_line_concerns_is_found_by_the_ids_in_it(house: House) -> None:
    own, session = house.own, record(house, house.trainer)
    ids = (session.id.hex(), session.person.hex(), session.device.hex())
    for named in (*ids, f"7/{ids[1]}", f"{ids[0]}/{'0' * 64}"):
        own.audit("operator", "named", named)
    for named in ("", "name", "0" * 32, f"{ids[1]}00"):
        own.audit("operator", "unnamed", named)
    search = AuditSearch(about=house.trainer.id)
    found = [line for line in own.audit_search(search, None, 99) if line.action == "named"]
    assert len(found) == 5
    assert not [line for line in own.audit_search(search, None, 99) if line.action == "unnamed"]
    by_subject = own.audit_search(AuditSearch(subject=ids[0]), None, 99)
    assert [line.subject for line in by_subject] == [f"{ids[0]}/{'0' * 64}", ids[0]]
    assert own.audit_search(AuditSearch(actor="operator"), by_subject[-1].row, 1)
    assert not own.audit_search(AuditSearch(actor="nobody"), None, 1)


def test_commands_verify_sign_and_search(house: House, storage: str, tmp_path: Path) -> None:
    def run(*words: str, fails: int = 0) -> str:
        done = CliRunner().invoke(main, ["audit", *words, "--data", str(house.path)])
        assert done.exit_code == fails, done.output
        return done.output

    record(house, house.trainer)
    house.own.audit("operator", "seen", house.trainer.id.hex(), lasted_ms=1500)
    kept = tmp_path / "kept.jsonl"
    kept.write_text(run("head") + run("head"))
    assert "signed heads" in run("verify", "--heads", str(kept))
    assert "for 1.5 s" in run("search", "--about", house.trainer.name)
    assert "nobody of that name" in run("search", "--about", "Nobody", fails=1)
    unlock(house, storage)
    house.change("UPDATE audit_log SET lasted_ms = 1 WHERE action = 'seen'")
    found = json.loads(run("verify", "--json", fails=1))
    assert "was changed" in found["wrong"]
