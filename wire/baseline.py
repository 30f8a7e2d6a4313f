"""A person's own typing sample: what two short texts looked like while they were typed.

Given by a consent of its own and taken back at any time; everything works without it. Numbers
only: times and key classes, as in `wire.events.Keystroke`.

================================  ============================================================
PUT    /agent/v1/baseline         TypingSample -> 201, or 200 if it took an older one's place
DELETE /agent/v1/baseline         -> 200, whether there was one or not
================================  ============================================================
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from wire import limits
from wire.header import U32, U62
from wire.keys import KeyClass

_Gap = Annotated[int, Meta(ge=0, le=limits.SAMPLE_MAX_GAP_US)]
_Class = Annotated[int, Meta(ge=0, le=int(max(KeyClass)))]
_MOST = Meta(max_length=limits.SAMPLE_MAX_KEYS)


class TypedKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text as it was typed: a column for each figure, a place for each key."""

    gap_us: Annotated[tuple[_Gap, ...], _MOST]
    """Since the press before; 0 for the first."""
    hold_us: Annotated[tuple[U32, ...], _MOST]
    """`wire.events.MISSING_U32` without a release."""
    key_class: Annotated[tuple[_Class, ...], _MOST]
    """`wire.keys.KeyClass`."""

    def __post_init__(self) -> None:
        """Columns of one length, or it is no sample."""
        if not len(self.gap_us) == len(self.hold_us) == len(self.key_class):
            raise ValueError("the columns are not of one length")


class TypingSample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Both parts, and which version of the sample's own text was agreed to."""

    consent_version: Annotated[int, Meta(ge=1, le=1_000_000)]
    made_us: U62
    """Wall clock of the device."""
    copied: TypedKeys
    """A short text that was shown."""
    composed: TypedKeys
    """Free writing."""
