"""Which sources this system offers, best way first. The one place that asks which system it is."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msgspec import structs

from agent.capture.frames import Listen
from agent.capture.loop import REQUIRED, Candidate
from agent.display import check_desktop, display_server
from agent.sources.device_facts import DeviceFacts, DisplayLook, Look
from agent.sources.memory import SessionMemory
from wire.codes import DisplayServer, SourceName
from wire.policy import Policy

Sources = list[tuple[SourceName, Sequence[Candidate]]]


@dataclass(frozen=True, slots=True)
class Offers:
    """What to start for a session."""

    sources: Sequence[tuple[SourceName, Sequence[Candidate]]]
    required: frozenset[SourceName] = REQUIRED
    """Without these, recording does not begin."""


def check_connects(
    environment: Mapping[str, str] = os.environ, platform: str = sys.platform
) -> None:
    """Try the desktop, before anything is begun that would need it.

    Raises:
        SourceUnavailable: it cannot be recorded on; the text says what to look at.
    """
    if check_desktop(environment, platform) is DisplayServer.X11:
        from agent.sources import x11  # noqa: PLC0415 - a platform backend

        x11.check_connects()


def sources_offered(
    policy: Policy,
    listen: Listen,
    memory: SessionMemory,
    environment: Mapping[str, str] = os.environ,
    platform: str = sys.platform,
) -> Offers:
    """What to start for a session, anew after each of its pauses."""
    server = display_server(environment, platform)
    display: DisplayLook | None = None
    looks: Sequence[Look] = ()
    required = REQUIRED
    rules, coarse = policy.pictures, listen.coarse_pictures
    pictures = rules and structs.replace(rules, pixelate=rules.pixelate or coarse)
    match server:
        case DisplayServer.WINDOWS:
            from agent.sources import windows, windows_calls  # noqa: PLC0415 - a platform backend

            system = windows_calls.load()
            sources = windows.windows_sources(policy, memory, system, pictures)
            looks = (lambda: windows.windows_facts(system),)
        case DisplayServer.MACOS:
            from agent.sources import macos, macos_calls  # noqa: PLC0415 - a platform backend

            mac = macos_calls.load()
            sources = macos.macos_sources(policy, memory, mac, pictures)
            looks = (lambda: macos.macos_facts(mac),)
        case DisplayServer.WAYLAND:
            from agent.device.linux import linux_facts  # noqa: PLC0415 - a platform backend
            from agent.sources.wayland import wayland_sources  # noqa: PLC0415 - a platform backend

            # Nothing that is seen here would show whether it works: the extension's word is extra.
            sources, required = wayland_sources(policy), frozenset[SourceName]()
            looks = (lambda: linux_facts(server, environment),)
        case _:
            from agent.device.linux import linux_facts  # noqa: PLC0415 - a platform backend
            from agent.sources import x11, x11_device  # noqa: PLC0415 - a platform backend

            sources = list(x11.x11_sources(policy, memory, coarse=listen.coarse_pictures))
            display, looks = x11_device.X11Device(), (lambda: linux_facts(server, environment),)
    facts = Candidate(lambda: DeviceFacts(looks, display))
    return Offers([*sources, (SourceName.DEVICE, (facts,))], required)
