"""A message bus (D-Bus) of its own, so that nothing of this machine's own desktop is touched."""

import os
import select
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from tests.live.processes import NeverHappenedError

START_S = 60.0


@contextmanager
def message_bus(display: str | None = None) -> Iterator[dict[str, str]]:
    """Start a session bus; gives the variables that programs need to find it.

    Services that it starts (the accessibility bus) end with it.
    """
    with tempfile.TemporaryDirectory(prefix="bus-") as folder:
        # Sockets have short names: a test's own folder may be too deep for them.
        places = {"HOME": folder, "XDG_RUNTIME_DIR": folder, "XDG_CACHE_HOME": folder}
        environment = {**os.environ, **places}
        environment.pop("WAYLAND_DISPLAY", None)
        if display is not None:
            environment["DISPLAY"] = display
        daemon = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--nosyslog", "--print-address=1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            text=True,
        )
        try:
            output = daemon.stdout
            if output is None or not select.select([output], [], [], START_S)[0]:
                raise NeverHappenedError(f"no message bus within {START_S:g} s")
            yield {"DBUS_SESSION_BUS_ADDRESS": output.readline().strip(), **places}
        finally:
            daemon.terminate()
            daemon.communicate(timeout=10)
