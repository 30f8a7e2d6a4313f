"""What the browser extension and the agent say to each other: numbers, and one class sequence.

Every message is a strict record: a field that is not declared here, a number out of bounds or a
string that is no class sequence makes the whole message invalid. `browser/messages.js` builds the
same records by an allow-list; the tests hold the two against each other.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from wire.codes import EditHow

CLASSES_MAX_CHARS = 400_000
"""A longer submitted text is reported by its length alone."""
FRAME_MAX_BYTES = 1_000_000
"""One message; browsers take no longer one from a host either."""

WallUs = Annotated[int, Meta(ge=0, le=1 << 53)]
"""The browser's wall clock, microseconds since 1970; `agent.extension.times` makes machine time."""
_U8 = Annotated[int, Meta(ge=0, le=0xFF)]
_U16 = Annotated[int, Meta(ge=0, le=0xFFFF)]
_Chars = Annotated[int, Meta(ge=0, le=0x7FFF_FFFF)]
_DurationUs = Annotated[int, Meta(ge=0, le=60_000_000)]
_Bit = Annotated[int, Meta(ge=0, le=1)]
_Classes = Annotated[str, Meta(max_length=CLASSES_MAX_CHARS, pattern=r"^[a0. \n]*\Z")]


class _Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """A record whose kind is a number."""


class Refused(_Message, frozen=True, tag=0):
    """The host received messages that were none and dropped them; it says how many."""

    count: _U16


class Edited(_Message, frozen=True, tag=1):
    """A text field changed, or a run of typed characters ended."""

    at: WallUs
    duration: _DurationUs
    how: EditHow
    inserted: _Chars
    deleted: _Chars
    flags: _U8
    field: _U16
    region: _U16


class Focused(_Message, frozen=True, tag=2):
    """The attention moved to another region; 0: none."""

    at: WallUs
    region: _U16


class Jumped(_Message, frozen=True, tag=3):
    """The caret moved other than by typing."""

    at: WallUs
    field: _U16
    distance: _Chars
    flags: _U8


class Submitted(_Message, frozen=True, tag=4):
    """A text was submitted. `classes` is empty when there are too many of them."""

    at: WallUs
    field: _U16
    region: _U16
    length: _Chars
    classes: _Classes


class Secret(_Message, frozen=True, tag=5):
    """A password field took the focus, or the focus left it."""

    at: WallUs
    on: _Bit


class Allowed(_Message, frozen=True, tag=6):
    """Whether the person, and the browser, let the extension into all pages of the scope."""

    at: WallUs
    on: _Bit


PageMessage = Edited | Focused | Jumped | Submitted | Secret
BrowserMessage = PageMessage | Allowed
FromHost = BrowserMessage | Refused


class SiteScope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pages that may be observed; regions are numbered through all sites, from 1."""

    pattern: str
    first_region: int
    selectors: tuple[str, ...] = ()


class PageScope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the agent tells the extension: which pages are in scope now; none: be dormant."""

    recording: bool
    sites: tuple[SiteScope, ...] = ()


DORMANT = PageScope(recording=False)
