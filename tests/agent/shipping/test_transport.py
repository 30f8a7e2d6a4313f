import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from agent.errors import InsecureServer
from agent.shipping.transport import Transport, check_server
from wire.limits import MESSAGE_MAX_BYTES


@contextmanager
def answering(raw: bytes) -> Iterator[str]:
    """A server that answers one connection with these bytes and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        peer, _ = listener.accept()
        with peer:
            peer.recv(65_536)
            peer.sendall(raw)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    thread.join(2)
    listener.close()


@pytest.mark.parametrize(
    "server",
    [
        "http://example.org",
        "http://127.0.0.1.example.org",
        "http://user@127.0.0.1",
        "ftp://127.0.0.1",
        "example.org",
        "https://",
        "http://[::1",
        "http://127.0.0.1:99999",
    ],
)
def test_unsafe_or_broken_addresses_are_refused_with_a_sentence(server: str) -> None:
    with pytest.raises(InsecureServer, match=r"\.$"):
        check_server(server)


@pytest.mark.parametrize(
    "server", ["https://example.org/", "http://localhost:8000", "http://[::1]:1"]
)
def test_https_and_this_machine_are_fine(server: str) -> None:
    assert check_server(server) == server.rstrip("/")


def test_a_whole_answer_is_passed_on() -> None:
    raw = b"HTTP/1.1 503 No\r\nContent-Type: Text/Plain; charset=x\r\nRetry-After: 7\r\n"
    with answering(raw + b"Content-Length: 4\r\n\r\nbusy") as url:
        answer = Transport(url).get("/")
    assert (answer.status, answer.body, answer.content_type) == (503, b"busy", "text/plain")
    assert answer.retry_after_s == 7
    assert not answer.ok


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
    ],
)
def test_an_answer_that_breaks_off_is_a_failure(raw: bytes) -> None:
    with answering(raw) as url:
        answer = Transport(url, read_s=2).get("/")
    assert answer.failure
    assert not answer.ok


def test_an_answer_that_is_too_large_is_a_failure() -> None:
    size = MESSAGE_MAX_BYTES + 1
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + bytes(size)
    with answering(raw) as url:
        assert Transport(url).get("/").failure == "The server's answer is too large."


def test_a_redirect_is_not_followed() -> None:
    raw = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"
    with answering(raw) as url:
        answer = Transport(url, token="secret").get("/")
    assert (answer.status, answer.ok) == (302, False)


@pytest.mark.parametrize(
    "date", [b"Mon, 01 Jan 99999999999999 00:00:00 GMT", b"Mon, 01 Jan 0001 00:00:00 +2359", b"-1"]
)
def test_a_moment_beyond_all_calendars_is_no_moment(date: bytes) -> None:
    raw = b"HTTP/1.1 503 No\r\nRetry-After: " + date + b"\r\nContent-Length: 0\r\n\r\n"
    with answering(raw) as url:
        answer = Transport(url).get("/")
    assert answer.status == 503
    assert not answer.retry_after_s
