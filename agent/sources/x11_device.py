"""What an X display knows about the device: keyboards, and whether it is shown elsewhere."""

from Xlib import error as xerror
from Xlib.ext import xinput

from agent.device.keyboards import is_remote, keyboards
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
        """Keyboards, and a VNC or xrdp server that is the display itself or sits inside it."""
        if self._connection is None:
            return {}
        try:
            names = self._names() if self._has_xinput else []
            # Asked of the server: python-xlib's own list has only what it knows itself.
            vnc = self._connection.display.query_extension(_VNC_EXTENSION)
            remote = vnc is not None or is_remote(names)
            seen = {DeviceFactKind.REMOTE_DESKTOP: int(remote)}
            if self._has_xinput:
                seen[DeviceFactKind.KEYBOARDS] = keyboards(names)
        except (*LOST, xerror.XError):
            self.close()
            return {}
        return seen

    def _names(self) -> list[str]:
        if self._connection is None:
            return []
        found = self._connection.display.xinput_query_device(xinput.AllDevices).devices
        kinds = (xinput.SlaveKeyboard, xinput.FloatingSlave)
        return [str(device.name) for device in found if device.use in kinds]
