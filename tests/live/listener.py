"""What the X server tells anyone who listens to raw events: the tests' own eyes."""

import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import Xlib.display
from Xlib.ext import ge, xinput

from tests.live.processes import wait_for

_RAW = struct.Struct("<HIIHHI")
"""xXIRawEvent after its event type: device, time, detail, source, valuators, flags."""
_PRESSES = {xinput.RawKeyPress: True, xinput.RawKeyRelease: False}


@dataclass(frozen=True, slots=True)
class RawKey:
    """One raw key event."""

    server_ms: int
    keycode: int
    down: bool
    source: str
    """The name of the device it came from."""


@dataclass(slots=True)
class Heard:
    """The raw key events so far."""

    keys: list[RawKey] = field(default_factory=list)

    def presses(self) -> list[RawKey]:
        """Those that press a key down."""
        return [key for key in self.keys if key.down]

    def wait_for_events(self, count: int) -> None:
        """Wait until so many events arrived."""
        wait_for(f"{count} raw key events", lambda: len(self.keys) >= count)


@contextmanager
def listening(name: str) -> Iterator[Heard]:
    """Listen to all raw key events of a display while the block runs."""
    display = Xlib.display.Display(name)
    display.xinput_query_version()
    root = display.screen().root
    root.xinput_select_events(
        [(xinput.AllMasterDevices, xinput.RawKeyPressMask | xinput.RawKeyReleaseMask)]
    )
    devices = {
        device.deviceid: device.name
        for device in display.xinput_query_device(xinput.AllDevices).devices
    }
    display.sync()
    heard = Heard()
    stopping = threading.Event()
    thread = threading.Thread(target=_listen, args=(display, devices, heard, stopping))
    thread.start()
    try:
        yield heard
    finally:
        stopping.set()
        thread.join()
        display.close()


def _listen(
    display: Xlib.display.Display,
    devices: dict[int, str],
    heard: Heard,
    stopping: threading.Event,
) -> None:
    while not stopping.is_set():
        if not display.pending_events():
            time.sleep(0.005)
            continue
        event = display.next_event()
        if event.type != ge.GenericEventCode or event.evtype not in _PRESSES:
            continue
        _, server_ms, keycode, source, _, _ = _RAW.unpack_from(event.data)
        heard.keys.append(RawKey(server_ms, keycode, _PRESSES[event.evtype], devices[source]))
