"""Which sources this system offers, best way first."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.capture.frames import Listen
from agent.capture.loop import REQUIRED, Candidate
from agent.sources import x11
from wire.codes import SourceName
from wire.policy import Policy


@dataclass(frozen=True, slots=True)
class Offers:
    """What to start for a session."""

    sources: Sequence[tuple[SourceName, Sequence[Candidate]]]
    required: frozenset[SourceName] = REQUIRED
    """Without these, recording does not begin."""


def check_connects() -> None:
    """Try the desktop, before anything is begun that would need it.

    Raises:
        SourceUnavailable: it cannot be recorded on; the text says what to look at.
    """
    x11.check_connects()


def sources_offered(policy: Policy, listen: Listen, memory: x11.SessionMemory) -> Offers:
    """What to start for a session, anew after each of its pauses."""
    return Offers(x11.x11_sources(policy, memory, coarse=listen.coarse_pictures))
