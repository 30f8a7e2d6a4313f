import pytest

from wire import limits
from wire.baseline import TypedKeys, TypingSample
from wire.errors import MessageInvalid
from wire.messages import decode_message, encode_message

KEYS = TypedKeys((0, 120_000), (80_000, 90_000), (0, 3))


def test_the_largest_sample_is_a_message() -> None:
    most = limits.SAMPLE_MAX_KEYS
    keys = TypedKeys((9_999_999,) * most, (999_999,) * most, (16,) * most)
    sample = TypingSample(1, 5, keys, keys)
    assert decode_message(encode_message(sample), TypingSample) == sample


@pytest.mark.parametrize(
    "changed",
    [
        b'"key_class":[0,17]',
        b'"key_class":[0]',
        b'"key_class":["a",3]',
        b'"key_class":[0,3],"text":"hello"',
    ],
)
def test_a_sample_holds_numbers_within_their_bounds_and_nothing_else(changed: bytes) -> None:
    message = encode_message(TypingSample(1, 5, KEYS, KEYS))
    with pytest.raises(MessageInvalid):
        decode_message(message.replace(b'"key_class":[0,3]', changed), TypingSample)
