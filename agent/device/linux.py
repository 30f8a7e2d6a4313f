"""What a Linux system says about itself; it needs no display."""

import os
from collections.abc import Mapping
from functools import cache

from agent.device.remote_desktop import is_remote_desktop
from agent.device.seats import seats
from agent.device.virtual_machine import in_virtual_machine
from wire.codes import DeviceFactKind, DisplayServer


@cache
def _virtual() -> bool | None:
    """Once a process: it does not change while the system runs."""
    return in_virtual_machine()


def linux_facts(server: DisplayServer, environment: Mapping[str, str]) -> dict[DeviceFactKind, int]:
    """Virtual machine, remote desktop, seats and display server of a Linux system."""
    remote = is_remote_desktop(environment, os.getuid())
    facts = {DeviceFactKind.DISPLAY_SERVER: server, DeviceFactKind.REMOTE_DESKTOP: int(remote)}
    virtual, places = _virtual(), seats()
    if virtual is not None:
        facts[DeviceFactKind.VIRTUAL_MACHINE] = int(virtual)
    if places is not None:
        facts[DeviceFactKind.SEATS] = places
    return facts
