"""A person's own typing, as far as scoring may compare a session with it.

Asked for by person, one at a time: nothing here or in storage compares people.
"""

from dataclasses import dataclass

from server.records import SessionEntry
from server.scoring.facts import OpenedSession
from server.services.sealing import SampleSeal
from server.storage.protocols import OrganisationStore
from wire.baseline import TypingSample
from wire.errors import MessageInvalid
from wire.messages import decode_message

LEAST_CONSENT_VERSION = 2
"""Texts before it did not say that scoring uses the sample."""


@dataclass(frozen=True, slots=True)
class OwnTyping:
    """What a session may be compared with: a sample first, else earlier sessions, else nothing."""

    sample: TypingSample | None = None
    earlier: tuple[OpenedSession, ...] = ()
    """Sessions that an auditor upheld as genuine."""


def own_typing(
    store: OrganisationStore, organisation: int, seal: SampleSeal, entry: SessionEntry
) -> OwnTyping:
    """What the session's person gave, at this moment."""
    sample = typing_sample(store, organisation, seal, entry.person)
    if sample is not None:
        return OwnTyping(sample)
    return OwnTyping(earlier=upheld_sessions(store, entry))


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


def upheld_sessions(store: OrganisationStore, entry: SessionEntry) -> tuple[OpenedSession, ...]:
    """Earlier sessions of the same person that an auditor upheld as genuine.

    None yet: the server stores no verdicts. When it does, they are read here.
    """
    return ()
