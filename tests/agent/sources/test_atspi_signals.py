"""What accessible programs say becomes numbers at the parse; their text is never decoded."""

from dataclasses import astuple

import pytest
from jeepney import DBusAddress, Header, HeaderFields, Message
from jeepney.wrappers import new_signal

from agent.errors import SourceUnavailable
from agent.sources.atspi import PASSWORD_FIELDS_UNSEEN, Accessibility
from agent.sources.atspi_signals import (
    OBJECT_EVENTS,
    Accessible,
    Change,
    Said,
    StateBit,
    has_state,
    said,
    text_length_only,
)

FIELD = Accessible(":1.7", "/org/a11y/atspi/accessible/4")


def signal(
    member: str, detail: str, first: int, second: int, value: tuple[str, object]
) -> Said | None:
    """A signal as it comes from a bus, read as the source reads it."""
    emitter = DBusAddress(FIELD.path, interface=OBJECT_EVENTS)
    message = new_signal(emitter, member, "siiva{sv}", (detail, first, second, value, {}))
    message.header.fields[HeaderFields.sender] = FIELD.program
    raw = message.serialise(serial=3)
    header, end = Header.from_buffer(raw)
    reduced = text_length_only(header, memoryview(raw)[(end + 7) // 8 * 8 :])
    return said(Message(header, reduced) if reduced is not None else Message.from_buffer(raw))


@pytest.mark.parametrize("text", ["a", "grüße", "日本語のテキスト", "🙂🙂", "", "x" * 70_000])
def test_a_text_becomes_its_length_in_code_points(text: str) -> None:
    told = signal("TextChanged", "insert", 12, len(text), ("s", text))
    assert told == Said(Change.INSERTED, FIELD, len(text))


def test_no_part_of_a_text_is_in_what_is_kept() -> None:
    told = signal("TextChanged", "insert", 0, 9, ("s", "qxzvkwjhp"))
    assert told is not None
    assert "qxzvkwjhp" not in repr(astuple(told))


def test_a_program_that_sends_no_text_is_believed_its_length() -> None:
    assert signal("TextChanged", "delete", 0, 6, ("i", 0)) == Said(Change.DELETED, FIELD, 6)


def test_what_firefox_adds_to_the_kind_does_not_matter() -> None:
    told = signal("TextChanged", "insert:system", 0, 2, ("s", "ab"))
    assert told == Said(Change.INSERTED, FIELD, 2)


@pytest.mark.parametrize("on", [0, 1])
def test_focus_is_told(on: int) -> None:
    assert signal("StateChanged", "focused", on, 0, ("i", 0)) == Said(Change.FOCUSED, FIELD, on)


def test_other_signals_mean_nothing() -> None:
    assert signal("StateChanged", "showing", 1, 0, ("i", 0)) is None
    assert signal("TextChanged", "replace", 1, 2, ("s", "ab")) is None
    assert signal("TextCaretMoved", "", 1, 0, ("i", 0)) is None


def test_a_text_signal_of_another_shape_is_not_read() -> None:
    emitter = DBusAddress(FIELD.path, interface=OBJECT_EVENTS)
    raw = new_signal(emitter, "TextChanged", "s", ("qxzvkwjhp",)).serialise(serial=3)
    header, end = Header.from_buffer(raw)
    assert text_length_only(header, memoryview(raw)[(end + 7) // 8 * 8 :]) == ("", 0)


def test_states_are_bits_of_two_words() -> None:
    assert has_state([1 << 12, 0], StateBit.FOCUSED)
    assert not has_state([1 << 7, 1 << 12], StateBit.FOCUSED)
    assert not has_state("no words", StateBit.EDITABLE)
    assert not has_state([], StateBit.EDITABLE)


def test_without_a_bus_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
    with pytest.raises(SourceUnavailable, match="at-spi2-core"):
        Accessibility().start(lambda _: None)


def test_what_cannot_be_seen_is_said_in_whole_sentences() -> None:
    assert all(each.endswith(".") for each in PASSWORD_FIELDS_UNSEEN)
