"""The sources of a Wayland desktop: what no display is needed for; the rest is named as unseen."""

from collections.abc import Sequence

from agent.capture.loop import Candidate
from agent.sources.desktop_bus import DesktopBus
from agent.sources.unseen import Unseen
from wire.codes import SourceName
from wire.policy import Policy

_UNSEEN = {
    SourceName.FOCUS: "Wayland tells no program which window is in front.",
    SourceName.KEYBOARD: "Wayland lets no program see keys in other windows.",
    SourceName.POINTER: "Wayland lets no program see clicks in other windows.",
    SourceName.CLIPBOARD: "Wayland lets no program see copied text from the background.",
}
_NO_PICTURES = "Wayland lets no program take screenshots without asking each time."


def wayland_sources(policy: Policy) -> list[tuple[SourceName, Sequence[Candidate]]]:
    """What the message bus tells, and what cannot be observed, each with the reason."""
    unseen = dict(_UNSEEN)
    if policy.pictures is not None:
        unseen[SourceName.SCREENSHOTS] = _NO_PICTURES
    sources = [(name, (_candidate(name, why),)) for name, why in unseen.items()]
    return [*sources, (SourceName.PRESENCE, (Candidate(DesktopBus),))]


def _candidate(name: SourceName, why: str) -> Candidate:
    return Candidate(lambda: Unseen(name, why))
