"""Pages of the platform's lists: opaque cursors that hold a position and nothing else.

A position is the row or the id of the last thing that was given; the next page begins behind it,
so pages neither repeat nor skip anything while things are added. A cursor is bound to the
organisation and the path that gave it, and cannot be made or changed outside: an id of somebody
else's, or a guessed position, is refused like any other string.
"""

import base64
import binascii
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Generic, TypeVar

import msgspec
from fastapi import Query
from starlette.requests import Request

from server.errors import Refusal
from server.services.asking import Asker
from wire.problems import ProblemCode

PAGE = 50
PAGE_MAX = 200
_TAG_BYTES = 16
_CURSOR_MAX_CHARS = 120
T = TypeVar("T")
P = TypeVar("P", int, bytes)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list, and the cursor of what comes after; None at its end."""

    items: Sequence[T]
    next: str | None


@dataclass(frozen=True, slots=True)
class PageAsked:
    """Which page of which list somebody wants."""

    path: str
    cursor: str | None
    limit: int
    secret: bytes

    @property
    def to_read(self) -> int:
        """So many are to be read: one more than are given tells whether there are more."""
        return self.limit + 1

    def after(self, asker: Asker, kind: type[P]) -> P | None:
        """The position behind which the page begins; None: the first page.

        Raises:
            Refusal: the cursor is not one that this list gave to this organisation.
        """
        if self.cursor is None:
            return None
        try:
            sealed = base64.b64decode(_padded(self.cursor), b"-_", validate=True)
        except binascii.Error as error:
            raise _invalid() from error
        if not hmac.compare_digest(self._seal(asker, sealed[_TAG_BYTES:]), sealed):
            raise _invalid()
        return msgspec.msgpack.decode(sealed[_TAG_BYTES:], type=kind)

    def page(
        self, asker: Asker, found: Sequence[T], position: Callable[[T], int] | Callable[[T], bytes]
    ) -> Page[T]:
        """Of what was read (`to_read`), what is given, and where it goes on."""
        items = found[: self.limit]
        if len(found) <= self.limit:
            return Page(items, None)
        sealed = self._seal(asker, msgspec.msgpack.encode(position(items[-1])))
        return Page(items, base64.urlsafe_b64encode(sealed).rstrip(b"=").decode())

    def _seal(self, asker: Asker, position: bytes) -> bytes:
        bound = asker.organisation.to_bytes(8, "big") + self.path.encode() + b"\n" + position
        return hmac.digest(self.secret, bound, sha256)[:_TAG_BYTES] + position


class Paging:
    """A dependency of lists: `Annotated[PageAsked, Depends(paging)]`."""

    def __init__(self, secret: bytes) -> None:
        self._secret = hmac.digest(secret, b"veritype cursors v1", sha256)

    def __call__(
        self,
        request: Request,
        cursor: Annotated[
            str | None,
            Query(
                max_length=_CURSOR_MAX_CHARS,
                description="`next` of the page before; none: the first.",
            ),
        ] = None,
        limit: Annotated[int, Query(ge=1, le=PAGE_MAX, description="How many at most.")] = PAGE,
    ) -> PageAsked:
        """What was asked for."""
        return PageAsked(request.scope["path"], cursor, limit, self._secret)


def _padded(cursor: str) -> bytes:
    return cursor.encode("ascii", "replace") + b"=" * (-len(cursor) % 4)


def _invalid() -> Refusal:
    return Refusal(
        ProblemCode.INVALID_CURSOR, 400, "This list gave no such cursor; begin at the first page."
    )
