"""Fixtures: a house, its address, and devices of its people."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from server.app import open_installation
from server.records import Person
from tests.server.device import Chain, Device, problem_of, typing
from tests.server.house import House, make_house, serving
from wire import events
from wire.problems import Problem


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Made once, since hashing passwords is slow on purpose."""
    made = make_house(tmp_path_factory.mktemp("furnished") / "data")
    made.installation.store.close()
    return made


@pytest.fixture
def house(furnished: House, tmp_path: Path) -> Iterator[House]:
    path = shutil.copytree(furnished.path, tmp_path / "data")
    made = replace(furnished, path=path, installation=open_installation(path))
    yield made
    made.installation.store.close()


@pytest.fixture
def address(house: House) -> Iterator[str]:
    with serving(house.path) as found:
        yield found


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address) as made:
        yield made


@pytest.fixture
def new_device(house: House, client: httpx.Client) -> Callable[..., Device]:
    def make(person: Person | None = None) -> Device:
        device = Device(client)
        device.enrol(house.administration.pair((person or house.trainer).name))
        assert device.enrolment is not None
        return device

    return make


@pytest.fixture
def chain(new_device: Callable[..., Device]) -> Chain:
    return new_device().clock_in()


@pytest.fixture(name="problem")
def _problem() -> Callable[[httpx.Response], Problem]:
    return problem_of


@pytest.fixture(name="typing")
def _typing() -> Callable[..., list[events.Keystroke]]:
    return typing
