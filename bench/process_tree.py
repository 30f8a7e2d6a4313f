"""CPU and memory of processes together with all their children, from /proc."""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.live.processes import descendants

_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_FIRST_AFTER_NAME = 3
"""`man proc_pid_stat`: number of the first field behind the name in brackets."""
_UTIME, _CSTIME = 14, 17
"""User and system time, then those of ended children that were waited for."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory of a tree at one moment, in bytes."""

    pss: int
    rss: int
    """Shared pages counted in full for each process: what the tree holds if nobody else runs."""
    processes: int


def tree(roots: Iterable[int]) -> tuple[int, ...]:
    """The processes and all their children."""
    found: set[int] = set()
    for root in roots:
        found |= {root, *descendants(root)}
    return tuple(sorted(found))


def cpu_s(pids: Iterable[int]) -> float:
    """User and system time so far, with that of children that have ended."""
    return sum(_cpu_ticks(pid) for pid in pids) / _TICKS_A_SECOND


def rss_bytes(pids: Iterable[int]) -> int:
    """Resident memory, shared pages counted for each process: cheap to read, an upper bound."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES
    return total


def memory(pids: Iterable[int]) -> Memory:
    """Proportional set size: a page shared by n processes counts as 1/n in each."""
    pss, rss, alive = 0, 0, 0
    for pid in pids:
        with suppress(OSError):
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            pss += _bytes(rollup, "Pss:")
            rss += _bytes(rollup, "Rss:")
            alive += 1
    return Memory(pss, rss, alive)


def _bytes(rollup: str, name: str) -> int:
    for line in rollup.splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    return 0


def _cpu_ticks(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    fields = text.rpartition(")")[2].split()
    return sum(int(fields[number - _FIRST_AFTER_NAME]) for number in range(_UTIME, _CSTIME + 1))
