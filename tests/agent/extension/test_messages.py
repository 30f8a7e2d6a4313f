from collections.abc import Mapping

import msgspec
import pytest

from agent.extension.messages import (
    CLASSES_MAX_CHARS,
    DORMANT,
    Edited,
    FromHost,
    PageMessage,
    PageScope,
    Submitted,
)
from agent.extension.times import AGE_MAX_US, machine_us
from agent.extension.translate import Translator
from agent.observations import PageEdited, PageFocused, SecretField, TextSubmittedSeen
from wire.codes import EditHow, SourceName
from wire.textclass import pack_classes

EDITED = {
    "kind": 1,
    "at": 1_700_000_000_000_000,
    "duration": 0,
    "how": 2,
    "inserted": 120,
    "deleted": 0,
    "flags": 3,
    "field": 1,
    "region": 0,
}
SUBMITTED = {"kind": 4, "at": 1, "field": 1, "region": 1, "length": 6, "classes": "aaa 0."}


def read(message: Mapping[str, object]) -> PageMessage:
    found: PageMessage = msgspec.json.decode(msgspec.json.encode(message), type=PageMessage)
    return found


def test_a_message_of_the_extension_is_read() -> None:
    edited = read(EDITED)
    assert isinstance(edited, Edited)
    assert (edited.how, edited.inserted) == (EditHow.PASTE, 120)


@pytest.mark.parametrize(
    "change",
    [
        {"text": "a secret"},
        {"how": "paste"},
        {"how": 77},
        {"inserted": -1},
        {"inserted": 1.5},
        {"at": 1 << 54},
        {"field": 70_000},
        {"kind": "edited"},
        {"kind": 9},
    ],
    ids=str,
)
def test_a_message_with_anything_else_in_it_is_none(change: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(EDITED | change)


@pytest.mark.parametrize(
    "classes", ["hunter2", "aaa b", "aaa\r", "aa\n\n!", "a" * 400_001], ids=len
)
def test_no_string_but_a_class_sequence_passes(classes: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(SUBMITTED | {"classes": classes})


def test_the_longest_class_sequence_fits_a_frame_and_an_object() -> None:
    longest = Submitted(1, 1, 1, CLASSES_MAX_CHARS, "\n" * CLASSES_MAX_CHARS)
    assert len(msgspec.json.encode(longest)) < 1_000_000
    assert pack_classes(longest.classes)


@pytest.mark.parametrize("kind", [PageMessage, FromHost, PageScope], ids=["page", "host", "scope"])
def test_every_message_has_a_published_shape(kind: type) -> None:
    assert "false" in msgspec.json.encode(msgspec.json.schema(kind)).decode()


def test_dormant_names_no_page() -> None:
    assert PageScope(recording=False, sites=()) == DORMANT


@pytest.mark.parametrize(
    ("page_wall_us", "expected_us"),
    [
        (1_000_000, 500_000),
        (900_000, 400_000),
        (1_200_000, 500_000),
        (1_000_000 - 2 * AGE_MAX_US, 0),
    ],
    ids=["now", "a tenth of a second ago", "in the future", "long ago"],
)
def test_page_time_becomes_machine_time(page_wall_us: int, expected_us: int) -> None:
    assert machine_us(page_wall_us, wall_us=1_000_000, monotonic_us=500_000) == expected_us


def test_fields_of_two_browsers_have_numbers_of_their_own() -> None:
    translator = Translator(regions=2)
    first = translator.observation(read(EDITED), 1, 10, 10)
    second = translator.observation(read(EDITED), 2, 10, 10)
    again = translator.observation(read(EDITED), 1, 10, 10)
    numbers = [seen.field for seen in (first, second, again) if isinstance(seen, PageEdited)]
    assert numbers == [1, 2, 1]


def test_a_region_that_the_policy_does_not_name_is_none() -> None:
    translator = Translator(regions=2)
    seen = translator.observation(read({"kind": 2, "at": 1, "region": 3}), 1, 10, 10)
    assert seen == PageFocused(1, 0)


def test_a_submitted_text_arrives_as_its_classes() -> None:
    seen = Translator(1).observation(read(SUBMITTED), 1, 10, 10)
    assert isinstance(seen, TextSubmittedSeen)
    assert (seen.length_chars, seen.packed) == (6, pack_classes("aaa 0."))


def test_a_password_field_is_named_as_the_extensions() -> None:
    seen = Translator(1).observation(read({"kind": 5, "at": 1, "on": 1}), 1, 10, 10)
    assert seen == SecretField(1, True, SourceName.EXTENSION)
