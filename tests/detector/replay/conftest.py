"""Simulated sessions of several people, and their gallery."""

import numpy as np
import pytest

from detector.features.stream import TextStream, text_stream
from detector.replay import Gallery, OrganisationKey, SessionOf, gallery_of
from detector.simulation import composing
from detector.tables import Keystrokes

SESSIONS = 12


@pytest.fixture(scope="session")
def key() -> OrganisationKey:
    return OrganisationKey.from_secret(b"an organisation's secret")


@pytest.fixture(scope="session")
def tables() -> list[Keystrokes]:
    rng = np.random.default_rng(5)
    return [composing(rng, characters=900).keystrokes for _ in range(SESSIONS)]


@pytest.fixture(scope="session")
def streams(tables: list[Keystrokes]) -> list[TextStream]:
    return [text_stream(table) for table in tables]


@pytest.fixture(scope="session")
def gallery(streams: list[TextStream], key: OrganisationKey) -> Gallery:
    """Two sessions a person: s0 and s1 are p0's."""
    return gallery_of(
        (SessionOf(f"s{n}", f"p{n // 2}", stream) for n, stream in enumerate(streams)), key
    )
