"""The sources of Windows, built to Microsoft's documentation (see docs/platforms.md)."""

from collections.abc import Sequence

from agent.capture.loop import Candidate
from agent.device.virtual_machine import names_virtual_machine
from agent.sources.device_facts import Facts
from agent.sources.memory import SessionMemory
from agent.sources.pictures import Scene, ScenePictures
from agent.sources.placed_windows import scene_of
from agent.sources.polled_clipboard import PolledClipboard
from agent.sources.polled_focus import PolledFocus
from agent.sources.polled_presence import PolledPresence
from agent.sources.pynput_input import PynputKeyboard, PynputPointer
from agent.sources.windows_calls import WindowsCalls
from wire.codes import DeviceFactKind, DisplayServer, SourceName, SourceState
from wire.policy import Policy, Screenshots


def windows_sources(
    policy: Policy, memory: SessionMemory, calls: WindowsCalls, rules: Screenshots | None
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
    sources: list[tuple[SourceName, Sequence[Candidate]]] = [
        (SourceName.FOCUS, (focus,)),
        (SourceName.CLIPBOARD, (clipboard,)),
        (SourceName.PRESENCE, (presence,)),
        (SourceName.KEYBOARD, (Candidate(lambda: PynputKeyboard("win32"), SourceState.DEGRADED),)),
        (SourceName.POINTER, (Candidate(PynputPointer, SourceState.DEGRADED),)),
    ]
    if rules is not None:
        sources.append((SourceName.SCREENSHOTS, (Candidate(lambda: ScenePictures(rules, scene)),)))
    return sources


def windows_facts(calls: WindowsCalls) -> Facts:
    """What Windows says about the device."""
    return {
        DeviceFactKind.DISPLAY_SERVER: DisplayServer.WINDOWS,
        DeviceFactKind.VIRTUAL_MACHINE: int(names_virtual_machine(calls.firmware())),
        DeviceFactKind.REMOTE_DESKTOP: int(calls.is_remote()),
        DeviceFactKind.CAPTURE_EXCLUDED: calls.excluded_windows(),
        DeviceFactKind.KEYBOARDS: len(calls.keyboards()),
    }
