"""X servers start and end one at a time, also those of tests that run in other processes."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LOCK = Path(tempfile.gettempdir()) / f"veritype-x-servers-{os.getuid()}.lock"


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold off whoever else starts or ends an X server.

    A server that ends takes the socket and the lock file of its number away: one that took the
    number at that moment would be without them.
    """
    with _LOCK.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
