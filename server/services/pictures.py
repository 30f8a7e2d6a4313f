"""Which stored objects of a session may be shown: those its events name, less what was blanked.

A picture that was blanked in part is shown as what took its place.
"""

from collections.abc import Mapping, Sequence

from server.scoring.facts import OpenedSession
from wire import events
from wire.batch import Batch
from wire.objects import digest_of_parts

_Named = events.Screenshot | events.Attachment | events.Blanking | events.TextSubmitted
_NOTHING = bytes(32)


def digest_of(event: _Named) -> bytes | None:
    """The object that an event names; None if it names none."""
    return _digest((event.digest_0, event.digest_1, event.digest_2, event.digest_3))


def blankings(opened: OpenedSession) -> Mapping[bytes, bytes | None]:
    """What the trainer blanked, each with what took its place; None: nothing did."""
    found = {late.digest: _kept(late.kept) for late in opened.late_blankings}
    for batch in opened.batches:
        for event in batch.body.events(events.Blanking):
            digest = digest_of(event)
            if digest is not None:
                found[digest] = _digest((event.kept_0, event.kept_1, event.kept_2, event.kept_3))
    return found


def shown_instead(blanked: Mapping[bytes, bytes | None], digest: bytes | None) -> bytes | None:
    """What may be shown of a picture: itself, what took its place, or nothing."""
    seen = set[bytes]()
    while digest is not None and digest in blanked:
        if digest in seen:
            return None
        seen.add(digest)
        digest = blanked[digest]
    return digest


def shown(opened: OpenedSession) -> frozenset[bytes]:
    """What may be shown. An upload that no event names is no evidence."""
    blanked = blankings(opened)
    named = _named(opened.batches, events.Screenshot) | _named(opened.batches, events.Attachment)
    found = (shown_instead(blanked, digest) for digest in named)
    return frozenset(digest for digest in found if digest is not None)


def _named(batches: Sequence[Batch], kind: type[_Named]) -> set[bytes]:
    found = (digest_of(event) for batch in batches for event in batch.body.events(kind))
    return {digest for digest in found if digest is not None}


def _digest(parts: tuple[int, int, int, int]) -> bytes | None:
    return _kept(digest_of_parts(parts))


def _kept(digest: bytes) -> bytes | None:
    return None if digest == _NOTHING else digest
