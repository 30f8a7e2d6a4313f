"""Whether this desktop is seen or steered from elsewhere, as far as a user's process can tell."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil

from agent.display import REMOTE_VARIABLES

_PROC = Path("/proc")
_DESKTOPS = frozenset(
    ("xrdp-chansrv", "Xvnc", "Xtigervnc", "Xtightvnc", "x2goagent", "nxagent", "Xvnc-core")
)
"""A desktop of this user under one of these is shown elsewhere and nowhere else."""
_SHARING = frozenset(
    (
        "x11vnc",
        "x0vncserver",
        "x0tigervncserver",
        "vino-server",
        "wayvnc",
        "krfb",
        "krdpserver",
        "gnome-remote-de",
        "rustdesk",
        "sunshine",
        "anydesk",
        "TeamViewer",
    )
)
"""These show the desktop while somebody is connected (names as the kernel cuts them: 15 bytes)."""
_COMM_BYTES = 15


def is_remote_display(name: str) -> bool:
    """Whether an X display's name has a host: SSH forwarding, or an X server elsewhere."""
    host = name.rpartition(":")[0]
    return bool(host) and host != "unix" and not host.startswith("/")


def is_remote_desktop(
    environment: Mapping[str, str], user: int, proc: Path = _PROC, *, display: bool = True
) -> bool:
    """By the display's name, the session's variables, and what runs for this user."""
    if display and is_remote_display(environment.get("DISPLAY", "")):
        return True
    if any(environment.get(name) for name in REMOTE_VARIABLES):
        return True
    for process, name in _processes_of(user, proc):
        if name in _DESKTOPS or (name in _SHARING and _is_connected(process)):
            return True
    return False


def _processes_of(user: int, proc: Path) -> Iterator[tuple[int, str]]:
    """Each process of a user and its name; two small reads each, since this runs often."""
    try:
        folders = list(proc.iterdir())
    except OSError:
        return
    for folder in folders:
        if not folder.name.isdecimal():
            continue
        try:
            if folder.stat().st_uid == user:
                comm = (folder / "comm").read_bytes()[: _COMM_BYTES + 1]
                yield int(folder.name), comm.decode("utf-8", "replace").strip()
        except OSError:
            continue  # it ended while we looked


def _is_connected(process: int) -> bool:
    """Whether somebody is connected to a server; listening alone shows nobody anything."""
    try:
        found = psutil.Process(process).net_connections("tcp")
    except psutil.Error:
        return False
    return any(each.status == psutil.CONN_ESTABLISHED for each in found)
