"""Options that several commands share."""

from pathlib import Path

import click

from detector.errors import BadModelError
from detector.model import Model, load_model, model_from_bytes

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
MODEL = click.option(
    "--model", "model_path", type=FILE, help="A model file; the shipped one by default."
)


def model_at(path: Path | None) -> Model:
    """Return the model of a file, or the shipped one.

    Raises:
        BadModelError: the file is no model.
    """
    if path is None:
        return load_model()
    try:
        return model_from_bytes(path.read_bytes())
    except BadModelError as error:
        raise BadModelError(f"{path}: {error}") from error
