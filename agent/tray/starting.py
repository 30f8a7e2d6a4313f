"""The agent process's end of the tray: the icon starts at clock-in and ends with the agent."""

import contextlib
import logging
import subprocess
from collections.abc import Mapping

from agent.processes import command

log = logging.getLogger(__name__)

_END_S = 2.0


class TrayIcon:
    """The icon's process; it ends by itself where the desktop has no tray."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def show(self, environment: Mapping[str, str]) -> None:
        """Start it on this desktop, unless it runs. An icon that cannot start is no trouble."""
        if not environment.get("DISPLAY") or (self._process and self._process.poll() is None):
            return
        try:
            self._process = subprocess.Popen(
                command("tray"),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=dict(environment),
            )
        except OSError as error:
            log.warning("the tray's process does not start: %s", type(error).__name__)

    def end(self) -> None:
        """End it with the agent process."""
        if self._process is None:
            return
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_S)
