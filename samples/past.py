"""A server of the last days: `python -m samples.past FOLDER`; its clock says what it is told.

Nobody can wait for days until there is a queue to look at. So what happened in them is sent to
this process as to any server, and scored by the same code, while its wall clock follows the
recordings. Each line on standard input is a time, in microseconds since 1970; `score` after it has
what is over judged at that time. An empty line answers.
"""

import asyncio
import sys
import threading
import time
from pathlib import Path

import uvicorn

from server.app import build_app
from server.ingest.connection import connections_of
from server.installation import Installation, open_installation
from server.scoring.assessor import DetectorAssessor
from server.scoring.session import Scoring
from server.scoring.worker import do_next

READY = "listening on "
_STARTED_WITHIN_S = 60


class _Clock:
    """What `time.time_ns` says in this process."""

    at_ns = time.time_ns()

    def __call__(self) -> int:
        return self.at_ns


class _Prompt(uvicorn.Server):
    """Ends soon after it is told to."""

    async def main_loop(self) -> None:
        while not await self.on_tick(0):
            await asyncio.sleep(0.01)


def main() -> None:
    """Serve until standard input ends."""
    clock = _Clock()
    time.time_ns = clock
    folder = Path(sys.argv[1])
    app = build_app(open_installation(folder))
    protocol = connections_of(app.ingest, app.readiness)
    server = _Prompt(uvicorn.Config(app, port=0, log_config=None, lifespan="on", http=protocol))
    thread = threading.Thread(target=server.run)
    thread.start()
    until_s = time.monotonic() + _STARTED_WITHIN_S
    while not server.started and thread.is_alive() and time.monotonic() < until_s:
        time.sleep(0.01)
    if not server.started:
        sys.exit("the server did not start")
    installation = open_installation(folder)
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        print(f"{READY}http://127.0.0.1:{port}", flush=True)
        _follow(clock, installation)
    finally:
        server.should_exit = True
        thread.join()
        installation.store.close()


def _follow(clock: _Clock, installation: Installation) -> None:
    store, objects = installation.store, installation.objects
    scoring = Scoring(store, objects, DetectorAssessor(), installation.keys)
    for line in sys.stdin:
        at_us, _, wanted = line.strip().partition(" ")
        clock.at_ns = int(at_us) * 1000
        while wanted and do_next(store, scoring, "demo"):
            pass
        print(flush=True)


if __name__ == "__main__":
    main()
