"""What stands for a local socket on Windows: TCP on loopback, both ends knowing a secret.

The listening end writes its port and a fresh secret into a file of this user alone. Neither end
sends the secret: each proves that it knows it (HMAC-SHA256 over the other's random bytes), so that
a program that took over a port that was left gets nothing.
"""

import hmac
import secrets
import socket
from pathlib import Path

import msgspec

from agent.paths import write_private
from wire.decoding import decoder_of

_HOST = "127.0.0.1"
_BYTES = 32
_PROOF_S = 1.0
_AGENT, _CLIENT = b"agent", b"client"


class _Door(msgspec.Struct, frozen=True):
    port: int
    secret: bytes


_secrets: dict[int, bytes] = {}
"""The secret of each port that this process listens on."""


def listen(path: Path, backlog: int) -> socket.socket:
    """Listen, and leave the way in `path`."""
    made = socket.create_server((_HOST, 0), backlog=backlog)
    door = _Door(made.getsockname()[1], secrets.token_bytes(_BYTES))
    _secrets[door.port] = door.secret
    write_private(path, msgspec.json.encode(door))
    return made


def is_own(peer: socket.socket) -> bool:
    """Prove ourselves to whoever connected, and have them do the same; false if they cannot."""
    secret = _secrets.get(peer.getsockname()[1], b"")
    peer.settimeout(_PROOF_S)
    try:
        theirs = _exactly(peer)
        ours = secrets.token_bytes(_BYTES)
        peer.sendall(ours + _proof(secret, _AGENT, theirs))
        return bool(secret) and hmac.compare_digest(_exactly(peer), _proof(secret, _CLIENT, ours))
    except OSError:
        return False


def connect(path: Path, wait_s: float) -> socket.socket:
    """Connect to the process that listens at `path`.

    Raises:
        OSError: nobody does, or it is not the one that wrote the file.
    """
    try:
        door = decoder_of(_Door).decode(path.read_bytes())
    except msgspec.DecodeError as error:
        raise ConnectionRefusedError("the file does not say where") from error
    peer = socket.create_connection((_HOST, door.port), wait_s)
    try:
        _introduce(peer, door.secret)
    except BaseException:
        peer.close()
        raise
    return peer


def _introduce(peer: socket.socket, secret: bytes) -> None:
    ours = secrets.token_bytes(_BYTES)
    peer.sendall(ours)
    theirs, proof = _exactly(peer), _exactly(peer)
    if not hmac.compare_digest(proof, _proof(secret, _AGENT, ours)):
        raise ConnectionRefusedError("somebody else listens there")
    peer.sendall(_proof(secret, _CLIENT, theirs))


def _proof(secret: bytes, who: bytes, about: bytes) -> bytes:
    return hmac.digest(secret, who + about, "sha256")


def _exactly(peer: socket.socket) -> bytes:
    got = bytearray()
    while len(got) < _BYTES:
        piece = peer.recv(_BYTES - len(got))
        if not piece:
            raise ConnectionResetError("the other end hung up")
        got += piece
    return bytes(got)
