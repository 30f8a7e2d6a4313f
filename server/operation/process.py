"""What the server's process asks of the machine and of the interpreter, once at its start."""

import gc
import logging
import resource

_FILES_WANTED = 1_048_576
_FILES_ENOUGH = 16_384
_log = logging.getLogger(__name__)


def raise_open_files() -> int:
    """Allow as many open files as the machine lets us: each connection is one. How many it is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES_WANTED if hard == resource.RLIM_INFINITY else min(hard, _FILES_WANTED)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    if soft != resource.RLIM_INFINITY and soft < _FILES_ENOUGH:
        _log.warning(
            "few connections are possible: raise the limit of open files (LimitNOFILE, ulimit -n)",
            extra={"open_files": soft},
        )
    return soft


def collect_seldom() -> None:
    """Let the collector leave alone what the start made, and look less often for cycles.

    A request leaves none behind; by default a tenth of the time on the hot route was spent looking.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
