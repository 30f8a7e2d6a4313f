"""What every resource is asked with, and what several of them answer.

Answers are frozen values; fields that a later server adds are left out. Moments are aware
datetimes, durations seconds; ids are hex.
"""

from collections.abc import Iterator
from typing import Generic, TypeVar
from urllib.parse import quote

import msgspec

from veritype_client.transport import Params, Transport, decoded

T = TypeVar("T", bound=msgspec.Struct)


class Named(msgspec.Struct, frozen=True):
    """A person or project by id and name."""

    id: str
    name: str


class Tagged(msgspec.Struct, frozen=True, kw_only=True):
    """Something that can be changed on condition that it is still what was seen.

    `etag` says what was seen, to be given as `seen`. It is there when one thing was fetched, and
    empty in lists and in answers to changes.
    """

    etag: str = ""


TaggedT = TypeVar("TaggedT", bound=Tagged)


class Kind(Generic[T]):
    """Decodes one kind of answer, and lists of it; made once, since that is what costs."""

    def __init__(self, kind: type[T]) -> None:
        self.one: msgspec.json.Decoder[T] = msgspec.json.Decoder(kind)
        self.many: msgspec.json.Decoder[list[T]] = msgspec.json.Decoder(list[kind])  # type: ignore[valid-type]


class Asking:
    """Asks by a transport."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def _get(self, kind: Kind[T], path: str) -> T:
        found: T = decoded(kind.one, self._transport.ask("GET", path).body)
        return found

    def _get_tagged(self, kind: Kind[TaggedT], path: str) -> TaggedT:
        answer = self._transport.ask("GET", path)
        found: TaggedT = decoded(kind.one, answer.body)
        return msgspec.structs.replace(found, etag=answer.etag)

    def _all(
        self, kind: Kind[T], path: str, name: str, params: Params | None = None
    ) -> Iterator[T]:
        for page in self._transport.pages(path, name, params):
            found: list[T] = decoded(kind.many, page)
            yield from found

    def _post(
        self,
        kind: Kind[T],
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        seen: str | None = None,
    ) -> T:
        answer = self._transport.ask("POST", path, body=body, key=key, seen=seen)
        found: T = decoded(kind.one, answer.body)
        return found


def id_in_path(text: str) -> str:
    """An id as part of a path: whatever it is, it names nothing beside it."""
    return quote(text, safe="")
