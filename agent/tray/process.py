"""The tray's process: `python -m agent tray [--stay]`.

The agent process starts it at clock-in, and it ends with that process. With `--stay`, at login, it
waits for a tray to appear and stays, whether or not an agent process runs; it never starts to
record.
"""

import contextlib
import fcntl
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

from Xlib import error as xerror
from Xlib.display import Display

from agent.errors import AgentError, AgentNotRunning
from agent.face import control
from agent.face.control import Request
from agent.face.status import Status
from agent.paths import Paths, open_paths
from agent.processes import command
from agent.tray.icon import Icon
from agent.tray.look import NOBODY, Entry, Order, entries, look
from agent.tray.menu import Menu

STAY = "--stay"
POLL_S = 1.5
"""With the three seconds after which a silent source counts as stopped: shown within five."""
_ASK_S = 2.0
_DO_S = 60.0
_TRAY_APPEARS_S = 60.0
_REQUESTS = {Order.PAUSE: "pause", Order.RESUME: "resume", Order.CLOCK_OUT: "clock-out"}


class TrayProcess:
    """The icon, its menu and the agent process behind them."""

    def __init__(self, paths: Paths, display: Display, *, stays: bool) -> None:
        self._paths = paths
        self._display = display
        self._stays = stays
        self._icon = Icon(display)
        self._menu: Menu | None = None
        self._status = NOBODY
        self._complaint = ""

    def run(self) -> None:
        """Show what the agent says until it ends, or, when it stays, until the display does."""
        deadline_s = time.monotonic() + (_TRAY_APPEARS_S if self._stays else 0)
        asked_s = float("-inf")
        while True:
            if time.monotonic() - asked_s >= POLL_S:
                asked_s = time.monotonic()
                if not self._ask():
                    return
                self._icon.show(look(self._status))
                if not self._icon.docked and self._icon.dock(look(self._status)):
                    deadline_s = float("inf")
                elif not self._icon.docked and time.monotonic() > deadline_s:
                    return
            self._take_events()
            left_s = max(asked_s + POLL_S - time.monotonic(), 0.0)
            select.select([self._display.fileno()], [], [], left_s)

    def _ask(self) -> bool:
        """Ask the agent how it is; False when we are to end."""
        try:
            self._status = control.ask(self._paths.socket, Request(do="glance"), _ASK_S)
        except AgentNotRunning:
            self._status = NOBODY
            # Without its folder the agent was removed from this computer.
            return self._stays and self._paths.home.exists()
        except AgentError as error:
            # It runs and does not answer: nobody can say that it records.
            self._complaint = str(error)
            self._status = Status(running=True, recording=False, state="broken")
        return True

    def _take_events(self) -> None:
        for _ in range(self._display.pending_events()):
            happened = self._display.next_event()
            if self._menu is not None:
                self._choose(self._menu, happened)
            if self._icon.handle(happened) and self._menu is None:
                self._open_menu(happened)

    def _open_menu(self, click: Any) -> None:
        self._ask()
        complaint = (Entry(self._complaint),) if self._complaint else ()
        self._complaint = ""
        lines = (*complaint, *entries(self._status))
        self._menu = Menu(self._display, lines, click.root_x, click.root_y)

    def _choose(self, menu: Menu, happened: Any) -> None:
        order = menu.handle(happened)
        if menu.closed:
            self._menu = None
        if order is Order.PAGE:
            subprocess.Popen(
                command("veritype", "page"),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        elif order is not None:
            try:
                request = Request(do=_REQUESTS[order])
                self._status = control.ask(self._paths.socket, request, _DO_S)
            except AgentError as error:
                self._complaint = str(error)
            self._icon.show(look(self._status))


def main(arguments: Sequence[str]) -> int:
    """Run the process."""
    if list(arguments) not in ([], [STAY]):
        print(f"usage: python -m agent tray [{STAY}]", file=sys.stderr)
        return 2
    try:
        paths = open_paths()
        display = Display()
    except (AgentError, xerror.DisplayError, xerror.XError, OSError, ValueError):
        return 0  # No display, no icon.
    display.set_error_handler(lambda *_: None)
    with contextlib.suppress(xerror.ConnectionClosedError, OSError), _only_icon(paths) as first:
        if first:
            TrayProcess(paths, display, stays=STAY in arguments).run()
    return 0


@contextlib.contextmanager
def _only_icon(paths: Paths) -> Iterator[bool]:
    """Whether this is the only icon of this person: two would be one too many."""
    descriptor = os.open(paths.tray_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
