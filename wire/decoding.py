"""Decoders of JSON documents, one for each type."""

from threading import Lock
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
_laying_out = Lock()
_decoders: dict[type, msgspec.json.Decoder[Any]] = {}


def decoder_of(kind: type[T]) -> msgspec.json.Decoder[T]:
    """The decoder of a type.

    msgspec looks at a type's fields when it is first decoded, and two threads that do so at once
    crash the interpreter (seen with 0.22; `tests/wire/test_decoding.py`). Here one waits.
    """
    if kind not in _decoders:
        with _laying_out:
            _decoders[kind] = msgspec.json.Decoder(kind)
    return _decoders[kind]
