import struct

import pytest

from agent.sources.x11_record import CONVERT_SELECTION, Conversion, conversions
from agent.sources.x11_selections import is_text_target

TIME_MS = 1_147_850


def recorded(order: str = "=", opcode: int = CONVERT_SELECTION, words: int = 6) -> bytes:
    """One request as RECORD hands it over: the server's time, then the request as it was sent."""
    request = struct.pack(order + "BBHIIIII", opcode, 0, words, 0x600000, 237, 238, 237, 0)
    return struct.pack("=I", TIME_MS) + request


@pytest.mark.parametrize("count", [0, 1, 3])
def test_every_request_in_one_answer_is_read(count: int) -> None:
    expected = [Conversion(TIME_MS, 0x600000, 237, 238)] * count
    assert list(conversions(recorded() * count)) == expected


def test_a_program_of_the_other_byte_order_is_understood() -> None:
    other = ">" if struct.pack("=H", 1) == struct.pack("<H", 1) else "<"
    (request,) = conversions(recorded(other), swapped=True)
    assert request == Conversion(TIME_MS, 0x600000, 237, 238)


@pytest.mark.parametrize(
    "data",
    [recorded()[:-1], recorded(opcode=25), recorded(words=7), b"", b"\0" * 28],
    ids=["cut off", "other request", "other length", "nothing", "zeros"],
)
def test_what_is_no_such_request_is_left_out(data: bytes) -> None:
    assert list(conversions(data)) == []


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("UTF8_STRING", True),
        ("STRING", True),
        ("COMPOUND_TEXT", True),
        ("text/plain;charset=utf-8", True),
        ("text/html", True),
        ("TARGETS", False),
        ("TIMESTAMP", False),
        ("MULTIPLE", False),
        ("SAVE_TARGETS", False),
        ("text/uri-list", False),
        ("image/png", False),
    ],
)
def test_only_a_target_that_hands_over_text_is_a_paste(target: str, text: bool) -> None:
    assert is_text_target(target) is text
