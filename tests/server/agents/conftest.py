"""What the agents' services do, on one storage; races of theirs are on both."""

import pytest

from tests.server.storages import EMBEDDED


@pytest.fixture
def storage() -> str:
    """One is enough: what these ask of storage is asked on both elsewhere, as in `tenancy`."""
    return EMBEDDED
