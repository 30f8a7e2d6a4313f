"""The agent's budgets: `make bench-agent [MINUTES=10]`, or `python -m bench.agent [--json]`.

The real agent records on a real X display while genuine typing is replayed at ten keys a second
with the pointer moving; what it costs is measured over its whole process tree. `docs/benchmarks.md`
says what each figure means.
"""

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.agent.corpus import source
from bench.agent.cost import PictureCost
from bench.agent.hands import KEYS_A_SECOND, POINTER_HZ, burst, typing
from bench.agent.peers import Peers, peers_beside
from bench.agent.pictures import SCREEN, picture_cost
from bench.agent.recorded import Matched, matched, stored_presses_us, wall_minus_server_us
from bench.agent.sampler import Watched, watching
from bench.agent.stage import Stage, Start, clocked_in_at_us, screenshot_interval_s, stage
from bench.report import Bound, Report, Row, mebibytes
from tests.live.devices import Devices, Route, devices
from tests.live.listener import listening
from tests.live.typist import Played, click, play

STARTS = 3
FAST_KEYS_A_SECOND = 100.0
FAST_S = 60.0
SEED = 1
_SETTLE_S = 2.0
_BUILD = Path(".build/activitywatch")


@dataclass(frozen=True, slots=True)
class Phase:
    """One stretch of input and what the agent's tree cost during it."""

    cost: Watched
    hands: Played
    keys: Matched
    sent_bytes: int
    pictures: int


@dataclass(frozen=True, slots=True)
class Run:
    """Everything measured on the stage."""

    starts: list[Start]
    usual: Phase
    fast: Phase
    peers: Peers


@dataclass(slots=True)
class _Stretch:
    """A phase before the records are looked up."""

    cost: Watched
    hands: Played
    first: int
    last: int
    """Presses of the listener that belong to it."""
    sent_bytes: int
    pictures: int


