import pytest
import skops.io

from detector.errors import BadModelError
from detector.model import Model, load_model, model_from_bytes


class Stranger:
    """A type that no model file may hold."""


def test_the_shipped_model_is_small_and_loaded_once(model: Model) -> None:
    assert load_model() is model
    assert len(model.to_bytes()) < 2_000_000


def test_a_model_survives_its_bytes(model: Model) -> None:
    again = model_from_bytes(model.to_bytes())
    assert again.version == model.version
    assert again.review_at == model.review_at


@pytest.mark.parametrize("data", [b"", b"no model", skops.io.dumps({"format": 99})])
def test_bytes_that_are_no_model_are_refused(data: bytes) -> None:
    with pytest.raises(BadModelError):
        model_from_bytes(data)


def test_a_type_outside_the_trusted_list_is_refused() -> None:
    with pytest.raises(BadModelError, match="not trusted"):
        model_from_bytes(skops.io.dumps({"format": 2, "heads": Stranger()}))


def test_a_model_that_predicts_otherwise_here_is_refused(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Model.probe
    monkeypatch.setattr(Model, "probe", lambda self: honest(self) + 1e-6)
    elsewhere = model.to_bytes()
    monkeypatch.undo()
    with pytest.raises(BadModelError, match="predicts otherwise"):
        model_from_bytes(elsewhere)


def test_a_model_whose_heads_do_not_run_is_refused(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = model.to_bytes()

    def broken(_self: Model) -> None:
        raise AttributeError("no such tree")

    monkeypatch.setattr(Model, "probe", broken)
    with pytest.raises(BadModelError, match="cannot be used"):
        model_from_bytes(data)
