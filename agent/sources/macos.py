"""The sources of macOS, built to Apple's documentation (see docs/platforms.md)."""

from collections.abc import Sequence

from agent.capture.loop import Candidate
from agent.sources.device_facts import Facts
from agent.sources.macos_calls import MacCalls
from agent.sources.memory import SessionMemory
from agent.sources.pictures import Scene, ScenePictures
from agent.sources.placed_windows import scene_of
from agent.sources.polled_clipboard import PolledClipboard
from agent.sources.polled_focus import PolledFocus
from agent.sources.polled_presence import PolledPresence
from agent.sources.polled_secret import PolledSecret
from agent.sources.pynput_input import PynputKeyboard, PynputPointer
from wire.codes import DeviceFactKind, DisplayServer, SourceName, SourceState
from wire.policy import Policy, Screenshots


def macos_sources(
    policy: Policy, memory: SessionMemory, calls: MacCalls, rules: Screenshots | None
) -> list[tuple[SourceName, Sequence[Candidate]]]:
    """What to start for a session, anew after each of its pauses; `rules` are those of pictures."""

    def scene() -> Scene:
        whole = rules is not None and rules.whole_screen
        return scene_of(policy, calls.screen(), calls.placed(), calls.front(), whole=whole)

    focus = Candidate(lambda: PolledFocus(policy, memory.windows, calls.front))
    clipboard = Candidate(
        lambda: PolledClipboard(memory.reducer, calls.clipboard_count, calls.clipboard_text)
    )
    presence = Candidate(lambda: PolledPresence(calls.is_locked, calls.last_input))
    keyboard = Candidate(lambda: PynputKeyboard("darwin"), SourceState.DEGRADED)
    sources: list[tuple[SourceName, Sequence[Candidate]]] = [
        (SourceName.FOCUS, (focus,)),
        (SourceName.CLIPBOARD, (clipboard,)),
        # Before the keyboard: a password field is known before what is typed into it.
        (SourceName.ACCESSIBILITY, (Candidate(lambda: PolledSecret(calls.is_secure)),)),
        (SourceName.PRESENCE, (presence,)),
        (SourceName.KEYBOARD, (keyboard,)),
        (SourceName.POINTER, (Candidate(PynputPointer, SourceState.DEGRADED),)),
    ]
    if rules is not None:
        sources.append((SourceName.SCREENSHOTS, (Candidate(lambda: ScenePictures(rules, scene)),)))
    return sources


def macos_facts(calls: MacCalls) -> Facts:
    """What macOS says about the device."""
    facts = {
        DeviceFactKind.DISPLAY_SERVER: int(DisplayServer.MACOS),
        DeviceFactKind.CAPTURE_EXCLUDED: calls.excluded_windows(),
    }
    virtual = calls.is_virtual()
    return facts if virtual is None else facts | {DeviceFactKind.VIRTUAL_MACHINE: int(virtual)}
