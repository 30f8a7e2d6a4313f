"""Sockets between one user's processes: short names for deep paths, whose the other end is."""

import contextlib
import os
import socket
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from agent.platforms import loopback

_LINUX_PEER = struct.Struct("3i")
_MAC_PEER = struct.Struct("IIh2x16I")
"""`struct xucred` of macOS' sys/ucred.h: version, user, number of groups, groups."""
_SOL_LOCAL, _LOCAL_PEERCRED = 0, 1
_HAS_UNIX = sys.platform != "win32"


@contextlib.contextmanager
def address_of(path: Path) -> Iterator[str]:
    """A name of the socket that fits the 107 bytes of `sun_path`, however deep the folder.

    Only Linux has such names; elsewhere the path must be short enough by itself.
    """
    if sys.platform != "linux":
        yield str(path)
        return
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
    if not _HAS_UNIX:
        return loopback.listen(path, backlog)
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with address_of(path) as address:
        made.bind(address)
    path.chmod(0o600)
    made.listen(backlog)
    return made


def connect(path: Path, wait_s: float) -> socket.socket:
    """A connection to this user's process that listens at `path`; it waits so long at most.

    Raises:
        OSError: nobody listens there, or another user does.
    """
    if not _HAS_UNIX:
        return loopback.connect(path, wait_s)
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        peer.settimeout(wait_s)
        with address_of(path) as address:
            peer.connect(address)
        _need_own(peer)
    except BaseException:
        peer.close()
        raise
    return peer


def is_own(peer: socket.socket) -> bool:
    """Whether this user's process is at the other end of a connection that was taken."""
    if not _HAS_UNIX:
        return loopback.is_own(peer)
    if hasattr(socket, "SO_PEERCRED"):
        found = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _LINUX_PEER.size)
        return int(_LINUX_PEER.unpack(found)[1]) == os.getuid()
    found = peer.getsockopt(_SOL_LOCAL, _LOCAL_PEERCRED, _MAC_PEER.size)
    return user_of_xucred(found) == os.getuid()


def _need_own(peer: socket.socket) -> None:
    if not is_own(peer):
        raise ConnectionRefusedError("somebody else listens there")


def user_of_xucred(found: bytes) -> int:
    """The user in macOS' credentials of a peer; -1 if they are none."""
    if len(found) < _MAC_PEER.size:
        return -1
    return int(_MAC_PEER.unpack(found[: _MAC_PEER.size])[1])
