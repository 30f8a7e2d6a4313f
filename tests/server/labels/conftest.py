"""Labels do not differ by where they are stored."""

import pytest

from tests.server.storages import EMBEDDED


@pytest.fixture
def storage() -> str:
    return EMBEDDED
