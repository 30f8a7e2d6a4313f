"""Which stored objects of a session may be shown: those its events name, less what was blanked."""

from collections.abc import Sequence

from wire import events
from wire.batch import Batch

_Named = events.Screenshot | events.Attachment | events.Blanking


def digest_of(event: _Named) -> bytes | None:
    """The object that an event names; None if it names none."""
    parts = (event.digest_0, event.digest_1, event.digest_2, event.digest_3)
    return b"".join(part.to_bytes(8, "big") for part in parts) if any(parts) else None


def blanked(batches: Sequence[Batch]) -> frozenset[bytes]:
    """What the trainer blanked; nobody sees it again."""
    return _digests(batches, events.Blanking)


def shown(batches: Sequence[Batch]) -> frozenset[bytes]:
    """What may be shown. An upload that no event names is no evidence."""
    named = _digests(batches, events.Screenshot) | _digests(batches, events.Attachment)
    return named - blanked(batches)


def _digests(batches: Sequence[Batch], kind: type[_Named]) -> frozenset[bytes]:
    found = (digest_of(event) for batch in batches for event in batch.body.events(kind))
    return frozenset(digest for digest in found if digest is not None)
