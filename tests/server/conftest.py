"""Fixtures: a house, its address, and devices of its people."""

import importlib
import secrets
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher

from server.records import Person
from server.signin import passwords
from tests.server.device import Chain, Device, problem_of, typing
from tests.server.house import House, browsing, copied, make_house, serving
from tests.server.kinds import NewDevice, ProblemOf, Typing
from tests.server.postgres import Cluster, in_memory
from tests.server.s3 import S3Server
from tests.server.storages import EMBEDDED, STORAGES, Services


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Argon2 that is not slow on purpose; `test_passwords` looks at the real one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(1, 8, 1))
        yield


@pytest.fixture(scope="package")
def one_thread() -> Iterator[None]:
    """The detector as the supervisor runs it: threads of its own wait for each other under load."""
    with importlib.import_module("threadpoolctl").threadpool_limits(1):
        yield


@pytest.fixture(scope="session")
def services() -> Iterator[Services]:
    """Started when the first test needs them."""
    postgres = Cluster(in_memory())
    made = Services(postgres, S3Server())
    yield made
    made.remove()


@pytest.fixture(params=STORAGES)
def storage(request: pytest.FixtureRequest) -> str:
    """Every test that has a house runs on each."""
    return str(request.param)


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory, _quick_passwords: None) -> House:
    """Made once, and copied for each test."""
    made = make_house(tmp_path_factory.mktemp("furnished") / "data")
    made.installation.store.close()
    return made


@pytest.fixture(scope="session")
def furnished_on_services(
    tmp_path_factory: pytest.TempPathFactory, services: Services, _quick_passwords: None
) -> House:
    """Made once; its database is the template of each test's."""
    path = tmp_path_factory.mktemp("furnished") / "data"
    services.postgres.execute("CREATE DATABASE furnished")
    services.use(path, "furnished")
    made = make_house(path)
    made.installation.store.close()
    return made


@pytest.fixture
def house(storage: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    if storage == EMBEDDED:
        furnished: House = request.getfixturevalue("furnished")
        with copied(furnished, tmp_path / "data") as made:
            yield made
        return
    furnished = request.getfixturevalue("furnished_on_services")
    services: Services = request.getfixturevalue("services")
    name = f"house_{secrets.token_hex(8)}"
    services.postgres.copy("furnished", name)
    with copied(furnished, tmp_path / "data", lambda path: services.use(path, name)) as made:
        yield made
    services.postgres.drop(name)


@pytest.fixture
def address(house: House) -> Iterator[str]:
    with serving(house.path) as found:
        yield found


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with browsing(address) as made:
        yield made


@pytest.fixture
def new_device(house: House, client: httpx.Client) -> NewDevice:
    def make(person: Person | None = None) -> Device:
        device = Device(client)
        device.enrol(house.administration.pair((person or house.trainer).name))
        return device

    return make


@pytest.fixture
def chain(new_device: NewDevice) -> Chain:
    return new_device().clock_in()


@pytest.fixture(name="problem")
def _problem() -> ProblemOf:
    return problem_of


@pytest.fixture(name="typing")
def _typing() -> Typing:
    return typing
