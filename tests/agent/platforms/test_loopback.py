"""The stand-in for a local socket on Windows; it runs everywhere, so it is tested for real."""

import socket
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from agent.platforms import loopback

T_S = 5.0


def taken(server: socket.socket) -> Callable[[], bool]:
    """Take one connection in a thread; the answer says whether it was our own."""
    found: list[bool] = []

    def take() -> None:
        peer, _ = server.accept()
        with peer:
            found.append(loopback.is_own(peer))
            if found[0]:
                peer.sendall(b"hello")

    thread = threading.Thread(target=take)
    thread.start()

    def answer() -> bool:
        thread.join(T_S)
        return found[0]

    return answer


def test_one_users_processes_find_each_other(tmp_path: Path) -> None:
    path = tmp_path / "agent.sock"
    with loopback.listen(path, 1) as server:
        assert server.getsockname()[0] == "127.0.0.1"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        own = taken(server)
        with loopback.connect(path, T_S) as client:
            assert client.recv(5) == b"hello"
        assert own()


def test_a_stranger_who_does_not_know_the_secret_is_not_our_own(tmp_path: Path) -> None:
    path = tmp_path / "agent.sock"
    with loopback.listen(path, 1) as server:
        own = taken(server)
        with socket.create_connection(server.getsockname()) as client:
            client.sendall(bytes(32))
            assert len(client.recv(64)) > 0
            client.sendall(bytes(32))
            assert not own()


def test_a_stranger_who_says_nothing_is_not_waited_for_long(tmp_path: Path) -> None:
    with loopback.listen(tmp_path / "agent.sock", 1) as server:
        own = taken(server)
        with socket.create_connection(server.getsockname()):
            assert not own()


def test_a_port_that_somebody_else_took_over_gets_nothing(tmp_path: Path) -> None:
    path = tmp_path / "agent.sock"
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as thief:
        door = {"port": thief.getsockname()[1], "secret": "c2VjcmV0"}
        path.write_bytes(msgspec.json.encode(door))

        def answer() -> None:
            peer, _ = thief.accept()
            with peer:
                heard.append(peer.recv(32))
                peer.sendall(bytes(64))
                heard.append(peer.recv(32))

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(ConnectionRefusedError, match="somebody else"):
            loopback.connect(path, T_S)
        thread.join(T_S)
    assert heard[1] == b""
    assert b"secret" not in heard[0]


@pytest.mark.parametrize("left", [None, b"", b"{}", b"no json"])
def test_nobody_listening_is_an_os_error(tmp_path: Path, left: bytes | None) -> None:
    path = tmp_path / "agent.sock"
    if left is not None:
        path.write_bytes(left)
    with pytest.raises(OSError):  # noqa: PT011 - any: the caller asks no more than that
        loopback.connect(path, T_S)
