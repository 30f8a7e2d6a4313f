"""What a server's processes cost while something runs."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.process_tree import cpu_s, memory, tree

_EVERY_S = 1.0


@dataclass(slots=True)
class Costs:
    """Over one stretch, all processes together."""

    cpu_s: float = 0.0
    peak_pss_bytes: int = 0
    """The most that was seen, once a second: a page shared by n processes counts as 1/n."""
    peak_rss_bytes: int = 0
    """Every process at its own highest, shared pages counted for each: an upper bound."""
    processes: int = 0


@contextmanager
def counting(roots: Callable[[], list[int]]) -> Iterator[Costs]:
    """Watch the trees that grow from `roots()` while the block runs; read the result after it."""
    costs, ending = Costs(), threading.Event()
    before_s = cpu_s(tree(roots()))

    def watch() -> None:
        while True:
            found = memory(tree(roots()))
            costs.peak_pss_bytes = max(costs.peak_pss_bytes, found.pss)
            costs.processes = max(costs.processes, found.processes)
            if ending.wait(_EVERY_S):
                return

    thread = threading.Thread(target=watch, name="costs")
    thread.start()
    try:
        yield costs
    finally:
        ending.set()
        thread.join()
        processes = tree(roots())
        costs.cpu_s = cpu_s(processes) - before_s
        costs.peak_rss_bytes = sum(_highest_rss_bytes(pid) for pid in processes)


def _highest_rss_bytes(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0
