"""`doctor` finds what is wrong, and says what to do."""

import resource
import shutil
import time
from types import SimpleNamespace

import pytest

from server.clock import now_us
from server.notices.telling import Telling
from server.operation.examination import examine
from tests.server.device import Chain
from tests.server.house import House
from tests.server.webhooks.happening import happen


def found(house: House) -> str:
    return "\n".join(examine(house.installation))


def broken(*_: object) -> object:
    raise RuntimeError("secret text of an error")


def test_nothing_is_wrong_with_a_good_house(house: House) -> None:
    assert found(house) == ""


def test_what_the_machine_lacks_is_named(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=5_000_000))
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, 1_024))
    monkeypatch.setattr(time, "time", lambda: 0.0)
    monkeypatch.setattr("server.scoring.assessor.DetectorAssessor", broken)
    said = found(house)
    assert "only 5 MB are free" in said
    assert "only 1024 files may be open" in said
    assert "the clock was never set" in said
    assert "model does not load (RuntimeError)" in said
    assert "secret text" not in said


def test_folders_that_others_can_read_are_named(house: House) -> None:
    (house.path / "keys").chmod(0o755)
    assert "keys can be read by others" in found(house)


def test_sessions_that_wait_for_long_are_named(house: House, chain: Chain) -> None:
    chain.send(final=True)
    assert found(house) == ""
    house.change("UPDATE scoring_jobs SET due_us = due_us - :by", by=700_000_000)
    assert "1 sessions wait for a score" in found(house)


def test_that_nobody_does_errands_is_named(house: House) -> None:
    happen(house, at_us=now_us())
    assert found(house) == ""
    house.change("UPDATE announcements SET at_us = at_us - :by", by=700_000_000)
    assert "nobody does errands" in found(house)
    assert Telling(house.installation.store, by_mail=False).do_next(now_us())
    assert found(house) == ""


def test_a_database_that_takes_nothing_is_named(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(house.installation.store), "check_writable", broken)
    assert "cannot be written (RuntimeError)" in found(house)


def test_a_schema_that_is_too_old_is_named(house: House) -> None:
    house.change("DELETE FROM alembic_version")
    assert "run 'veritype-server migrate'" in found(house)
