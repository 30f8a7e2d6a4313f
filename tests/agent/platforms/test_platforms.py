"""What systems do differently, with fakes of the calls that are not here.

Recorded from the vendors' documentation, not from those systems: Windows' realtimeapiset.h
(QueryInterruptTimePrecise, QueryUnbiasedInterruptTimePrecise: 100 ns units) and ICU's ucal.h
(ucal_getDefaultTimeZone: UTF-16, returns the length); macOS' sys/ucred.h (struct xucred).
"""

import os
import select
import struct
import time
from pathlib import Path
from typing import Any

import pytest

from agent.clock import read_clock
from agent.local_socket import connect, listen, user_of_xucred
from agent.platforms.clocks import PosixClocks, WindowsClocks, clocks_of
from agent.platforms.files import is_private, is_private_file
from agent.platforms.inbox import CarriedInbox, PipeInbox, inbox
from agent.platforms.locks import try_lock


class Kernelbase:
    """The two clocks of a Windows that slept for two seconds."""

    def QueryInterruptTimePrecise(self, units: Any) -> None:  # noqa: N802 - Windows' name
        units._obj.value = 70_000_000

    def QueryUnbiasedInterruptTimePrecise(self, units: Any) -> None:  # noqa: N802 - as above
        units._obj.value = 50_000_000


class Icu:
    """Windows' ICU, in a zone."""

    def __init__(self, zone: str, error: int = 0) -> None:
        self.zone, self.error = zone, error

    def ucal_getDefaultTimeZone(self, text: Any, room: int, error: Any) -> int:  # noqa: N802
        encoded = self.zone.encode("utf-16-le")
        error._obj.value = self.error
        for index in range(min(room, len(encoded) // 2)):
            text[index] = int.from_bytes(encoded[2 * index : 2 * index + 2], "little")
        return len(encoded) // 2


def test_windows_clocks_tell_sleep_apart() -> None:
    clocks = WindowsClocks(Kernelbase(), Icu("Europe/Rome"))
    assert clocks.running_ns() == 7_000_000_000
    assert clocks.awake_ns() == 5_000_000_000
    assert clocks.zone() == "Europe/Rome"


@pytest.mark.parametrize("icu", [None, Icu("Europe/Rome", error=7), Icu("x" * 500), Icu("")])
def test_a_windows_without_zone_names_has_none(icu: Icu | None) -> None:
    assert WindowsClocks(Kernelbase(), icu).zone() == ""


def test_this_systems_clocks_go_on_and_name_the_boot() -> None:
    clocks = clocks_of("linux")
    first = clocks.running_ns()
    assert clocks.running_ns() >= first > 0
    assert clocks.awake_ns() > 0
    assert clocks.boot() == clocks.boot() == read_clock().boot_id


def test_a_boot_without_a_name_is_random() -> None:
    clocks = PosixClocks(time.CLOCK_MONOTONIC, time.CLOCK_MONOTONIC, lambda: "no name")
    assert len(clocks.boot()) == 16
    assert clocks.boot() != clocks.boot()


def test_macos_tells_whose_the_other_end_is() -> None:
    credentials = struct.pack("IIh2x16I", 0, 501, 1, *range(16))
    assert user_of_xucred(credentials) == 501
    assert user_of_xucred(b"") == -1


def test_a_local_socket_reaches_its_own_user(tmp_path: Path) -> None:
    path = tmp_path / ("deep" * 30) / "agent.sock"
    path.parent.mkdir()
    with listen(path) as server, connect(path, 1.0) as client:
        peer, _ = server.accept()
        with peer:
            client.sendall(b"x")
            assert peer.recv(1) == b"x"


def test_what_comes_through_a_pipe_can_be_waited_for_as_a_socket() -> None:
    assert isinstance(inbox(0, "linux"), PipeInbox)
    reading, writing = os.pipe()
    carried = CarriedInbox(reading)
    assert not select.select([carried], [], [], 0)[0]
    os.write(writing, b"a command")
    assert select.select([carried], [], [], 5)[0]
    assert carried.read(100) == b"a command"
    os.close(writing)
    assert select.select([carried], [], [], 5)[0]
    assert carried.read(100) == b""
    carried.close()
    os.close(reading)


def test_a_lock_is_held_by_one(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first = os.open(path, os.O_RDWR | os.O_CREAT)
    second = os.open(path, os.O_RDWR)
    assert try_lock(first)
    assert not try_lock(second)
    os.close(first)
    assert try_lock(second)
    os.close(second)


def test_a_file_that_others_can_read_or_a_link_is_not_private(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.touch(0o600)
    assert is_private_file(file)
    assert is_private(file)
    link = tmp_path / "link"
    link.symlink_to(file)
    assert not is_private_file(link)
    file.chmod(0o640)
    assert not is_private(file)
