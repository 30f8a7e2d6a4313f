"""What is kept no longer is gone: from the lists, from the store, from the files."""

import json
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from server.cli.main import main
from server.clock import now_us
from server.operation.key_files import Kind, rotate
from server.operation.supervisor import Supervisor
from tests.server.device import Chain, screenshot
from tests.server.house import PASSWORD, House

DAY_US = 86_400_000_000
PICTURE = b"RIFF\x00\x00\x00\x00WEBP" + b"a picture of a desk" * 50
NOTE = b"a note that nobody but two may read"


def purge(house: House, *words: str) -> Mapping[str, int]:
    result = CliRunner().invoke(main, ["purge", "--json", "--data", str(house.path), *words])
    assert result.exit_code == 0, result.output
    found: dict[str, int] = json.loads(result.stdout)["removed"]
    return found


def verified(house: House, chain: Chain) -> tuple[int, bool]:
    """The status of `session verify`, and whether it says that all was purged."""
    words = ["session", "verify", chain.session.hex(), "--json", "--data", str(house.path)]
    result = CliRunner().invoke(main, words)
    purged: bool = json.loads(result.stdout)["purged"]
    return result.exit_code, purged


def age(house: House, days: float) -> None:
    """As if everything had happened so many days earlier."""
    by_us = int(days * DAY_US)
    house.change("UPDATE assessments SET created_us = created_us - :by", by=by_us)
    house.change("UPDATE heads SET received_us = received_us - :by", by=by_us)


@pytest.fixture
def decided(house: House, chain: Chain) -> Chain:
    """A session with a picture and a note, over and assessed."""
    chain.send([screenshot(1_000, PICTURE)])
    for data in (PICTURE, NOTE):
        assert chain.device.put(chain.session, data).status_code == 201
    chain.send(final=True)
    supervisor = Supervisor("server.scoring.worker", house.path, "purge-0")
    supervisor.start()
    end_s = time.monotonic() + 90
    while house.rows("compacted") == 0:
        assert time.monotonic() < end_s, "the session was not scored and compacted"
        time.sleep(0.05)
    supervisor.stop()
    return chain


def stored(house: House) -> list[bytes]:
    return list(house.installation.objects.stored.digests(1))


def test_each_kind_goes_at_its_time_and_hours_stay(
    house: House, decided: Chain, client: httpx.Client
) -> None:
    age(house, 29)
    assert purge(house) == {}
    age(house, 2)
    due = {"class_sequences": 1, "screenshots": 1}
    assert purge(house, "--dry-run") == due
    assert len(stored(house)) == 4
    assert purge(house) == due
    assert (house.rows("objects"), len(stored(house))) == (1, 2)
    age(house, 335)
    assert purge(house) == {"batches": 2, "texts": 1}
    assert purge(house) == {}
    assert stored(house) == []
    for table in ("objects", "batches", "compacted", "scoring_states"):
        assert house.rows(table) == 0
    assert house.rows("facts") == house.rows("assessments") == house.rows("sessions") == 1
    with house.database.reading.connect() as connection:
        lines = connection.exec_driver_sql(
            "SELECT actor, subject FROM audit_log WHERE action = 'purged' ORDER BY row"
        ).all()
    assert [tuple(line) for line in lines] == [
        ("operator", "class_sequences=1 screenshots=1"),
        ("operator", "batches=2 texts=1"),
    ]
    token = client.get("/login").text.split('name="csrf" value="')[1].split('"')[0]
    form = {"login": "admin", "password": PASSWORD, "csrf": token}
    assert client.post("/login", data=form).status_code == 303
    assert client.get(f"/sessions/{decided.session.hex()}").status_code == 200


def test_a_picture_that_another_session_names_stays(house: House, decided: Chain) -> None:
    again = decided.device.clock_in()
    again.send([screenshot(1_000, PICTURE)])
    assert decided.device.put(again.session, PICTURE).status_code == 201
    age(house, 31)
    assert purge(house) == {"class_sequences": 1, "screenshots": 1}
    assert len(stored(house)) == 3
    assert house.rows("objects") == 2


def test_open_sessions_keep_everything_until_nothing_of_them_can_come(
    house: House, chain: Chain
) -> None:
    chain.send([screenshot(1_000, PICTURE)])
    chain.device.put(chain.session, PICTURE)
    age(house, 60)
    assert purge(house) == {}
    age(house, 10)
    assert purge(house) == {"class_sequences": 1, "screenshots": 1}
    assert (house.rows("batches"), house.rows("compacted")) == (0, 1)


def test_rows_are_gone_and_overwritten_in_the_sqlite_file(house: House, chain: Chain) -> None:
    sealed = chain.seal()
    chain.accept(sealed, chain.device.post(sealed.sealed))
    age(house, 500)
    assert verified(house, chain) == (0, False)
    assert purge(house) == {"batches": 1}
    assert house.rows("batches") == 0
    assert verified(house, chain) == (1, False), "gone before its time"
    house.change("UPDATE sessions SET opened_us = opened_us - :by", by=500 * DAY_US)
    assert verified(house, chain) == (0, True), "gone at its time"
    chain.device.online.close()
    files = b"".join(path.read_bytes() for path in house.path.glob("veritype.db*"))
    assert sealed.sealed[-64:] not in files


def test_expired_codes_links_and_attempts_go(house: House) -> None:
    house.administration.pair(house.trainer.name)
    assert purge(house) == {}
    house.change("UPDATE pairing_codes SET expires_us = expires_us - :by", by=8 * DAY_US)
    assert purge(house, "--dry-run") == {"pairing_codes": 1}
    assert purge(house) == {"pairing_codes": 1}
    assert house.rows("pairing_codes") == 0


def test_replaced_secrets_are_destroyed(house: House) -> None:
    keys: Path = house.path / "keys"
    long_ago_us = now_us() - 9 * DAY_US
    rotate(keys, Kind.COOKIE, long_ago_us, long_ago_us)
    rotate(keys, Kind.SIGNING, long_ago_us, long_ago_us)
    assert purge(house, "--dry-run") == {"secrets": 2}
    assert (keys / "signing.key").exists()
    assert purge(house) == {"secrets": 2}
    assert not (keys / "signing.key").exists()
    assert not (keys / "cookie.key").exists()
