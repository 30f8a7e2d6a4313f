"""Running the server: socket, ready line, scorer, signals."""

import signal
import socket
from pathlib import Path

import uvicorn

from server.app import build_app, open_installation
from server.errors import ServerError
from server.operation.key_watch import KeyWatch
from server.operation.logs import set_up_logs
from server.operation.process import collect_seldom, raise_open_files
from server.scoring.supervisor import Supervisor

_KEEP_ALIVE_S = 90
"""Longer than the agents' posting interval, so that a connection is there for the next post."""
_BACKLOG = 2_048
_GRACE_S = 10


class _ReadyServer(uvicorn.Server):
    """Prints the ready line when requests are answered."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        collect_seldom()
        print(f"veritype-server listening on {self._address}", flush=True)


def serve(folder: Path, host: str, port: int) -> None:
    """Serve a data folder until SIGINT or SIGTERM.

    Raises:
        ServerError: the folder is not usable or the address is taken.
    """
    installation = open_installation(folder)
    set_up_logs(installation.settings.log_level)
    raise_open_files()
    listener = _listen(host, port)
    bound = listener.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    config = uvicorn.Config(
        build_app(installation),
        loop="uvloop",
        http="httptools",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
    )
    # uvicorn raises the signal again when it has stopped; by then the worker must still be ended.
    signal.signal(signal.SIGTERM, lambda *_: None)
    supervisor = Supervisor(folder)
    supervisor.start()
    watch = KeyWatch(installation.keys, installation.folder.keys)
    watch.start()
    try:
        _ReadyServer(config, f"http://{shown}:{bound}").run([listener])
    finally:
        watch.stop()
        supervisor.stop()
        listener.close()


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
