"""An installation is founded once, whoever asks at the same moment."""

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.errors import NameTaken
from server.installation import make_data_folder, open_installation
from server.records import NewAdministrator
from server.services.administration import Administration
from server.storage.protocols import Store
from server.storage.sql.store import SqlStore
from tests.server.house import PASSWORD
from tests.server.storages import ON_POSTGRES, SHARED, Services

ADMIN = NewAdministrator("Administrator", "admin", "hash")


@pytest.fixture
def unfounded(storage: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A data folder in which nobody is."""
    path = tmp_path / "data"
    if storage == SHARED:
        services: Services = request.getfixturevalue("services")
        name = f"unfounded_{secrets.token_hex(8)}"
        services.postgres.execute("CREATE DATABASE {}", name)
        services.use(path, name)
    make_data_folder(path)
    yield path
    if storage == SHARED:
        services.postgres.drop(name)


def test_of_those_who_found_at_once_one_does_and_the_others_are_told(unfounded: Path) -> None:
    def found(name: str) -> str:
        installation = open_installation(unfounded)
        administration = Administration(installation.store, installation.settings)
        try:
            made = administration.found(name, PASSWORD)
        except NameTaken as error:
            return str(error)
        finally:
            installation.store.close()
        return "made" if made else "there"

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(found, ("One", "Another", "Third", "One")))
    refused = {each for each in said if each not in ("made", "there")}
    assert said.count("made") == 1
    assert all("at the same moment" in each for each in refused)
    assert_founded_once(unfounded)


@ON_POSTGRES
def test_who_comes_second_leaves_nothing(unfounded: Path) -> None:
    store = open_installation(unfounded).store
    assert isinstance(store, SqlStore)
    first = store._writing.connect()
    first.begin()
    first.exec_driver_sql("INSERT INTO organisations (name, created_us) VALUES ('First', 1)")
    first.exec_driver_sql(
        "INSERT INTO people (organisation, id, name, role, login, epoch)"
        " SELECT id, '\\x00', 'Administrator', 'admin', 'admin', 0 FROM organisations"
    )
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(store.found, "Second", ADMIN, 1)
        waiting(store)
        first.commit()
        first.close()
        with pytest.raises(NameTaken, match="at the same moment"):
            second.result()
    store.close()
    assert_founded_once(unfounded)


def waiting(store: SqlStore) -> None:
    """Return when somebody waits for a lock."""
    query = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    with store._reading.connect() as connection:
        while not connection.exec_driver_sql(query).scalar_one():
            pass


def assert_founded_once(path: Path) -> None:
    store: Store = open_installation(path).store
    (organisation,) = store.organisations()
    assert [person.login for person in store.of(organisation.id).people()] == ["admin"]
    store.close()
