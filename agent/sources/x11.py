"""The sources of an X11 desktop, best way first."""

from collections.abc import Sequence

from agent.capture import Candidate
from agent.redact import TextReducer
from agent.sources.pynput_input import PynputKeyboard, PynputPointer
from agent.sources.x11_clipboard import X11Clipboard
from agent.sources.x11_focus import X11Focus
from agent.sources.x11_keyboard import X11Keyboard
from agent.sources.x11_pointer import X11Pointer
from agent.sources.x11_screenshots import Keep, X11Screenshots
from wire.codes import SourceName, SourceState
from wire.policy import Policy

Offers = Sequence[tuple[SourceName, Sequence[Candidate]]]


def x11_sources(policy: Policy, keep_picture: Keep) -> Offers:
    """What to start for a session; a fresh text key each time this is called."""
    reducer = TextReducer()
    offers: list[tuple[SourceName, Sequence[Candidate]]] = [
        (SourceName.FOCUS, (Candidate(lambda: X11Focus(policy)),)),
        (SourceName.CLIPBOARD, (Candidate(lambda: X11Clipboard(reducer)),)),
        (
            SourceName.KEYBOARD,
            (Candidate(X11Keyboard), Candidate(PynputKeyboard, SourceState.DEGRADED)),
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
