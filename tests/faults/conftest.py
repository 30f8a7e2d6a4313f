"""A real server for the faults."""

from collections.abc import Iterator

import pytest

from tests.contract.conftest import RunningServer, prepared_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A running server with one project and one trainer."""
    made = prepared_server(tmp_path_factory.mktemp("server"))
    made.start()
    yield made
    made.stop()
