"""Answers leave in one piece, and none waits for something that never comes."""

import asyncio
import socket
from typing import cast

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from server.http.one_write import OneWrite, OneWriteProtocol


class Written(asyncio.Transport):
    """Writes down what would go out."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[bytes] = []

    def write(self, data: bytes) -> None:  # type: ignore[override]
        self.calls.append(bytes(data))

    def close(self) -> None:
        self.calls.append(b"(closed)")


def test_head_and_body_are_one_write() -> None:
    written = Written()
    transport = OneWrite(written)
    transport.write(b"HTTP/1.1 200 OK\r\n\r\n")
    assert written.calls == []
    transport.write(b"body")
    transport.write(b"more")
    assert written.calls == [b"HTTP/1.1 200 OK\r\n\r\nbody", b"more"]


@pytest.mark.parametrize("ends", ["flush", "close"])
def test_a_head_alone_goes_out_at_the_end(ends: str) -> None:
    written = Written()
    transport = OneWrite(written)
    transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")
    getattr(transport, ends)()
    assert written.calls[0] == b"HTTP/1.1 204 No Content\r\n\r\n"


def test_the_word_to_go_on_is_not_kept_back() -> None:
    written = Written()
    OneWrite(written).write(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert written.calls == [b"HTTP/1.1 100 Continue\r\n\r\n"]


async def _echo(request: Request) -> Response:
    return PlainTextResponse(await request.body() or b"nothing")


async def _parts(_: Request) -> Response:
    return StreamingResponse(iter([b"one ", b"two"]))


def _answers(*requests: bytes) -> bytes:
    """What a real server answers on one connection that asks to be closed at the end."""

    async def served() -> bytes:
        routes = [
            Route("/", _echo, methods=["GET", "POST", "HEAD"]),
            Route("/parts", _parts),
            Route("/none", lambda _: Response(status_code=204)),
        ]
        listener = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(Starlette(routes=routes), http=OneWriteProtocol, log_config=None)
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve([listener]))
        address = cast("tuple[str, int]", listener.getsockname())
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"".join(requests))
        answered = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        server.should_exit = True
        await running
        listener.close()
        return answered

    return asyncio.run(served())


def test_every_kind_of_answer_arrives_on_one_connection() -> None:
    answered = _answers(
        b"GET / HTTP/1.1\r\nhost: a\r\n\r\n",
        b"HEAD / HTTP/1.1\r\nhost: a\r\n\r\n",
        b"GET /none HTTP/1.1\r\nhost: a\r\n\r\n",
        b"GET /parts HTTP/1.1\r\nhost: a\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\nconnection: close\r\n\r\nback",
    )
    assert answered.count(b"HTTP/1.1 200 OK") == 4
    assert answered.count(b"HTTP/1.1 204 No Content") == 1
    assert b"nothing" in answered
    assert b"one " in answered
    assert answered.endswith(b"back")
