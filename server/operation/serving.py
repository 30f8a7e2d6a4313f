"""Running the server: sockets, ready line, helpers, metrics, and a stop that loses nothing.

At the first SIGTERM or SIGINT `/readyz` says no and answers ask clients to connect anew; after
`stop_delay_s` the socket is closed, requests on their way are answered (within ten seconds), what
waits for the disk is committed, and scorers and errands finish or give back what they do (within
ten more). A second signal ends at once: what was not acknowledged is sent again by the devices.
"""

import logging
import signal
import socket
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import FrameType
from typing import Protocol

import uvicorn

from server.app import Application, build_app
from server.clock import now_us
from server.errors import ServerError
from server.ingest.connection import connections_of
from server.installation import Installation, open_installation
from server.operation.beside import Beside
from server.operation.ingest_log import IngestLog
from server.operation.key_watch import KeyWatch
from server.operation.logs import set_up_logs
from server.operation.metrics import Figures, MetricsPage
from server.operation.metrics_server import MetricsServer
from server.operation.process import collect_seldom, raise_open_files
from server.operation.readiness import Readiness

_TURN_S = 0.0005
"""So soon the event loop lets a thread go on that came back from the disk. With Python's 5 ms each
commit and each look-up waited for it several times: at 1,670 batches/s half of the answers took
92 ms, and take 25 ms."""
_KEEP_ALIVE_S = 90
"""Longer than the agents' posting interval, so that a connection is there for the next post."""
_BACKLOG = 2_048
_GRACE_S = 10
_log = logging.getLogger(__name__)


class _Helper(Protocol):
    """What runs beside the requests."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


class _GracefulServer(uvicorn.Server):
    """Prints the ready line when requests are answered, and stops in steps."""

    def __init__(
        self, config: uvicorn.Config, lines: list[str], readiness: Readiness, delay_s: float
    ) -> None:
        super().__init__(config)
        self._lines = lines
        self._readiness = readiness
        self._delay_s = delay_s
        self._end_s = float("inf")

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        collect_seldom()
        print("\n".join(self._lines), flush=True)

    async def on_tick(self, counter: int) -> bool:
        if time.monotonic() >= self._end_s:
            self.should_exit = True
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._readiness.stopping:
            self.should_exit = self.force_exit = True
        self._readiness.stopping = True
        self._end_s = time.monotonic() + self._delay_s


def serve(folder: Path, host: str, port: int, scorer_count: int) -> None:
    """Serve a data folder until SIGINT or SIGTERM.

    Raises:
        ServerError: the folder is not usable or the address is taken.
    """
    installation = open_installation(folder)
    settings = installation.settings
    set_up_logs(settings.log_level)
    raise_open_files()
    sys.setswitchinterval(_TURN_S)
    app = build_app(installation)
    app.ingest.remember_those_at_work()
    listener = _listen(host, port)
    beside = Beside(folder, scorer_count)
    if not scorer_count:
        _log.warning("this node runs neither scorers nor errands: another one has to")
    metrics = _metrics(installation, app, beside)
    watch = KeyWatch(installation.keys, installation.folder.keys)
    log = IngestLog(app.ingest.figures, app.writer.figures)
    helpers: list[_Helper] = [beside, watch, log, *([metrics] if metrics else [])]
    lines = [f"veritype-server listening on http://{_shown(host, listener)}"]
    if metrics:
        lines.append(f"metrics on http://{metrics.address}/metrics")
    # Until uvicorn takes the signals, and after it let them go, one must not skip the tidying up.
    signal.signal(signal.SIGTERM, lambda *_: None)
    for helper in helpers:
        helper.start()
    server = _GracefulServer(_config(app), lines, app.readiness, settings.stop_delay_s)
    try:
        server.run([listener])
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        for helper in helpers:
            helper.stop()
        listener.close()


def _config(app: Application) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="uvloop",
        http=connections_of(app.ingest, app.readiness),
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
    )


def _metrics(installation: Installation, app: Application, beside: Beside) -> MetricsServer | None:
    settings, store = installation.settings, installation.store
    if not settings.metrics_bind:
        return None
    host, _, port = settings.metrics_bind.rpartition(":")
    figures = Figures(
        app.ingest.figures,
        app.writer.figures,
        app.figures,
        lambda: {
            "ingest_queue_depth": app.writer.waiting,
            "ingest_heads_remembered": app.ingest.remembered,
            "scorers_running": beside.scorers.running,
            "scorer_restarts": beside.scorers.restarts,
            "errands_running": beside.errands.running,
            "errand_restarts": beside.errands.restarts,
            "stopping": float(app.readiness.stopping),
        },
        lambda: store.backlog(now_us()),
        {"version": _version(), "schema": store.schema().found},
    )
    page = MetricsPage(figures, settings.metrics_token)
    return MetricsServer(_listen(host.strip("[]"), int(port)), page, app.readiness)


def _version() -> str:
    try:
        return version("veritype")
    except PackageNotFoundError:
        return "unknown"


def _shown(host: str, listener: socket.socket) -> str:
    return f"{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise ServerError(f"cannot listen on {host} port {port}: {error.strerror}") from error
    return listener
