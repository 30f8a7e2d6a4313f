"""The client's classes are those of everybody else."""

import json
from importlib import resources

import pytest
from veritype_client.classes import classes_of

from wire import textclass

VECTORS = json.loads(resources.files("wire").joinpath("text_class_vectors.json").read_text())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: ascii(vector["text"]))
def test_vector_holds(vector: dict[str, str]) -> None:
    assert classes_of(vector["text"]) == vector["classes"]


def test_every_character_has_the_class_that_the_server_gives_it() -> None:
    text = "".join(map(chr, range(0x20000)))
    assert classes_of(text) == textclass.classes_of(text)
