"""A person's own typing, as far as scoring may compare a session with it.

Asked for by person, one at a time: nothing here or in storage compares people.
"""

from dataclasses import dataclass

from server.compaction.reading import opened_session
from server.privacy.sealed import SealedObjects
from server.records import SessionEntry
from server.scoring.facts import OpenedSession
from server.services.sealing import SampleSeal
from server.storage.protocols import OrganisationStore
from wire.baseline import TypingSample
from wire.errors import MessageInvalid
from wire.messages import decode_message

LEAST_CONSENT_VERSION = 2
"""Texts before it did not say that scoring uses the sample."""
_EARLIER_MAX = 3
"""So many sessions are more than an enrolment needs; each has to be read again."""


@dataclass(frozen=True, slots=True)
class OwnTyping:
    """What a session may be compared with: a sample first, else earlier sessions, else nothing."""

    sample: TypingSample | None = None
    earlier: tuple[OpenedSession, ...] = ()
    """Sessions that reviewers said are genuine."""


def own_typing(
    store: OrganisationStore,
    objects: SealedObjects,
    organisation: int,
    seal: SampleSeal,
    entry: SessionEntry,
) -> OwnTyping:
    """What the session's person gave, at this moment."""
    sample = typing_sample(store, organisation, seal, entry.person)
    if sample is not None:
        return OwnTyping(sample)
    return OwnTyping(earlier=_upheld(store, objects, organisation, entry))


def typing_sample(
    store: OrganisationStore, organisation: int, seal: SampleSeal, person: bytes
) -> TypingSample | None:
    """The person's sample, if they agreed to this use; None if there is none that can be read."""
    sealed = store.typing_sample(person)
    message = seal.open(organisation, person, sealed) if sealed is not None else None
    if message is None:
        return None
    try:
        sample = decode_message(message, TypingSample)
    except MessageInvalid:
        return None
    return sample if sample.consent_version >= LEAST_CONSENT_VERSION else None


def _upheld(
    store: OrganisationStore, objects: SealedObjects, organisation: int, entry: SessionEntry
) -> tuple[OpenedSession, ...]:
    """The person's latest sessions before this one that reviewers said are genuine."""
    rows = store.upheld_sessions(entry.person, entry.row, _EARLIER_MAX)
    opened = (opened_session(store, objects, organisation, row) for row in rows)
    return tuple(one for one in opened if one.batches and one.redacted_us is None)
