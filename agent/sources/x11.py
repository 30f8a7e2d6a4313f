"""The sources of an X11 desktop, best way first."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from agent.capture.loop import Candidate
from agent.redact import TextReducer
from agent.sources.pynput_input import PynputKeyboard, PynputPointer
from agent.sources.x11_clipboard import X11Clipboard
from agent.sources.x11_display import XConnection
from agent.sources.x11_focus import X11Focus
from agent.sources.x11_keyboard import X11Keyboard
from agent.sources.x11_pointer import X11Pointer
from agent.sources.x11_screenshots import Keep, X11Screenshots
from wire.codes import SourceName, SourceState
from wire.policy import Policy

Offers = Sequence[tuple[SourceName, Sequence[Candidate]]]


@dataclass(frozen=True, slots=True)
class SessionMemory:
    """What must stay the same across the pauses of one session, and end with it."""

    reducer: TextReducer = field(default_factory=TextReducer)
    windows: dict[int, int] = field(default_factory=dict)
    """Window numbers of the display, to those of the session."""
    keyboards: dict[int, int] = field(default_factory=dict)


def check_connects() -> None:
    """Try the display, before anything is begun that would need it.

    Raises:
        SourceUnavailable: it does not take connections; the text says what to look at.
    """
    XConnection().close()


def x11_sources(policy: Policy, keep_picture: Keep, memory: SessionMemory) -> Offers:
    """What to start for a session, anew after each of its pauses."""
    offers: list[tuple[SourceName, Sequence[Candidate]]] = [
        (SourceName.FOCUS, (Candidate(lambda: X11Focus(policy, memory.windows)),)),
        (SourceName.CLIPBOARD, (Candidate(lambda: X11Clipboard(memory.reducer)),)),
        (
            SourceName.KEYBOARD,
            (
                Candidate(lambda: X11Keyboard(memory.keyboards)),
                Candidate(PynputKeyboard, SourceState.DEGRADED),
            ),
        ),
        (
            SourceName.POINTER,
            (Candidate(X11Pointer), Candidate(PynputPointer, SourceState.DEGRADED)),
        ),
    ]
    rules = policy.screenshots
    if rules is not None:
        pictures = Candidate(lambda: X11Screenshots(policy, rules, keep_picture))
        offers.append((SourceName.SCREENSHOTS, (pictures,)))
    return offers
