"""`/metrics` on an address and in a thread of its own: no scrape waits for batches, or they for it.

It answers until the very end, so that `/readyz` can be asked while the server stops.
"""

import socket
from threading import Thread

import uvicorn

from server.operation.metrics import MetricsPage
from server.operation.probes import metrics_app
from server.operation.readiness import Readiness


class MetricsServer:
    """Serves on a socket that listens already."""

    def __init__(self, listener: socket.socket, page: MetricsPage, readiness: Readiness) -> None:
        self._listener = listener
        config = uvicorn.Config(
            metrics_app(page, readiness),
            http="httptools",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
        )
        self._server = uvicorn.Server(config)
        self._thread = Thread(
            target=self._server.run, args=([listener],), name="metrics", daemon=True
        )

    @property
    def address(self) -> str:
        """Host and port."""
        host, port = self._listener.getsockname()[:2]
        return f"{f'[{host}]' if ':' in host else host}:{port}"

    def start(self) -> None:
        """Start to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop soon; a scrape on its way is cut."""
        self._server.force_exit = self._server.should_exit = True
        self._thread.join(5)
