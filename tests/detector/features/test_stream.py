from detector.features.plain import Place
from detector.features.stream import text_stream
from detector.tables import Activity, keystrokes
from wire.keys import KeyClass as K


def test_each_interval_is_placed_by_the_key_that_ends_it() -> None:
    keys = [K.LETTER, K.LETTER, K.SPACE, K.LETTER, K.PUNCT, K.SPACE, K.SHIFT, K.LETTER]
    stream = text_stream(keystrokes([i * 100_000 for i in range(8)], keys))
    assert stream.place.tolist() == [
        Place.OTHER,
        Place.WITHIN_WORD,
        Place.AFTER_WORD,
        Place.BEFORE_WORD,
        Place.AFTER_WORD,
        Place.OTHER,
        Place.BEFORE_SENTENCE,
    ]
    assert stream.interval_us[-1] == 200_000


def test_a_letter_after_enter_opens_a_paragraph() -> None:
    keys = [K.LETTER, K.PUNCT, K.ENTER, K.LETTER]
    assert text_stream(keystrokes(range(4), keys)).place[-1] == Place.BEFORE_PARAGRAPH


def test_erasing_and_what_follows_it_is_revision() -> None:
    keys = [K.LETTER, K.BACKSPACE, K.LETTER, K.LETTER]
    places = text_stream(keystrokes(range(4), keys)).place.tolist()
    assert places == [Place.OTHER, Place.REVISION, Place.REVISION, Place.WITHIN_WORD]


def test_a_held_backspace_counts_twice_at_most() -> None:
    times = [0, 1_000_000, 1_500_000, *(1_500_000 + 33_000 * i for i in range(1, 30))]
    stream = text_stream(keystrokes(times, [K.LETTER, *[K.BACKSPACE] * 31]))
    assert len(stream) < 6


def test_a_click_before_a_key_is_a_jump() -> None:
    stream = text_stream(keystrokes(range(3), [K.LETTER, K.CLICK, K.LETTER]))
    assert stream.jumped.tolist() == [False, True]
    assert stream.place[-1] == Place.REVISION


def test_pasted_rows_are_no_typing() -> None:
    table = keystrokes(range(2), [K.LETTER, K.LETTER], activity=[Activity.INPUT, Activity.PASTE])
    assert len(text_stream(table)) == 1


def test_no_keys_make_an_empty_stream() -> None:
    assert len(text_stream(keystrokes((), ()))) == 0
