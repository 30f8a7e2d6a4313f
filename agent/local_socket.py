"""Sockets between one user's processes: short names for deep paths, whose the other end is."""

import contextlib
import os
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

_PEER = struct.Struct("3i")


@contextlib.contextmanager
def address_of(path: Path) -> Iterator[str]:
    """A name of the socket that fits the 107 bytes of `sun_path`, however deep the folder."""
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{path.name}"
    finally:
        os.close(descriptor)


def listen(path: Path, backlog: int = 8) -> socket.socket:
    """A listening socket that only this user can open. The caller holds the instance lock.

    An old socket at `path` is nobody's and is replaced.
    """
    path.unlink(missing_ok=True)
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with address_of(path) as address:
        made.bind(address)
    path.chmod(0o600)
    made.listen(backlog)
    return made


def is_own(peer: socket.socket) -> bool:
    """Whether this user's process is at the other end."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    credentials = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    return int(_PEER.unpack(credentials)[1]) == os.getuid()
