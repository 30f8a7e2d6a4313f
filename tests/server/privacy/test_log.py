"""Batches lie sealed in the log, each in its place, and what is not is found and told."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from server.cli.main import main
from server.clock import now_us
from server.errors import KeyUnusable, LogDamaged
from server.installation import open_installation
from server.operation.key_files import Kind, rotate
from server.privacy.daily import Daily
from server.records.scoring import DueState
from server.storage import tables
from server.storage.log_seal import MARK, PREFIX_BYTES, LogPlace, LogSeal
from tests.server.device import Chain
from tests.server.house import House
from tests.server.kinds import NewDevice, Typing
from tests.server.privacy.test_rotation import keys
from wire.batch import MAGIC, open_envelope

DAY_US = 86_400_000_000


def stored(house: House) -> list[tuple[int, bytes]]:
    """What the database holds of all batches."""
    batch = tables.batches.c
    with house.database.reading.connect() as connection:
        found = connection.execute(select(batch.row, batch.sealed).order_by(batch.row))
        return [(row, bytes(sealed)) for row, sealed in found]


def put(house: House, row: int, sealed: bytes) -> None:
    house.change("UPDATE batches SET sealed = :sealed WHERE row = :row", sealed=sealed, row=row)


def as_an_older_version_left_it(house: House) -> None:
    """All batches as their devices sealed them, and nothing known of the log."""
    for batch in house.own.batches(1):
        put(house, batch.row, batch.sealed)
    house.change("UPDATE organisations SET log_quiet_us = NULL")


def with_a_new_vault_key(house: House) -> None:
    rotate(house.path / "keys", Kind.VAULT, 1, now_us())
    house.installation.keys.refresh(house.path / "keys")


@pytest.fixture
def sent(chain: Chain, typing: Typing) -> Chain:
    """An open session with batches."""
    for number in range(3):
        chain.send(typing(number * 60, number * 60 + 60))
    return chain


def test_the_database_holds_nothing_of_a_batch(house: House, sent: Chain) -> None:
    rows = stored(house)
    plain = house.own.batches(1)
    assert len(rows) == len(plain) >= 3
    for (_, sealed), batch in zip(rows, plain, strict=True):
        assert sealed.startswith(MARK)
        assert MAGIC not in sealed
        assert batch.sealed.startswith(MAGIC)
        assert all(
            batch.sealed[at : at + 16] not in sealed for at in range(0, len(batch.sealed), 16)
        )
        assert open_envelope(batch.sealed).digest == batch.digest
    if (house.path / "veritype.db").exists():
        log = (house.path / "veritype.db-wal").read_bytes()
        assert plain[-1].sealed[:64] not in log + (house.path / "veritype.db").read_bytes()


def test_the_same_batch_is_never_sealed_the_same_way_twice(house: House) -> None:
    seal, place = LogSeal(house.installation.keys), LogPlace(1, bytes(16), 0, bytes(32))
    one, two = seal.seal(place, b"batch"), seal.seal(place, b"batch")
    assert one[:PREFIX_BYTES] == two[:PREFIX_BYTES] == seal.prefix
    assert one[PREFIX_BYTES:] != two[PREFIX_BYTES:]
    assert seal.open(place, one) == seal.open(place, two) == b"batch"
    for other in (
        place._replace(organisation=2),
        place._replace(session=bytes(15) + b"\1"),
        place._replace(sequence=1),
        place._replace(digest=bytes(31) + b"\1"),
    ):
        with pytest.raises(LogDamaged):
            seal.open(other, one)
    with pytest.raises(LogDamaged):
        seal.open(place, one[:-1])
    with pytest.raises(LogDamaged):
        seal.open(place, one[:PREFIX_BYTES])


def test_swapped_rows_are_refused_and_named(house: House, sent: Chain) -> None:
    (_, _), (first, one), (second, two), *_ = stored(house)
    put(house, first, two)
    put(house, second, one)
    with pytest.raises(LogDamaged, match=f"batch 1 of session {sent.session.hex()}"):
        house.own.batches(1)
    done = CliRunner().invoke(
        main, ["session", "verify", sent.session.hex(), "--data", str(house.path)]
    )
    assert done.exit_code == 1
    assert "batch 1 of session" in done.output
    assert "Traceback" not in done.output


def test_a_damaged_session_is_looked_at_no_more_and_the_others_are(
    house: House, sent: Chain, new_device: NewDevice, caplog: pytest.LogCaptureFixture
) -> None:
    other = new_device().clock_in()
    other.send()
    rows = stored(house)
    put(house, rows[0][0], rows[1][1])
    entries = [house.own.session(each.session) for each in (sent, other)]
    due = [
        DueState(1, entry.row, entry.id, entry.project, 1, 0, 1, 0, 0, None)
        for entry in entries
        if entry
    ]
    assert {row for row, _ in house.own.new_batches(due, 10)} == {due[1].session_row}
    assert "cannot be read" in caplog.text


def test_without_its_key_nothing_opens_and_one_sentence_says_so(
    house: House, sent: Chain, tmp_path: Path
) -> None:
    (house.path / "keys" / "vault.key").write_bytes(bytes(32))
    installation = open_installation(house.path)
    with pytest.raises(KeyUnusable, match="lacks the vault key"):
        installation.store.of(1).batches(1)
    assert len(installation.store.of(1).in_log(1)) == len(stored(house))
    installation.store.close()
    done = CliRunner().invoke(
        main, ["session", "verify", sent.session.hex(), "--data", str(house.path)]
    )
    assert done.exit_code == 1
    assert "lacks the vault key" in done.output
    assert "Traceback" not in done.output


def test_a_store_without_keys_seals_and_opens_nothing() -> None:
    place = LogPlace(1, bytes(16), 0, bytes(32))
    with pytest.raises(KeyUnusable, match="without its keys"):
        LogSeal(None).seal(place, b"batch")
    with pytest.raises(KeyUnusable, match="lacks the vault key"):
        LogSeal(None).open(place, MARK + bytes(60))


def test_what_an_older_version_left_is_read_and_then_sealed(house: House, sent: Chain) -> None:
    before = house.own.batches(1)
    as_an_older_version_left_it(house)
    assert all(sealed.startswith(MAGIC) for _, sealed in stored(house))
    assert house.own.batches(1) == before
    sent.send()
    assert keys(house, "seal") == {"sealed": 0, "batches": len(before)}
    assert all(sealed.startswith(MARK) for _, sealed in stored(house))
    assert house.own.batches(1)[:-1] == before
    assert keys(house, "seal") == {"sealed": 0, "batches": 0}
    if (house.path / "veritype.db").exists():
        data = b"".join(path.read_bytes() for path in house.path.glob("veritype.db*"))
        assert before[-1].sealed[:64] not in data


def test_rows_that_are_not_sealed_are_read_until_two_days_had_none(
    house: House, sent: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_an_older_version_left_it(house)
    installation, own, batches = house.installation, house.own, len(stored(house))
    at_us = 100 * DAY_US
    monkeypatch.setattr("server.storage.sql.log.now_us", lambda: at_us)

    def daily() -> None:
        errand = Daily(house.path, installation.store, installation.objects, installation.keys)
        for _ in range(10):
            errand.do_next(at_us)

    daily()
    plain = own.batches(1)[1]
    assert all(sealed.startswith(MARK) for _, sealed in stored(house))
    at_us += DAY_US
    daily()
    put(house, plain.row, plain.sealed)
    at_us += DAY_US
    daily()
    assert stored(house)[1][1].startswith(MARK), "a node of the older version was still there"
    for _ in range(3):
        assert not own.log_is_sealed()
        at_us += DAY_US
        daily()
    assert own.log_is_sealed()
    assert len(own.batches(1)) == batches
    put(house, plain.row, plain.sealed)
    with pytest.raises(LogDamaged, match=r"batch 1 .* not sealed"):
        own.batches(1)
    at_us += DAY_US
    daily()
    assert keys(house, "seal") == {"sealed": 0, "batches": 0}
    assert stored(house)[1][1] == plain.sealed, "it is not made to look whole"


def test_a_new_installation_never_takes_a_row_that_is_not_sealed(house: House, sent: Chain) -> None:
    plain = house.own.batches(1)[0]
    put(house, plain.row, plain.sealed)
    with pytest.raises(LogDamaged, match=r"batch 0 .* not sealed"):
        house.own.batches(1)


def test_a_new_vault_key_leaves_batches_readable_and_seals_them_anew(
    house: House, sent: Chain
) -> None:
    before, lay = house.own.batches(1), stored(house)
    old = house.installation.keys.vault_secrets
    with_a_new_vault_key(house)
    assert len(house.installation.keys.vault_secrets) == len(old) + 1
    assert house.own.batches(1) == before
    assert keys(house, "rewrap")["batches"] == len(before)
    assert not {sealed for _, sealed in lay} & {sealed for _, sealed in stored(house)}
    (house.path / "keys" / "vault.key").unlink()
    house.installation.keys.refresh(house.path / "keys")
    assert house.own.batches(1) == before
    assert keys(house, "rewrap")["batches"] == 0


def test_a_damaged_batch_is_not_sealed_anew(house: House, sent: Chain) -> None:
    rows = stored(house)
    put(house, rows[0][0], rows[1][1])
    with_a_new_vault_key(house)
    assert keys(house, "rewrap")["batches"] == len(rows) - 1
    assert stored(house)[0][1] == rows[1][1]


def test_what_cannot_be_opened_is_deleted_all_the_same(house: House, sent: Chain) -> None:
    rows = stored(house)
    put(house, rows[0][0], rows[1][1])
    assert house.own.evidence_of(1) == len(rows)
    house.own.forget_evidence(1)
    assert stored(house) == []
