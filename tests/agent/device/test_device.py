"""Facts about the device, read from made-up system folders."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from agent.device.keyboards import is_remote, keyboards
from agent.device.remote_desktop import is_remote_desktop, is_remote_display
from agent.device.seats import seats
from agent.device.virtual_machine import in_virtual_machine

MACHINES = [
    ({"sys/class/dmi/id/sys_vendor": "QEMU\n"}, True),
    ({"sys/class/dmi/id/product_name": "VMware Virtual Platform\n"}, True),
    ({"sys/class/dmi/id/product_name": "Virtual Machine\n"}, True),
    ({"sys/class/dmi/id/board_vendor": "innotek GmbH\n"}, True),
    ({"proc/cpuinfo": "flags\t\t: fpu vme hypervisor lahf_lm\n"}, True),
    ({"proc/cpuinfo": "flags : fpu hypervisor\n", "proc/xen/capabilities": "control_d\n"}, False),
    ({"proc/cpuinfo": "flags : fpu vme\n", "sys/class/dmi/id/sys_vendor": "LENOVO\n"}, False),
    ({"proc/cpuinfo": "model name : hypervisor\nflags : fpu\n"}, False),
    ({}, None),
]


@pytest.mark.parametrize(("files", "virtual"), MACHINES)
def test_a_virtual_machine_shows_in_firmware_or_processor(
    tmp_path: Path, files: dict[str, str], virtual: bool | None
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert in_virtual_machine(tmp_path) is virtual


@pytest.mark.parametrize(
    ("name", "remote"),
    [
        (":0", False),
        (":99.0", False),
        ("unix:0", False),
        ("/private/tmp/launch/org.xquartz:0", False),
        ("localhost:10.0", True),
        ("desk.example.org:0", True),
        ("", False),
    ],
)
def test_a_display_with_a_host_is_remote(name: str, *, remote: bool) -> None:
    assert is_remote_display(name) is remote


def process(proc: Path, number: int, name: str) -> None:
    (proc / str(number)).mkdir()
    (proc / str(number) / "comm").write_text(name + "\n")


def test_a_desktop_under_a_vnc_server_is_remote(tmp_path: Path) -> None:
    process(tmp_path, 10, "bash")
    assert not is_remote_desktop({"DISPLAY": ":1"}, os.getuid(), tmp_path)
    process(tmp_path, 11, "Xtigervnc")
    assert is_remote_desktop({"DISPLAY": ":1"}, os.getuid(), tmp_path)
    assert not is_remote_desktop({"DISPLAY": ":1"}, os.getuid() + 1, tmp_path)


SHARING = """
import socket, sys
with socket.create_server(("127.0.0.1", 0)) as listening:
    print(listening.getsockname()[1], flush=True)
    peer, _ = listening.accept()
    print("somebody is there", flush=True)
    sys.stdin.read()
"""


def test_a_sharing_server_counts_while_somebody_is_connected(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SHARING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        process(tmp_path, server.pid, "x11vnc")
        port = int(server.stdout.readline())
        assert not is_remote_desktop({}, os.getuid(), tmp_path)
        with socket.create_connection(("127.0.0.1", port)):
            assert server.stdout.readline() == "somebody is there\n"
            assert is_remote_desktop({}, os.getuid(), tmp_path)


@pytest.mark.parametrize("name", ["XRDP_SESSION", "VNCDESKTOP", "CHROME_REMOTE_DESKTOP_SESSION"])
def test_a_remote_sessions_variable_is_enough(tmp_path: Path, name: str) -> None:
    assert is_remote_desktop({name: "1"}, os.getuid(), tmp_path)


def test_seats_are_counted_where_the_system_lists_them(tmp_path: Path) -> None:
    assert seats(tmp_path / "none") is None
    (tmp_path / "seat0").touch()
    assert seats(tmp_path) == 1
    (tmp_path / "seat-garden").touch()
    assert seats(tmp_path) == 2


def test_each_keyboard_is_counted_once_and_buttons_not_at_all() -> None:
    laptop = [
        "Virtual core XTEST keyboard",
        "Power Button",
        "Video Bus",
        "AT Translated Set 2 keyboard",
        "ThinkPad Extra Buttons",
        "Integrated Camera: Integrated C",
        "HDA Intel PCH Headphone",
    ]
    assert keyboards(laptop) == 1
    receiver = ["Logitech USB Receiver", "Logitech USB Receiver Consumer Control"]
    assert keyboards([*laptop, *receiver, "Logitech USB Receiver System Control"]) == 2
    assert keyboards([*laptop, "ydotoold virtual device"]) == 2
    assert keyboards(["Xvfb virtual keyboard"]) == 0


def test_devices_that_carry_input_from_elsewhere_are_known_by_name() -> None:
    tigervnc = ["Virtual core XTEST keyboard", "TigerVNC keyboard"]  # as Debian 12 shows them
    assert is_remote(tigervnc)
    assert is_remote(["xrdpKeyboard"])
    assert keyboards(tigervnc) == 0
    assert not is_remote(["Virtual core XTEST keyboard", "AT Translated Set 2 keyboard"])
