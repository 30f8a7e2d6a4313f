"""Who looked at which screenshot, when and for how long."""

from collections.abc import Iterator

import httpx
import pytest

from server.records import AuditLine, AuditSearch
from tests.server.browser import Browser, signed_in
from tests.server.house import PASSWORD, House
from tests.server.privacy.uploads import PICTURE
from tests.server.storages import ON_SQLITE
from wire.objects import object_digest

SECOND_US = 1_000_000
DIGEST = object_digest(PICTURE).hex()
HOUR_MS = 3_600_000


@pytest.fixture
def boss(scored: str, address: str) -> Iterator[Browser]:
    with Browser(address) as browser:
        yield signed_in(browser, "admin", PASSWORD)


def boss_of(house: House) -> bytes:
    return next(p.id for p in house.own.people() if p.name == "Administrator")


def looks(house: House, action: str) -> list[AuditLine]:
    lines = house.own.audit_search(AuditSearch(about=house.trainer.id), None, 99)
    return [line for line in lines if line.action == action]


def tell(browser: Browser, session: str, *looked: str) -> httpx.Response:
    return browser.submit(f"/sessions/{session}/looked", {"looked": looked}, "/account")


@ON_SQLITE
def test_a_look_is_noted_with_its_length_by_the_servers_clock(
    house: House, boss: Browser, scored: str
) -> None:
    picture = f"/sessions/{scored}/objects/{DIGEST}"
    assert tell(boss, scored, f"{DIGEST}:5").status_code == 204
    assert looks(house, "object.closed") == [], "nothing was looked at"
    assert boss.get(picture).content == PICTURE
    (opened,) = looks(house, "object.viewed")
    assert (opened.actor, opened.subject) == (
        f"person:{boss_of(house).hex()}",
        f"{scored}/{DIGEST}",
    )
    assert tell(boss, scored, f"{DIGEST}:{HOUR_MS}", f"{DIGEST}:1", "x:y", ":").status_code == 204
    assert boss.get(f"/sessions/{scored}/timeline.json").status_code == 200
    assert looks(house, "evidence.viewed")
    assert looks(house, "keys.viewed") == []
    assert boss.get(f"/sessions/{scored}/replay.bin").status_code == 200
    (replayed,) = looks(house, "keys.viewed")
    assert replayed.subject == scored
    (closed,) = looks(house, "object.closed")
    assert closed.lasted_ms is not None
    assert closed.lasted_ms <= (closed.at_us - opened.at_us) / 1_000 < HOUR_MS
    assert boss.get(picture).status_code == 200
    assert tell(boss, scored, f"{DIGEST}:0").status_code == 204
    assert [line.lasted_ms for line in looks(house, "object.closed")] == [0, closed.lasted_ms]
    assert boss.post(f"/sessions/{scored}/looked", data={"looked": "x:1"}).status_code == 403
    assert tell(boss, "0" * 32, f"{DIGEST}:1").status_code == 404
