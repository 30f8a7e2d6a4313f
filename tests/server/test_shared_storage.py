"""PostgreSQL and S3 as they fail: killed, away, racing, refused; and two nodes at once."""

import asyncio
import hashlib
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from click.testing import CliRunner

from server.cli.main import main
from server.errors import DataFolderUnusable, PictureMissing, Refusal, StorageAway
from server.installation import open_installation
from server.operation.settings import load_settings
from server.records import Append, NewDevice, NewSession
from server.storage.log_seal import LogSeal
from server.storage.objects.s3 import S3Address, S3Objects
from server.storage.postgres.store import PostgresStore
from server.storage.protocols import BatchWriter
from tests.server.device import Chain, Device
from tests.server.house import House, browsing, serving
from tests.server.kinds import NewDevice as Enrolling
from tests.server.kinds import ProblemOf
from tests.server.postgres import Cluster
from tests.server.storages import ON_POSTGRES, Services
from wire.chain import ChainHead, follow
from wire.messages import Enrolment
from wire.problems import ProblemCode
from wire.signing import SigningKey

UNTIL_S = 60
pytestmark = ON_POSTGRES


@pytest.fixture
def appends(house: House) -> list[Append]:
    """First batches of twenty sessions."""
    house.own.add_pairing_code(bytes(32), house.trainer.id, 2)
    new = NewDevice(bytes(16), bytes(32), bytes(32), "p", "0.1.0")
    assert house.installation.store.enrol(bytes(32), new, 1) is not None
    project = house.own.projects()[0].id
    device = Device(None, SigningKey.generate(), Enrolment(bytes(16), "t", "n", bytes(32)))
    envelope, found = Chain(device, bytes(16), bytes(16)).seal(), list[Append]()
    for number in range(20):
        name = hashlib.sha256(bytes([number])).digest()[:16]
        session = NewSession(name, house.trainer.id, bytes(16), project, 1, "0.1.0", 1)
        entry = house.own.add_session(session)
        assert entry is not None
        found.append(Append(entry, ChainHead(), follow(ChainHead(), envelope), envelope, 5))
    return found


@pytest.fixture
def postgres(services: Services) -> Iterator[Cluster]:
    """For tests that kill it: the next one finds it running."""
    yield services.postgres
    if not services.postgres.runs:
        services.postgres.start()


@pytest.fixture
def writer(house: House) -> Iterator[BatchWriter]:
    made = house.installation.store.writer(1_000)
    yield made
    made.close()


def test_killed_database_refuses_with_a_time_to_come_back_and_is_found_again(
    house: House, postgres: Cluster, appends: list[Append], writer: BatchWriter
) -> None:
    assert asyncio.run(writer.append(appends[0]))
    postgres.kill()
    with pytest.raises(Refusal) as refused:
        asyncio.run(writer.append(appends[1]))
    assert (refused.value.problem.status, refused.value.retry_after_s) == (503, 5)
    with pytest.raises(StorageAway):
        house.own.people()
    assert house.installation.store.check() != []
    postgres.start()
    assert [person.name for person in house.own.people()] != []
    assert asyncio.run(until_stored(writer, appends[1]))
    assert house.rows("batches") == 2
    assert house.own.head(appends[0].session.row).sequence == 0


def test_killed_under_load_loses_nothing_acknowledged_and_keeps_nothing_by_half(
    house: House, postgres: Cluster, appends: list[Append], writer: BatchWriter
) -> None:
    acknowledged = dict[int, int]()

    async def post(first: Append) -> None:
        append = first
        for number in range(200):
            try:
                if not await writer.append(append):
                    return
            except Refusal:
                return
            acknowledged[append.session.row] = number
            head = append.after
            after = replace(head, sequence=number + 1, digest=number.to_bytes(32, "big"))
            append = replace(append, before=head, after=after)

    async def run() -> None:
        posting = [asyncio.create_task(post(append)) for append in appends]
        while sum(acknowledged.values()) < 100:
            await asyncio.sleep(0.005)
        await asyncio.to_thread(postgres.kill)
        await asyncio.gather(*posting)

    asyncio.run(run())
    postgres.start()
    for append in appends:
        row = append.session.row
        stored = [batch.sequence for batch in house.own.batches(row)]
        assert stored == list(range(len(stored)))
        assert house.own.head(row).sequence == len(stored) - 1
        assert len(stored) - 1 in (acknowledged.get(row, -1), acknowledged.get(row, -1) + 1)


async def until_stored(writer: BatchWriter, append: Append) -> bool:
    """As an agent does: again, as long as it is told to come back."""
    until = time.monotonic() + UNTIL_S
    while True:
        try:
            return await writer.append(append)
        except Refusal:
            assert time.monotonic() < until


def test_two_nodes_that_race_for_many_sessions_share_them_out(
    house: House, appends: list[Append]
) -> None:
    """In opposite orders, which must not have them wait for each other."""
    node = open_installation(house.path).store
    writers = [house.installation.store.writer(1_000), node.writer(1_000)]

    def race(writer: BatchWriter, order: list[Append]) -> list[bool]:
        async def run() -> list[bool]:
            return list(await asyncio.gather(*(writer.append(append) for append in order)))

        return asyncio.run(run())

    with ThreadPoolExecutor(2) as pool:
        forth, back = pool.map(race, writers, [appends, appends[::-1]])
    for writer in writers:
        writer.close()
    node.close()
    assert [a + b for a, b in zip(forth, back[::-1], strict=True)] == [1] * len(appends)
    assert house.rows("batches") == len(appends)


