"""A server that says what it is told to, on a real socket, and remembers what it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Reply(NamedTuple):
    """What the server says next; None: it hangs up in the middle of the exchange."""

    status: int | None
    body: object = None
    """As it is if it is bytes, piece by piece if it is an iterator of them, else as JSON."""
    retry_after: str | None = None
    length: int | None = None
    """What it says its length is; None: the truth."""
    etag: str | None = None


class Asked(NamedTuple):
    """What came."""

    method: str
    path: str
    key: str | None
    authorization: str | None
    if_match: str | None
    body: bytes


@contextmanager
def scripted(*replies: Reply) -> Iterator[tuple[str, list[Asked]]]:
    left, asked = list(replies), list[Asked]()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            said = self.headers.get
            key, authorization = said("idempotency-key"), said("authorization")
            asked.append(Asked(self.command, self.path, key, authorization, said("if-match"), body))
            reply = left.pop(0)
            if reply.status is None:
                self.close_connection = True
                return
            pieces = _pieces(reply.body)
            self.send_response(reply.status)
            length = reply.length if reply.length is not None else sum(map(len, pieces))
            self.send_header("content-length", str(length))
            if reply.retry_after:
                self.send_header("retry-after", reply.retry_after)
            if reply.etag:
                self.send_header("etag", reply.etag)
            if reply.status == 302:
                self.send_header("location", "/elsewhere")
            self.end_headers()
            for piece in pieces:
                self.wfile.write(piece)

        do_POST = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the standard library's

        def log_message(self, *_given: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _pieces(body: object) -> Iterator[bytes] | list[bytes]:
    if isinstance(body, Iterator):
        return body
    return [body if isinstance(body, bytes) else json.dumps(body).encode()]


def problem(code: str, detail: str = "Do it.") -> dict[str, str]:
    return {"type": f"urn:veritype:problem:{code}", "title": code, "detail": detail}
