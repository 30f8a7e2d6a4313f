"""XInput2 raw events: one per press, with the source device and the server's time."""

import struct
from dataclasses import dataclass
from typing import Any

from Xlib.ext import ge, xinput

from agent.errors import SourceUnavailable
from agent.sources.x11_display import XConnection

KEY_MASK = xinput.RawKeyPressMask | xinput.RawKeyReleaseMask
BUTTON_MASK = xinput.RawButtonPressMask
REPEAT_FLAG = xinput.KeyRepeat

# xXIRawEvent after its event type (XI2proto.h): device, time, detail, source, valuators, flags.
_RAW = struct.Struct("=HIIHHI")


@dataclass(frozen=True, slots=True)
class RawEvent:
    """A raw event's fixed part."""

    kind: int
    server_ms: int
    detail: int
    """Key code or button."""
    source: int
    """The slave device it came from."""
    flags: int


def select_raw(connection: XConnection, mask: int) -> None:
    """Ask for raw events of all master devices, and to hear of devices that come and go.

    Raises:
        SourceUnavailable: the server has no XInput 2.2.
    """
    if not connection.has(xinput.extname):
        raise SourceUnavailable("The display offers no XInput extension.")
    if xinput_version(connection) < (2, 2):
        raise SourceUnavailable("The display offers XInput older than 2.2.")
    hierarchy = (xinput.AllDevices, xinput.HierarchyChangedMask)
    connection.root.xinput_select_events([(xinput.AllMasterDevices, mask), hierarchy])
    connection.display.sync()


def xinput_version(connection: XConnection) -> tuple[int, int]:
    """The version that the server agrees on, at most 2.2; it has the extension."""
    # Not the wrapper's 2.0: a 2.0 client gets no raw events while another grabs.
    version = xinput.XIQueryVersion(
        display=connection.display.display,
        opcode=connection.display.display.get_extension_major(xinput.extname),
        major_version=2,
        minor_version=2,
    )
    return int(version.major_version), int(version.minor_version)


def raw_event(event: Any) -> RawEvent | None:
    """The raw event in a generic event; None for anything else."""
    if event.type != ge.GenericEventCode or not xinput.RawKeyPress <= event.evtype <= 16:
        return None
    _, server_ms, detail, source, _, flags = _RAW.unpack_from(event.data)
    return RawEvent(event.evtype, server_ms, detail, source, flags)


def is_hierarchy_change(event: Any) -> bool:
    """Whether a device came or went."""
    return bool(event.type == ge.GenericEventCode and event.evtype == xinput.HierarchyChanged)


def synthetic_devices(connection: XConnection) -> dict[int, bool]:
    """Every slave keyboard's id, and whether it is the XTEST device that programs type on."""
    devices = connection.display.xinput_query_device(xinput.AllDevices).devices
    return {
        device.deviceid: "XTEST" in str(device.name)
        for device in devices
        if device.use in (xinput.SlaveKeyboard, xinput.FloatingSlave)
    }