def test_a_batch_the_database_does_not_take_holds_up_no_others(
    house: House, appends: list[Append], writer: BatchWriter
) -> None:
    last, *others = appends
    house.change("ALTER TABLE batches ADD CHECK (sequence < 1000)")
    house.change("UPDATE heads SET sequence = 999 WHERE session = :row", row=last.session.row)
    head = replace(last.before, sequence=999)
    bad = replace(last, before=head, after=replace(last.after, sequence=1000))

    async def run() -> list[bool]:
        return list(await asyncio.gather(*(writer.append(each) for each in [*others, bad])))

    assert asyncio.run(run()) == [True] * len(others) + [False]
    assert house.own.head(last.session.row).sequence == 999


def test_many_workers_take_each_job_once(house: House, appends: list[Append]) -> None:
    writer = house.installation.store.writer(1_000)
    for append in appends:
        closing = replace(append, after=replace(append.after, closed=True))
        assert asyncio.run(writer.append(closing))
    writer.close()

    def work(name: str) -> list[int]:
        store, found = open_installation(house.path).store, list[int]()
        while (job := store.claim(name, 1 << 50)) is not None:
            found.append(job.session_row)
        store.close()
        return found

    with ThreadPoolExecutor(8) as pool:
        taken = [row for rows in pool.map(work, map(str, range(8))) for row in rows]
    assert sorted(taken) == sorted(append.session.row for append in appends)


@pytest.mark.usefixtures("storage")
def test_nodes_that_start_at_once_migrate_once(services: Services) -> None:
    services.postgres.execute("CREATE DATABASE empty")
    stores = [PostgresStore(services.postgres.address("empty"), LogSeal(None)) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        steps = list(pool.map(PostgresStore.migrate, stores))
    assert sorted(map(bool, steps)) == [False, False, False, True]
    assert stores[0].check() == []
    for store in stores:
        store.close()
    services.postgres.drop("empty")


def test_why_a_database_cannot_be_used_is_said_without_its_password(
    house: House, services: Services
) -> None:
    secret = "hunter2hunter2"
    services.postgres.execute(f"CREATE ROLE with_password LOGIN PASSWORD '{secret}x'")
    right = services.postgres.address("postgres")
    cases = {
        right.replace("postgres@", f"with_password:{secret}@"): "refuses the password",
        right.replace("/postgres?", "/nowhere?"): "no database of that name",
        right.replace("postgres@", f"nobody:{secret}@"): "does not let this user in",
        f"postgresql://a:{secret}@127.0.0.1:1/b": "cannot be reached",
    }
    for address, said in cases.items():
        with pytest.raises(DataFolderUnusable, match=said) as refused:
            PostgresStore(address, LogSeal(None)).migrate()
        assert secret not in f"{refused.value!r} {PostgresStore(address, LogSeal(None)).check()}"
    house.change("INSERT INTO schema_steps VALUES ('9999', 'contract')")
    house.change("INSERT INTO alembic_version VALUES ('9999')")
    init = CliRunner().invoke(main, ["init", "--data", str(house.path)])
    assert (init.exit_code, "newer version" in init.output) == (1, True)


def test_settings_show_no_secret(house: House) -> None:
    settings = load_settings(house.path)
    assert settings.objects_secret == "secret"
    assert "secret" not in f"{settings!r}"
    assert settings.database not in f"{settings!r}"
    assert "hush" not in repr(S3Address("s3://b", secret="hush"))


def test_objects_are_repaired_listed_and_deleted(house: House, services: Services) -> None:
    objects = house.installation.objects.stored
    digests = [hashlib.sha256(bytes([number])).digest() for number in range(3)]
    for digest in digests:
        objects.put(1, digest, b"cut")
        objects.put(1, digest, b"cut short no more")
        assert objects.get(1, digest) == b"cut short no more"
    objects.put(12, digests[0], b"another's")
    assert sorted(objects.digests(1)) == sorted(digests)
    objects.delete(1, [*digests[:2], bytes(32)])
    assert list(objects.digests(1)) == digests[2:]
    assert objects.get(12, digests[0]) == b"another's"
    with pytest.raises(PictureMissing):
        objects.get(1, digests[0])
    assert objects.check() == []
    elsewhere = S3Objects(
        S3Address("s3://no-such-bucket", services.s3.endpoint, "us-east-1", "k", "s")
    )
    assert elsewhere.check() == ["objects: there is no such bucket"]


def test_object_store_that_is_away_is_a_time_to_come_back(
    house: House, chain: Chain, new_device: Enrolling, problem: ProblemOf
) -> None:
    settings = house.path / "server.toml"
    endpoint = load_settings(house.path).objects_endpoint
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        away = f"http://127.0.0.1:{nobody_listens.getsockname()[1]}"
        settings.write_text(settings.read_text().replace(endpoint, away))
        with serving(house.path) as address, browsing(address) as client:
            chain.device.client = client
            answer = chain.device.put(chain.session, b"note")
            assert problem(answer).type.endswith(ProblemCode.OVERLOADED)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
            chain.send()
        assert open_installation(house.path).objects.stored.check() != []
    assert house.rows("objects") == 0
