"""A purge that proves itself, and holds that stop it."""

import json
import os
from collections.abc import Iterable

import msgspec
import pytest
from click.testing import CliRunner

from server.cli.main import main
from server.clock import now_us
from server.errors import StorageAway
from server.installation import open_installation
from server.operation.examination import examine
from server.operation.upkeep_lock import upkeep
from server.privacy.daily import Daily
from server.privacy.holding import LegalHolds
from server.privacy.purge_records import PurgeRecord, check_records, newest_record
from server.privacy.purging import Purge
from server.privacy.strays import remove_strays
from server.records import EventKind, ReviewEvent
from server.reviews.moving import move
from tests.server.holding import review_of
from tests.server.house import House
from tests.server.privacy.uploads import NOTE, PICTURE, names, record, upload, upload_plain
from tests.server.storages import ON_SQLITE

DAY_US = 86_400_000_000
HOUR_US = 3_600_000_000


def purge(house: House, at_us: int | None = None) -> PurgeRecord:
    installation = house.installation
    objects, keys = installation.objects, installation.keys
    at_us = at_us or now_us()
    Purge(installation.store, objects, keys, at_us, lambda *_: None, dry_run=False).run()
    found = newest_record(house.own)
    assert found is not None
    assert found.at_us == at_us
    return found


def check(house: House) -> str | None:
    objects, keys = house.installation.objects.stored, house.installation.keys
    return check_records(house.own, 1, objects, keys)[1]


def daily(house: House) -> Daily:
    installation = open_installation(house.path)
    return Daily(house.path, installation.store, installation.objects, installation.keys)


def test_a_purge_signs_what_it_did_and_that_it_is_gone(house: House) -> None:
    session = record(house, house.trainer)
    stored = upload(house, session)
    upload(house, session, NOTE, "text/plain")
    upload_plain(house, record(house, house.other))
    found = purge(house)
    assert dict(found.removed) == {"screenshots": 2, "texts": 1}
    assert {kind: list(days) for kind, days in found.days.items()} == {
        "screenshots": [30],
        "texts": [365],
    }
    assert (found.names_count, found.left, found.held_sessions) == (3, [], 0)
    assert names(house) == set()
    assert house.rows("objects") == 0
    assert check(house) is None
    assert dict(purge(house).removed) == {}, "a record of each run, also of one without work"
    assert stored.name is not None
    house.installation.objects.stored.put(1, stored.name, b"back")
    assert f"object {stored.name.hex()} is there again" in str(check(house))


@ON_SQLITE
def test_records_that_say_something_else_are_found(house: House) -> None:
    upload(house, record(house, house.trainer))
    purge(house)
    for change in ("UPDATE purge_records SET at_us = 1", "DELETE FROM purge_records"):
        with pytest.raises(Exception, match="append-only"):
            house.change(change)
    house.change("DROP TRIGGER purge_records_no_UPDATE")
    signed = house.own.purge_records(1)[0]
    said = msgspec.json.decode(signed.document, type=PurgeRecord)
    changed = msgspec.json.encode(msgspec.structs.replace(said, removed={"screenshots": 9}))
    house.change("UPDATE purge_records SET document = :d", d=changed)
    assert "its signature does not hold" in str(check(house))
    house.change("UPDATE purge_records SET document = :d", d=b"{")
    assert "does not read" in str(check(house))