def main(arguments: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.agent")
    parser.add_argument("--minutes", type=float, default=10.0, help="of typing at 10 keys/s")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    run_s = options.minutes * 60.0
    with tempfile.TemporaryDirectory(prefix="veritype-bench-") as name:
        folder = Path(name)
        with stage(folder, screenshot_interval_s(run_s)) as ready:
            run = measured(ready, folder, run_s)
        pictures = picture_cost(folder / "pictures")
    report = reported(run, pictures, run_s)
    print(report.as_json() if options.json else report.as_text())
    return 0


def measured(ready: Stage, folder: Path, run_s: float) -> Run:
    """Start the agent a few times, then type: as usual, then as fast as nobody types."""
    starts = []
    for _ in range(STARTS):
        starts.append(ready.start())
        ready.clock_out()
    with (
        devices(ready.screen.name, Route.HARDWARE) as hands,
        listening(ready.screen.name) as heard,
        peers_beside(ready.screen, folder / "peers", _BUILD) as peers,
    ):
        click(hands, ready.task.place().at(0.5, 0.5))
        ready.start()
        zero_us, session = clocked_in_at_us(ready.agent), session_of(ready)
        offset_us = wall_minus_server_us()

        usual = _stretch(ready, run_s, hands, peers, len(heard.presses()))
        usual.last = len(heard.presses())
        fast = _burst(ready, hands, usual.last)
        fast.last = len(heard.presses())
        ready.clock_out()
        presses = heard.presses()
    stored = stored_presses_us(ready.server.operator.data, session)
    wall_us = [zero_us + t_us for t_us in stored]

    def phase(stretch: _Stretch) -> Phase:
        mine = presses[stretch.first : stretch.last]
        began, ended = (mine[i].server_ms * 1000 + offset_us for i in (0, -1))
        between = [at for at in wall_us if began - 500_000 <= at <= ended + 500_000]
        keys = matched(mine, between, offset_us)
        return Phase(stretch.cost, stretch.hands, keys, stretch.sent_bytes, stretch.pictures)

    return Run(starts, phase(usual), phase(fast), peers)


def session_of(ready: Stage) -> bytes:
    """The session that the agent records."""
    return bytes.fromhex(ready.agent.status()["session"])


def _stretch(ready: Stage, run_s: float, hands: Devices, peers: Peers, first: int) -> _Stretch:
    acts = typing(run_s, hands, ready.task.place(), SEED)
    sent, pictures = ready.sent_bytes(), ready.pictures()
    with watching(ready.agent.processes) as cost, peers.watching():
        played = play(acts)
    return _Stretch(cost, played, first, 0, ready.sent_bytes() - sent, ready.pictures() - pictures)


def _burst(ready: Stage, hands: Devices, first: int) -> _Stretch:
    time.sleep(_SETTLE_S)
    acts = burst(FAST_S, FAST_KEYS_A_SECOND, hands, SEED)
    with watching(ready.agent.processes) as cost:
        played = play(acts)
    time.sleep(_SETTLE_S)
    return _Stretch(cost, played, first, 0, 0, 0)


def reported(run: Run, pictures: PictureCost, run_s: float) -> Report:
    """The figures beside their budgets."""
    usual, fast, cost = run.usual, run.fast, run.usual.cost
    report = Report(
        "beside it, on the same desktop with the same input:",
        {
            "input": f"{source()}, {KEYS_A_SECOND:g} keys/s for {run_s:g} s, pointer at "
            f"{POINTER_HZ:g} steps/s throughout",
            "screenshots": f"one in each {screenshot_interval_s(run_s)} s, "
            f"{usual.pictures} taken in the run",
            "input on time": f"99 % of the acts at most {usual.hands.late_ms(0.99):.2g} ms late",
            "processes of the agent": str(cost.processes),
        },
    )
    minutes = (cost.ended_s - cost.began_s) / 60.0
    report.rows = [
        Row("CPU, average over the run", 100 * cost.core_share, "% core", 1.0),
        Row("memory, median PSS of the tree", mebibytes(cost.median_bytes), "MiB", 80.0),
        Row("memory, median RSS of the tree", mebibytes(cost.median_rss_bytes), "MiB"),
        Row("memory, peak PSS of the tree", mebibytes(cost.peak_bytes), "MiB", 140.0),
        Row("start to recording, median", median(each.took_s for each in run.starts), "s", 1.5),
        Row("start to recording, slowest", max(each.took_s for each in run.starts), "s"),
        Row("start to recording, CPU", median(each.cpu_s for each in run.starts), "s"),
        Row(
            "sent in an hour without screenshots", usual.sent_bytes * 60 / minutes / 1e6, "MB", 1.0
        ),
        Row(f"keystrokes lost of {usual.keys.pressed}", usual.keys.lost, "keys", 0, Bound.AT_MOST),
        Row(
            f"lost at 100 keys/s, of {fast.keys.pressed}", fast.keys.lost, "keys", 0, Bound.AT_MOST
        ),
        Row("press time against the X server's, median", usual.keys.error_ms(0.5), "ms"),
        Row("press time against the X server's, 99 %", usual.keys.error_ms(0.99), "ms"),
        Row("press time against the X server's, worst", usual.keys.error_ms(1.0), "ms", 2.0),
        Row("the same at 100 keys/s, worst", fast.keys.error_ms(1.0), "ms", 2.0),
        Row("CPU at 100 keys/s", 100 * fast.cost.core_share, "% core"),
        Row("a screenshot, CPU", pictures.cpu_ms, "ms", 80.0),
        Row("a screenshot, peak of a fresh process", mebibytes(pictures.peak_bytes), "MiB", 60.0),
        Row(f"a screenshot of {SCREEN}, size", pictures.picture_bytes / 1000.0, "kB"),
    ]
    report.peers = [row for name, peer in run.peers.watched.items() for row in _peer(name, peer)]
    report.missing = run.peers.missing
    return report


def _none_lost(name: str, keys: int) -> Row:
    return Row(name, keys, "keys", 0, Bound.AT_MOST)


def _peer(name: str, cost: Watched) -> list[Row]:
    return [
        Row(f"{name}, CPU", 100 * cost.core_share, "% core"),
        Row(f"{name}, median PSS", mebibytes(cost.median_bytes), "MiB"),
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
