"""One house with work in it for all tests of this folder: what they ask about is only added to."""

import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest

from server.installation import open_installation
from server.reviews import opening
from server.scoring.assessor import DetectorAssessor
from tests.server.house import House, browsing, serving
from tests.server.submissions.work import Office, Work


@pytest.fixture(scope="package")
def office(
    furnished: House, tmp_path_factory: pytest.TempPathFactory, one_thread: None
) -> Iterator[Office]:
    path = shutil.copytree(furnished.path, tmp_path_factory.mktemp("office") / "data")
    house = replace(furnished, path=path, installation=open_installation(path))
    with (
        serving(path) as address,
        browsing(address) as client,
        pytest.MonkeyPatch.context() as patch,
    ):
        # A session that is drawn to be checked has its review already; these tests open theirs.
        patch.setattr(opening, "RANDOM_SHARE", 0.0)
        yield Office(house, client, DetectorAssessor())
    house.installation.store.close()


@pytest.fixture(scope="package")
def work(office: Office) -> Work:
    """A session in which a text was typed."""
    return office.work(1)
