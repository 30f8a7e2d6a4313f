from dataclasses import replace

import numpy as np
import pytest

from detector.model import Model, load_model
from detector.simulation import composing
from detector.training.examples import Essay
from detector.training.within_person import fit_within_person


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20261122)


@pytest.fixture(scope="session")
def model() -> Model:
    return load_model()


@pytest.fixture(scope="session")
def enrolling_model(model: Model) -> Model:
    """A model with a part for baselines; fitted to simulations if the shipped one has none."""
    if model.within_person is not None:
        return model
    rng = np.random.default_rng(5)
    sessions = [composing(rng, characters=n) for n in [1_150] * 8 + [800] * 6]
    essays = [Essay(f"w{n}", s.keystrokes, s.text_class) for n, s in enumerate(sessions)]
    return replace(model, within_person=fit_within_person(model, essays[:8], essays[8:], 1))
