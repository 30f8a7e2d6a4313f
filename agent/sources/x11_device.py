"""What an X display knows about the device: keyboards attached, and whether it is a VNC display."""

from Xlib import error as xerror
from Xlib.ext import xinput

from agent.device.keyboards import keyboards
from agent.errors import SourceUnavailable
from agent.sources.device_facts import Facts
from agent.sources.x11_display import LOST, XConnection
from agent.sources.x11_raw import is_hierarchy_change, xinput_version
from wire.codes import DeviceFactKind

_VNC_EXTENSION = "VNC-EXTENSION"


class X11Device:
    """Holds a connection that selects no input, only news of devices that come and go."""

    def __init__(self) -> None:
        self._connection: XConnection | None = None
        self._has_xinput = False

    def open(self) -> None:
        """Connect; a display that does not let us leaves the facts unknown."""
        try:
            self._connection = XConnection()
        except SourceUnavailable:
            return
        self._has_xinput = self._connection.has(xinput.extname)
        if self._has_xinput:
            xinput_version(self._connection)
            news = (xinput.AllDevices, xinput.HierarchyChangedMask)
            self._connection.root.xinput_select_events([news])

    def close(self) -> None:
        """Disconnect."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def fileno(self) -> int | None:
        """The display connection."""
        return self._connection.fileno() if self._connection is not None else None

    def changed(self) -> bool:
        """Whether a device came or went since the last call."""
        if self._connection is None:
            return False
        try:
            news = [is_hierarchy_change(event) for event in self._connection.pending()]
        except LOST:
            self.close()
            return False
        return any(news)

    def facts(self) -> Facts:
        """Keyboards, and a VNC server that is the display itself or sits inside it."""
        if self._connection is None:
            return {}
        try:
            vnc = self._connection.has(_VNC_EXTENSION) or "VNC" in self._vendor()
            seen = {DeviceFactKind.REMOTE_DESKTOP: int(vnc)}
            if self._has_xinput:
                seen[DeviceFactKind.KEYBOARDS] = keyboards(self._names())
        except (*LOST, xerror.XError):
            self.close()
            return {}
        return seen

    def _vendor(self) -> str:
        return str(self._connection.display.display.info.vendor) if self._connection else ""

    def _names(self) -> list[str]:
        if self._connection is None:
            return []
        found = self._connection.display.xinput_query_device(xinput.AllDevices).devices
        kinds = (xinput.SlaveKeyboard, xinput.FloatingSlave)
        return [str(device.name) for device in found if device.use in kinds]
