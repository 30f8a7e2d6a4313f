"""A scorer that is killed at any step leaves work that is re-done, once."""

import json
import subprocess
import sys
from pathlib import Path

from tests.server.house import House
from tests.server.kinds import NewDevice, Typing
from tests.server.storages import ON_SQLITE

ROOT = Path(__file__).parents[3]
SEED, TURNS = 20261201, 8


@ON_SQLITE  # each turn works on a copy of the folder; the statements are the same on both
def test_killed_at_any_step_it_is_done_once(
    new_device: NewDevice, typing: Typing, house: House
) -> None:
    device = new_device()
    closed, still_open = device.clock_in(), device.clock_in()
    closed.send(typing(0, 60), final=True)
    still_open.send(typing(0, 60))
    house.change("UPDATE scoring_states SET due_us = 0")
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.server.scoring.killed",
            str(house.path),
            str(SEED),
            str(TURNS),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    turns = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [turn["killed"] for turn in turns] == [True] * TURNS + [False]
    expected = turns[-1]["found"]
    assert [len(table) for table in expected] == [1, 1, 1, 1]
    assert expected[0] == [[1, 1, 1]], "done, at the first attempt"
    for turn in turns:
        assert turn["found"] == expected, f"killed at step {turn['die_at']}"
