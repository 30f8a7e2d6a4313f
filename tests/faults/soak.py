"""`make soak`: the faults for long. A line of progress a minute, a summary, exit 1 on any finding.

`python -m tests.faults.soak [--kills 500] [--days 7] [--hours 0]`: kills by `kill -9`, a server
that is down for so many days (simulated clocks), and hours of typing at 100 keys/s on a desktop.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from bench.agent.fast import typed_fast
from tests.contract.conftest import prepared_server
from tests.faults.killing import enrolled, findings, kill_often
from tests.faults.outage import outage
from tests.live.proxy import recording_proxy

_HOURS_A_DAY = 8


class Progress:
    """Says how far something is, once a minute."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._began_s = time.monotonic()
        self._next_s = self._began_s + 60.0

    def __call__(self, done: object) -> None:
        """Say it if a minute has passed."""
        now_s = time.monotonic()
        if now_s >= self._next_s:
            self._next_s += 60.0
            print(f"{(now_s - self._began_s) / 60.0:.0f} min: {done} {self._what}", flush=True)


def killed(folder: Path, kills: int, seed: int) -> list[str]:
    """Kill the recording process again and again."""
    folder.mkdir(parents=True)
    server = prepared_server(folder / "server")
    server.start()
    try:
        with recording_proxy(server.port) as proxy:
            victim = enrolled(server, proxy.url, folder / "device")
            kill_often(victim, kills, random.Random(seed), Progress("kills"))
            found = findings(victim, server, proxy)
    finally:
        server.stop()
    print(
        f"{kills} kills (seed {seed}): {found.sessions} sessions, {found.batches} batches on the"
        f" server, {found.acknowledged} receipts, {found.keys} keys, {found.told_killed} sessions"
        f" that tell they were killed; {len(found.wrong)} findings"
    )
    return found.wrong


def down(folder: Path, days: int) -> list[str]:
    """Keep the server down for days."""
    folder.mkdir(parents=True)
    seen = outage(folder, days, _HOURS_A_DAY, Progress("batches spooled"))
    print(
        f"server down for {days} days of {_HOURS_A_DAY} h: {seen.spooled} batches kept in"
        f" {seen.spool_bytes / 1e6:.1f} MB, {seen.tries} tries, longest wait"
        f" {seen.longest_wait_s:.0f} s, {seen.delivered} batches delivered,"
        f" {seen.pictures_lost} pictures dropped and counted; {len(seen.wrong)} findings"
    )
    return seen.wrong


def main(arguments: list[str]) -> int:
    """Run them all; 0 if nothing was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak")
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--hours", type=float, default=0.0, help="of typing at 100 keys/s")
    options = parser.parse_args(arguments)
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="veritype-soak-") as name:
        folder = Path(name)
        wrong += killed(folder / "kills", options.kills, random.SystemRandom().randrange(1 << 30))
        wrong += down(folder / "down", options.days)
        if options.hours:
            wrong += typed_fast(folder / "fast", options.hours, Progress("typed"))
    for sentence in sorted(set(wrong)):
        print(f"WRONG: {sentence}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
