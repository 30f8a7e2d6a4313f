"""Fixtures of the live tests. A missing package is a failure that names it, never a skip."""

import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.desktop import Desktop, desktop
from tests.live.needed import complaint, missing_packages

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a live test."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.live)


@pytest.fixture(scope="session", autouse=True)
def packages() -> None:
    """Fail, naming the packages, where some are missing."""
    if missing_packages():
        pytest.fail(complaint(missing_packages()), pytrace=False)


@pytest.fixture(scope="session")
def seed() -> int:
    """Where the sessions' randomness starts: another one each time, printed, repeatable."""
    chosen = int(os.environ.get("VERITYPE_LIVE_SEED", random.SystemRandom().randrange(1_000_000)))
    print(f"\nVERITYPE_LIVE_SEED={chosen}", file=sys.__stderr__, flush=True)
    return chosen


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Desktop]:
    """A desktop for one test."""
    with desktop(tmp_path / "desktop") as made:
        yield made
