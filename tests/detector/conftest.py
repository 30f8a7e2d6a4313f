import numpy as np
import pytest

from detector.model import Model, load_model


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20261122)


@pytest.fixture(scope="session")
def model() -> Model:
    return load_model()
