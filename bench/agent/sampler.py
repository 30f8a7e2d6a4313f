"""Watches a tree of processes while something runs."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

from bench.process_tree import Memory, cpu_s, memory, rss_bytes, tree

EVERY_S = 2.0
LOOK_S = 0.05
"""Between two samples the resident size is looked at this often: no short peak is missed."""
HIGHER_BYTES = 512 * 1024


@dataclass(slots=True)
class Watched:
    """What a tree cost from `began_s` to `ended_s` (monotonic)."""

    began_s: float = 0.0
    ended_s: float = 0.0
    cpu_s: float = 0.0
    samples: list[Memory] = field(default_factory=list)
    """One each `EVERY_S`."""
    peak_bytes: int = 0
    processes: int = 0
    """The most at a time."""

    @property
    def core_share(self) -> float:
        """CPU time for each second that passed: 1.0 is one core."""
        return self.cpu_s / (self.ended_s - self.began_s)

    @property
    def median_bytes(self) -> int:
        """Median PSS of the samples."""
        return round(median(sample.pss for sample in self.samples))

    @property
    def median_rss_bytes(self) -> int:
        """Median resident size of the samples."""
        return round(median(sample.rss for sample in self.samples))


class _Sampler:
    def __init__(self, roots: Callable[[], list[int]]) -> None:
        self._roots = roots
        self._known = roots()
        self._highest_rss = 0
        self.watched = Watched()
        self.ending = threading.Event()

    def run(self) -> None:
        watched = self.watched
        watched.began_s = time.monotonic()
        before_s = cpu_s(tree(self._known))
        next_s = watched.began_s
        while not self.ending.is_set():
            if time.monotonic() >= next_s:
                next_s += EVERY_S
                self._known = self._roots()
                watched.samples.append(self._measured())
            elif (rss := rss_bytes(tree(self._known))) > self._highest_rss + HIGHER_BYTES:
                self._highest_rss = rss
                self._measured()
            self.ending.wait(LOOK_S)
        watched.cpu_s = cpu_s(tree(self._known)) - before_s
        watched.ended_s = time.monotonic()

    def _measured(self) -> Memory:
        found = memory(tree(self._known))
        self.watched.peak_bytes = max(self.watched.peak_bytes, found.pss)
        self.watched.processes = max(self.watched.processes, found.processes)
        return found


@contextmanager
def watching(roots: Callable[[], list[int]]) -> Iterator[Watched]:
    """Watch the trees that grow from `roots()` while the block runs; read the result after it."""
    sampler = _Sampler(roots)
    thread = threading.Thread(target=sampler.run, name="sampler")
    thread.start()
    try:
        yield sampler.watched
    finally:
        sampler.ending.set()
        thread.join()
