"""Prebuilt HTTP requests in files, and when each is due."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

_INDEX = "index.npz"


@dataclass(frozen=True, slots=True)
class Requests:
    """Whole requests by the order in which they are due.

    Attributes:
        paths: the files that hold them.
        files: for each request the number of its file.
        offsets: where in that file it begins.
        lengths: its bytes.
        due_us: when it is due, from the start of the run.
    """

    paths: tuple[Path, ...]
    files: np.ndarray
    offsets: np.ndarray
    lengths: np.ndarray
    due_us: np.ndarray

    def save(self, folder: Path) -> None:
        """Leave the index where `load_requests` finds it."""
        names = np.array([str(path) for path in self.paths])
        np.savez(
            folder / _INDEX,
            paths=names,
            files=self.files,
            offsets=self.offsets,
            lengths=self.lengths,
            due_us=self.due_us,
        )


def load_requests(folder: Path) -> Requests:
    """Read what `Requests.save` left."""
    with np.load(folder / _INDEX) as index:
        return Requests(
            tuple(Path(name) for name in index["paths"].tolist()),
            index["files"],
            index["offsets"],
            index["lengths"],
            index["due_us"],
        )


def requests_at_once(path: Path, requests: list[bytes]) -> Requests:
    """Write requests that are all due at the start: as fast as they are answered."""
    path.write_bytes(b"".join(requests))
    lengths = np.array([len(request) for request in requests], np.int64)
    none = np.zeros(len(requests), np.int64)
    return Requests((path,), none, np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths, none)


def post_request(path: str, token: str | None, content_type: str, body: bytes) -> bytes:
    """One POST as the agent's HTTP library writes it."""
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: veritype/0.1.0\r\n"
        f"Accept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: keep-alive\r\n"
        f"{authorization}Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
