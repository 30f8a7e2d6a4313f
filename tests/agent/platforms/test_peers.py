"""Another user's program at the other end of a connection over loopback is known as such."""

import os
import socket
from pathlib import Path

import pytest

from agent.platforms.peers import is_foreign

_HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"


def test_a_connection_of_ones_own_is_not_foreign() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        taken, address = server.accept()
        assert not is_foreign(address, server.getsockname())
        client.close()
        taken.close()


@pytest.mark.parametrize("prefix", ["", "0000000000000000FFFF0000"])
def test_another_users_connection_is_foreign(tmp_path: Path, prefix: str) -> None:
    table, other = tmp_path / "tcp", os.getuid() + 1
    ours = f"   0: {prefix}0100007F:1F90 {prefix}0100007F:C350 01 0:0 00:0 0 {os.getuid()} 0 9\n"
    theirs = f"   1: {prefix}0100007F:C350 {prefix}0100007F:1F90 01 0:0 00:0 0 {other} 0 9\n"
    table.write_text(_HEAD + ours + theirs)
    tables = (tmp_path / "absent", table)
    assert is_foreign(("127.0.0.1", 50_000), ("127.0.0.1", 8080), tables)
    assert not is_foreign(("127.0.0.1", 50_001), ("127.0.0.1", 8080), tables)
