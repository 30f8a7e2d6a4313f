"""Facts about the device from a real display."""

import struct

import pytest
from Xlib.ext import xinput
from Xlib.protocol import rq

from agent.errors import SourceUnavailable
from agent.observations import DeviceFactSeen, Observation
from agent.sources.device_facts import DeviceFacts
from agent.sources.x11_device import X11Device
from agent.sources.x11_display import XConnection
from tests.agent.x11.conftest import Desktop, wait_for
from wire.codes import DeviceFactKind

pytestmark = pytest.mark.live


class AddMaster(rq.Request):
    """XIChangeHierarchy (XI2proto.h, request 43), which python-xlib lacks."""

    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(43),
        rq.RequestLength(),
        rq.Card8("num_changes"),
        rq.Pad(3),
        rq.Binary("changes"),
    )


def add_master(desktop: Desktop, name: str) -> None:
    """Attach a second pointer and keyboard, as `xinput create-master` does."""
    text = name.encode().ljust(-(-len(name) // 4) * 4, b"\0")
    change = struct.pack("=HHHBB", 1, 2 + len(text) // 4, len(name), 0, 1) + text
    connection = desktop.connection.display
    major = connection.get_extension_major(xinput.extname)
    AddMaster(display=connection, opcode=major, num_changes=1, changes=change)
    desktop.connection.sync()


def test_a_display_counts_its_keyboards_and_tells_when_a_device_comes(desktop: Desktop) -> None:
    look = X11Device()
    look.open()
    assert not look.changed()
    assert look.facts() == {DeviceFactKind.REMOTE_DESKTOP: 0, DeviceFactKind.KEYBOARDS: 0}
    add_master(desktop, "second seat")
    wait_for(look.changed)
    assert look.fileno() is not None
    look.close()
    assert look.fileno() is None
    assert look.facts() == {}


def refuse(self: X11Device) -> None:
    raise SourceUnavailable("The display does not take connections.")


def test_a_display_that_takes_no_connection_leaves_its_facts_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Observation] = []
    monkeypatch.setattr(XConnection, "__init__", refuse)
    source = DeviceFacts([lambda: {DeviceFactKind.SEATS: 1}], X11Device())
    source.start(seen.append)
    source.pump(1)
    assert seen == [DeviceFactSeen(1, DeviceFactKind.SEATS, 1)]
    source.stop()
