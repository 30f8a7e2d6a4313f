"""Hours of typing at 100 keys a second: nothing is lost, and memory does not grow."""

from collections.abc import Callable
from pathlib import Path

from bench.agent.hands import burst
from bench.agent.recorded import stored_presses_us
from bench.agent.stage import stage
from bench.process_tree import memory, tree
from bench.report import mebibytes
from tests.live.devices import Route, devices
from tests.live.typist import click, play

KEYS_A_SECOND = 100.0
_PART_S = 60.0
_GROWTH_BYTES = 32 * 1024 * 1024
_INTERVAL_S = 600


def typed_fast(folder: Path, hours: float, said: Callable[[str], None]) -> list[str]:
    """Type for hours on a desktop of its own; returns what is wrong, a sentence each."""
    wrong, pressed, first_bytes, last_bytes = [], 0, 0, 0
    with stage(folder, _INTERVAL_S) as ready:
        with devices(ready.screen.name, Route.HARDWARE) as hands:
            click(hands, ready.task.place().at(0.5, 0.5))
            ready.start()
            session = bytes.fromhex(ready.agent.status()["session"])
            for part in range(max(1, round(hours * 3600 / _PART_S))):
                acts = burst(_PART_S, KEYS_A_SECOND, hands, part)
                play(acts)
                pressed += len(acts) // 2
                ready.task.ask("clear")
                last_bytes = memory(tree(ready.agent.processes())).pss
                first_bytes = first_bytes or last_bytes
                said(f"{pressed} keys, {mebibytes(last_bytes):.1f} MiB")
            if not ready.agent.status()["recording"]:
                wrong.append("the agent no longer records")
            ready.clock_out()
        recorded = len(stored_presses_us(ready.server.operator.data, session))
    if recorded != pressed:
        wrong.append(f"{pressed} keys were pressed and {recorded} recorded")
    if last_bytes - first_bytes > _GROWTH_BYTES:
        wrong.append(f"memory grew by {mebibytes(last_bytes - first_bytes):.0f} MiB")
    print(
        f"{hours:g} h at {KEYS_A_SECOND:g} keys/s: {pressed} pressed, {recorded} recorded,"
        f" {mebibytes(first_bytes):.1f} MiB after a minute, {mebibytes(last_bytes):.1f} at the end;"
        f" {len(wrong)} findings"
    )
    return wrong
