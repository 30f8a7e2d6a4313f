"""A house that a module shares, and a platform that asks it over HTTP."""

import shutil
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from server.installation import open_installation
from server.records import Role
from tests.server.house import House, browsing, serving


@pytest.fixture(scope="module")
def shared(furnished: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """On SQLite: what differs between storages is tested at the storage."""
    path = shutil.copytree(furnished.path, tmp_path_factory.mktemp("api") / "data")
    made = replace(furnished, path=path, installation=open_installation(path))
    for number in range(5):
        made.own.add_person(f"Person {number}", Role.TRAINER, None, None)
    yield made
    made.installation.store.close()


@pytest.fixture(scope="module")
def platform(shared: House) -> Iterator[httpx.Client]:
    """Asks with a key for everything."""
    with serving(shared.path) as address, browsing(address) as client:
        client.headers["authorization"] = f"Bearer {shared.platform_key}"
        yield client
