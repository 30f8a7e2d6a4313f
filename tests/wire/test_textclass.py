import json
import unicodedata
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire import limits
from wire.errors import WireError
from wire.keys import KeyClass
from wire.textclass import (
    KEY_CLASS_OF_TEXT,
    OBJECT_MARK,
    TextClass,
    class_of,
    classes_of,
    pack_classes,
    unpack_classes,
)

VECTORS = json.loads(resources.files("wire").joinpath("text_class_vectors.json").read_text())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: ascii(vector["text"]))
def test_vector_holds(vector: dict[str, str]) -> None:
    assert classes_of(vector["text"]) == vector["classes"]


@given(st.text())
def test_every_text_has_classes_from_the_alphabet(text: str) -> None:
    assert set(classes_of(text)) <= {str(each) for each in TextClass}


@given(st.text())
def test_normalisation_forms_have_the_same_classes_after_nfc(text: str) -> None:
    assert classes_of(text) == classes_of(unicodedata.normalize("NFD", text))


def test_every_class_has_a_key_that_types_it() -> None:
    assert set(KEY_CLASS_OF_TEXT) == set(TextClass)
    assert KEY_CLASS_OF_TEXT[class_of("x")] is KeyClass.LETTER


def test_more_than_one_character_has_no_single_class() -> None:
    with pytest.raises(TypeError):
        class_of("ab")


@given(st.text())
def test_a_stored_class_sequence_reads_back(text: str) -> None:
    assert unpack_classes(pack_classes(classes_of(text))) == classes_of(text)


def test_a_text_cannot_be_stored_as_its_classes() -> None:
    with pytest.raises(WireError):
        pack_classes("this is a text")
    with pytest.raises(WireError):
        unpack_classes(OBJECT_MARK + b"this is a text")
    with pytest.raises(WireError):
        unpack_classes(b"aaa aa.")


def test_a_class_sequence_has_a_largest_size() -> None:
    with pytest.raises(WireError):
        pack_classes("a" * limits.OBJECT_MAX_BYTES)