@ON_SQLITE
def test_what_stays_although_it_was_deleted_is_in_the_record(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(_organisation: int, digests: Iterable[bytes]) -> None:
        list(digests)

    stored = upload(house, record(house, house.trainer))
    monkeypatch.setattr(house.installation.objects.stored, "delete", nothing)
    found = purge(house)
    assert "a purge left bytes at" in " ".join(examine(house.installation))
    assert stored.name is not None
    assert list(found.left) == [f"bytes at {stored.name.hex()}"]
    assert "found left" in str(check(house))


def test_a_legal_hold_suspends_the_purge_until_it_ends(house: House) -> None:
    holds, now = LegalHolds(house.own, "operator"), now_us()
    sessions = [record(house, house.trainer), record(house, house.trainer, 2)]
    sessions.append(record(house, house.other))
    for session in sessions:
        upload(house, session)
    on_person = holds.place(now, person=house.trainer.name, reason="Case 1")
    found = purge(house)
    assert (dict(found.removed), found.held_sessions) == ({"screenshots": 1}, 2)
    holds.lift(on_person, now_us())
    holds.place(now, session=sessions[0].id.hex(), reason="Case 2", until_us=now + 2 * DAY_US)
    found = purge(house)
    assert (dict(found.removed), found.held_sessions) == ({"screenshots": 1}, 1)
    on_project = holds.place(now, project="Demo", reason="Case 3", not_told_because="§ 1")
    assert purge(house, now + 3 * DAY_US).held_sessions == 1
    assert [hold.reason for hold in holds.on(house.trainer.id, now)] == ["Case 3", "Case 2"]
    holds.lift(on_project, now)
    assert dict(purge(house, now + 3 * DAY_US + 1).removed) == {"screenshots": 1}
    assert holds.on(house.trainer.id, now + 3 * DAY_US) == []


@ON_SQLITE
def test_holds_are_commands_that_say_what_is_wrong(house: House) -> None:
    def run(*words: str, fails: int = 0) -> str:
        command = ["legal-hold", *words, "--data", str(house.path)]
        done = CliRunner().invoke(main, command)
        assert done.exit_code == fails, done.output
        return done.output

    session = record(house, house.trainer)
    run("place", "--session", session.id.hex(), "--reason", "Case 7", "--until", "2099-01-31")
    run("place", "--person", house.other.name, "--reason", "Case 8")
    run("place", "--project", "Demo", "--reason", "Case 9", "--not-told-because", "a court order")
    for words in (
        ("--reason", "none named"),
        ("--person", "Nobody", "--reason", "x"),
        ("--project", "Nothing", "--reason", "x"),
        ("--session", "zz", "--reason", "x"),
        ("--session", "00" * 16, "--reason", "x"),
        ("--person", house.other.name, "--project", "Demo", "--reason", "two"),
        ("--person", house.other.name, "--reason", " "),
        ("--person", house.other.name, "--reason", "x", "--until", "2001-01-01"),
    ):
        run("place", *words, fails=1)
    listed = json.loads(run("list", "--json"))["holds"]
    assert [each["about"] for each in listed] == [
        "the project Demo",
        f"the person {house.other.name}",
        f"the session {session.id.hex()}",
    ]
    assert "Case 9" in run("list")
    run("lift", str(listed[0]["hold"]))
    run("lift", str(listed[0]["hold"]), fails=1)
    run("lift", "999", fails=1)
    assert [each["in_force"] for each in json.loads(run("list", "--json"))["holds"]] == [
        False,
        True,
        True,
    ]
    with house.database.reading.connect() as connection:
        query = "SELECT count(*) FROM audit_log WHERE action LIKE 'legal-hold.%'"
        assert connection.exec_driver_sql(query).scalar_one() == 4


def test_bytes_that_no_row_names_go_after_a_day(house: House) -> None:
    stored, store = house.installation.objects.stored, house.installation.store
    kept = [upload(house, record(house, house.trainer))]
    kept.append(upload_plain(house, record(house, house.other)))
    stored.put(1, b"s" * 32, b"left by a crash")
    assert remove_strays(store, stored, 1, now_us()) == 0, "it may be an upload on its way"
    assert remove_strays(store, stored, 1, now_us() + 2 * DAY_US) == 1
    assert names(house) == {each.name or each.digest for each in kept}


@ON_SQLITE
def test_what_is_put_again_is_no_stray(house: House) -> None:
    stored = house.installation.objects.stored
    stored.put(1, b"s" * 32, PICTURE)
    path = house.path / "objects" / "1" / (b"s" * 32).hex()[:2] / (b"s" * 32).hex()
    os.utime(path, (1, 1))
    assert list(stored.digests(1, now_us() - DAY_US)) == [b"s" * 32]
    stored.put(1, b"s" * 32, PICTURE)
    assert list(stored.digests(1, now_us() - DAY_US)) == []


def test_each_day_is_done_once_by_whichever_node_comes_first(house: House) -> None:
    upload_plain(house, record(house, house.trainer))
    first, second = daily(house), daily(house)
    now = (now_us() // DAY_US + 1) * DAY_US
    assert [node.do_next(now) for node in (first, second) * 2] == [True] * 4
    assert not first.do_next(now)
    assert (house.rows("purge_records"), house.rows("audit_heads")) == (1, 1)
    assert names(house) == set(), "sealed, and then purged"
    with upkeep(house.path):
        assert not second.do_next(now + DAY_US), "a backup is waited for"
    assert second.do_next(now + DAY_US)
    assert first.do_next(now + DAY_US)
    assert second.do_next(now + DAY_US)
    assert house.rows("purge_records") == 2


@ON_SQLITE
def test_a_day_whose_node_died_is_done_by_another(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise StorageAway("away")

    now = (now_us() // DAY_US + 1) * DAY_US
    node = daily(house)
    with monkeypatch.context() as patch:
        patch.setattr("server.privacy.rotation.Rotation.seal_the_unsealed", failing)
        with pytest.raises(StorageAway):
            node.do_next(now)
    other = daily(house)
    assert [other.do_next(now) for _ in range(4)] == [True] * 3 + [False], "one is still claimed"
    assert other.do_next(now + HOUR_US + 1)
    assert not other.do_next(now + HOUR_US + 1)


def test_a_session_under_review_is_kept(house: House) -> None:
    upload(house, record(house, house.trainer))
    review = review_of(house.own, 1)
    assert dict(purge(house).removed) == {}
    move(house.own, review, ReviewEvent(EventKind.CLOSED, now_us()))
    assert dict(purge(house).removed) == {"screenshots": 1}
