"""Whether this system runs in a virtual machine. A container alone is none."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

_ROOT = Path("/")
_DETECT = "systemd-detect-virt"
_DETECT_S = 3.0
_CPUINFO_BYTES = 16_384
"""The first processor's entry is enough; a large machine's file has megabytes."""

# systemd's src/basic/virt.c names these vendors (DMI strings begin with one of them).
_VENDORS = (
    "qemu",
    "kvm",
    "openstack",
    "kubevirt",
    "vmware",
    "innotek gmbh",
    "virtualbox",
    "oracle corporation virtual",
    "xen",
    "bochs",
    "parallels",
    "bhyve",
    "hyper-v",
    "apple virtualization",
    "google compute engine",
    "virtual machine",
)
_DMI = ("product_name", "sys_vendor", "board_vendor", "bios_vendor")


def in_virtual_machine(root: Path = _ROOT) -> bool | None:
    """By systemd where it is there, else by the firmware's strings and the processor's flags.

    None: the system shows neither.
    """
    if root == _ROOT and (asked := _by_systemd()) is not None:
        return asked
    if "control_d" in _text(root / "proc/xen/capabilities"):
        return False  # Xen's own host: under a hypervisor, and no guest
    cpuinfo = _text(root / "proc/cpuinfo")
    if any(line.startswith("flags") and " hypervisor" in line for line in cpuinfo.splitlines()):
        return True
    strings = [_text(root / "sys/class/dmi/id" / name) for name in _DMI]
    if names_virtual_machine(strings):
        return True
    return False if cpuinfo or any(strings) else None


def names_virtual_machine(strings: Iterable[str]) -> bool:
    """Whether the firmware's strings are those of a virtual machine."""
    return any(text.strip().lower().startswith(_VENDORS) for text in strings)


def _by_systemd() -> bool | None:
    program = shutil.which(_DETECT)
    if program is None:
        return None
    try:
        asked = subprocess.run(
            [program, "--vm"], capture_output=True, text=True, timeout=_DETECT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    # It ends with 1 for "none"; any other word is a kind of machine.
    word = asked.stdout.strip()
    return word != "none" if word else None


def _text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(_CPUINFO_BYTES)
    except OSError:
        return ""
