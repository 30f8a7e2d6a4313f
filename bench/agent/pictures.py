"""What one screenshot costs: CPU and memory, in a fresh process on a screen full of text."""

import subprocess
import sys
from pathlib import Path

import msgspec

from bench.agent.cost import PictureCost
from tests.live.desktop import desktop
from tests.live.material import passage

SCREEN = "1920x1080x24"
_WINDOWS = {"Evaluation task 1": "1240x980+10+40", "Notes": "620x980+1270+40"}
_CHARACTERS = 9_000
_PICTURES_S = 120.0


def picture_cost(folder: Path) -> PictureCost:
    """Take some pictures of a full screen in a process of its own.

    Raises:
        subprocess.CalledProcessError: the screenshot source failed.
    """
    with desktop(folder, SCREEN) as screen:
        for title, geometry in _WINDOWS.items():
            window = screen.open_window(title, geometry)
            window.ask("fill", text=passage(1, _CHARACTERS))
        done = subprocess.run(
            [sys.executable, "-m", "bench.agent.one_picture"],
            env=screen.environment(),
            capture_output=True,
            timeout=_PICTURES_S,
            check=True,
        )
    return msgspec.json.decode(done.stdout, type=PictureCost)
