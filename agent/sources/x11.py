"""The sources of an X11 desktop, best way first."""

from collections.abc import Sequence

from msgspec import structs

from agent.capture.loop import Candidate
from agent.sources.atspi import Accessibility
from agent.sources.desktop_bus import DesktopBus
from agent.sources.memory import SessionMemory
from agent.sources.pynput_input import PynputKeyboard, PynputPointer
from agent.sources.x11_clipboard import X11Clipboard
from agent.sources.x11_display import XConnection
from agent.sources.x11_focus import X11Focus
from agent.sources.x11_keyboard import X11Keyboard
from agent.sources.x11_mediator import Mediator
from agent.sources.x11_pointer import X11Pointer
from agent.sources.x11_screenshots import X11Screenshots
from agent.sources.x11_selections import X11Selections
from wire.codes import SourceName, SourceState
from wire.policy import Policy

Offers = Sequence[tuple[SourceName, Sequence[Candidate]]]


def check_connects() -> None:
    """Try the display, before anything is begun that would need it.

    Raises:
        SourceUnavailable: it does not take connections; the text says what to look at.
    """
    XConnection().close()


def x11_sources(policy: Policy, memory: SessionMemory, *, coarse: bool = False) -> Offers:
    """What to start for a session, anew after each of its pauses.

    `coarse`: the trainer wants pictures made coarse, whatever the policy says.
    """
    mediator = Mediator()
    offers: list[tuple[SourceName, Sequence[Candidate]]] = [
        (SourceName.FOCUS, (Candidate(lambda: X11Focus(policy, memory.windows)),)),
        # First: a password field is known before what is copied from it or typed into it.
        (SourceName.ACCESSIBILITY, (Candidate(Accessibility),)),
        (SourceName.PRESENCE, (Candidate(DesktopBus),)),
        (
            SourceName.CLIPBOARD,
            (Candidate(lambda: X11Clipboard(memory.reducer, mediator, memory.windows)),),
        ),
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
        (SourceName.SELECTIONS, (Candidate(lambda: X11Selections(policy, memory.windows)),)),
    ]
    rules = policy.pictures
    if rules is not None:
        wanted = structs.replace(rules, pixelate=rules.pixelate or coarse)
        pictures = Candidate(lambda: X11Screenshots(policy, wanted))
        offers.append((SourceName.SCREENSHOTS, (pictures,)))
    return [(name, [mediator.hearing(each) for each in choices]) for name, choices in offers]
