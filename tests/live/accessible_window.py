"""A window of a program with accessibility (GTK): its fields are known for what they are."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.live.desktop import Desktop, Window
from tests.live.needed import SYSTEM_PYTHON
from tests.live.processes import NeverHappenedError, wait_for

PROGRAM = Path(__file__).with_name("gtk_program.py")


@contextmanager
def gtk_window(screen: Desktop, bus: Mapping[str, str], title: str) -> Iterator[Window]:
    """Open it and wait until it is in front; `bus` is what `message_bus` gave."""
    process = subprocess.Popen(
        [SYSTEM_PYTHON, str(PROGRAM), "--title", title],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=screen.environment(**bus),
        text=True,
    )
    try:
        window = Window(title, process)
        if window.answer() != "ready":
            raise NeverHappenedError(f"{title}: did not come up")
        wait_for(f"{title} in front", lambda: screen.title_in_front() == title)
        yield window
    finally:
        process.terminate()
        process.communicate(timeout=30)
