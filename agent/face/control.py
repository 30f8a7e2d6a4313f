"""How the command line and the agent process talk: JSON lines over a socket of this user alone."""

import contextlib
import socket
from pathlib import Path

import msgspec

from agent.errors import AgentNotRunning, ControlFailed
from agent.face.status import HeldPicture, HeldTitle, Status
from agent.local_socket import connect, is_own, listen
from wire.decoding import decoder_of

LINE_MAX_BYTES = 65_536
"""Of a request."""
REPLY_MAX_BYTES = 16 * 1024 * 1024
"""Of a reply: after days offline it lists thousands of pictures."""
_CLIENT_S = 2.0


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the command line asks for."""

    do: str
    """`status`, `glance` (the same for the tray, which keeps nobody awake), `clock-in`,
    `clock-out`, `pause`, `resume`, `mode`, `task-begin`, `task-end`, `note`, `manual`,
    `withdraw`, `pictures`, `blank`, `release`, `stop`, `page`."""
    project: bytes = b""
    project_name: str = ""
    policy_digest: bytes = b""
    reason: int = 0
    mode: int = 0
    on: bool = False
    text: str = ""
    """A note."""
    span_us: tuple[int, int] = (0, 0)
    """From and to, wall clock: time added by hand."""
    number: int = 0
    """Of a picture."""
    regions: tuple[tuple[int, int, int, int], ...] = ()
    """Left, top, width, height; none: the whole picture."""
    display: dict[str, str] = {}
    """Environment that names the display, as the command line sees it."""


class Reply(msgspec.Struct, frozen=True):
    """What the agent answers."""

    error: str = ""
    status: Status | None = None
    pictures: tuple[HeldPicture, ...] = ()
    """With `pictures` only: all of them."""
    titles: tuple[HeldTitle, ...] = ()
    """With `pictures` only: the newest hundred."""
    address: str = ""
    """Of the page, if it was asked for."""


class Server:
    """The agent's end. `poll` answers at most one request and never waits longer than told."""

    def __init__(self, path: Path) -> None:
        """Listen; the caller holds the instance lock, so an old socket is nobody's."""
        self._path = path
        self._socket = listen(path)

    def accept(self, wait_s: float) -> "Conversation | None":
        """The next request of this user; None if none came in time."""
        self._socket.settimeout(wait_s)
        try:
            peer, _ = self._socket.accept()
        except TimeoutError:
            return None
        if not is_own(peer):
            peer.close()
            return None
        peer.settimeout(_CLIENT_S)
        return Conversation(peer)

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()
        self._path.unlink(missing_ok=True)


class Conversation:
    """One request and its reply."""

    def __init__(self, peer: socket.socket) -> None:
        self._peer = peer

    def request(self) -> Request | None:
        """The request; None if it is not one."""
        try:
            return decoder_of(Request).decode(_read_line(self._peer, LINE_MAX_BYTES))
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None

    def reply(self, reply: Reply) -> None:
        """Answer and hang up; a client that left is no fault."""
        with contextlib.suppress(OSError):
            self._peer.sendall(msgspec.json.encode(reply) + b"\n")
        self._peer.close()


def ask(path: Path, request: Request, wait_s: float = 10.0) -> Status:
    """Ask the agent process for something and its status after it; see `exchange`."""
    status = exchange(path, request, wait_s).status
    if status is None:
        raise ControlFailed("The agent process gave no status.")
    return status


def exchange(path: Path, request: Request, wait_s: float = 10.0) -> Reply:
    """Ask the agent process.

    Raises:
        AgentNotRunning: nobody answers.
        ControlFailed: it could not do what was asked; the text says why.
    """
    try:
        with connect(path, wait_s) as client:
            client.sendall(msgspec.json.encode(request) + b"\n")
            reply = decoder_of(Reply).decode(_read_line(client, REPLY_MAX_BYTES))
    except (FileNotFoundError, ConnectionError) as error:
        raise AgentNotRunning("The agent is not running.") from error
    except (OSError, msgspec.DecodeError) as error:
        raise ControlFailed("The agent process does not answer.") from error
    if reply.error:
        raise ControlFailed(reply.error)
    return reply


def _read_line(peer: socket.socket, most_bytes: int) -> bytes:
    line = bytearray()
    while not line.endswith(b"\n"):
        piece = peer.recv(8192)
        if not piece:
            raise ConnectionResetError("the other end hung up")
        line += piece
        if len(line) > most_bytes:
            raise ConnectionResetError("a line too long")
    return bytes(line)
