"""Asking the running agent process."""

from agent.errors import AgentNotRunning, ControlFailed
from agent.face import control
from agent.face.client import ensure_running
from agent.face.control import Reply, Request
from agent.face.status import Status
from agent.identity import load_enrolled
from agent.paths import Paths, open_paths


def ask(request: Request, wait_s: float = 15.0) -> Status:
    """Ask the agent process, and say in plain words if there is none.

    Raises:
        ControlFailed: nothing runs, or it could not do what was asked.
    """
    paths = open_paths()
    load_enrolled(paths)
    try:
        return control.ask(paths.socket, request, wait_s)
    except AgentNotRunning as error:
        raise ControlFailed("You are not clocked in.") from error


def is_clocked_in(paths: Paths) -> bool:
    """Whether an agent process runs that holds a session, paused or not."""
    try:
        return bool(control.ask(paths.socket, Request(do="status"), 5.0).session)
    except AgentNotRunning:
        return False


def ask_agent(request: Request, wait_s: float = 15.0) -> Reply:
    """Ask the agent process, started if it does not run: it also tells the server."""
    paths = open_paths()
    load_enrolled(paths)
    ensure_running(paths)
    return control.exchange(paths.socket, request, wait_s)
