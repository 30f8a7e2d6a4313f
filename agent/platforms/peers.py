"""Whose program is at the other end of a connection over loopback, where the system says so.

Only Linux does, in /proc/net/tcp and /proc/net/tcp6 (proc(5)).
"""

import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_LOCAL, _REMOTE, _USER = 1, 2, 7


def is_foreign(
    client: tuple[str, int], server: tuple[str, int], tables: Sequence[Path] = TABLES
) -> bool:
    """Whether a connection from `client` to `server` was made by another user's program."""
    local, remote = _as_listed(client), _as_listed(server)
    for table in tables:
        try:
            lines = table.read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            # An IPv4 address that an IPv6 socket uses stands at the end of a longer one.
            if fields[_LOCAL].endswith(local) and fields[_REMOTE].endswith(remote):
                return int(fields[_USER]) != os.getuid()
    return False


def _as_listed(address: tuple[str, int]) -> str:
    host = int.from_bytes(socket.inet_aton(address[0]), sys.byteorder)
    return f"{host:08X}:{address[1]:04X}"
