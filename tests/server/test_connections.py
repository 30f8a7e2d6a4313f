"""Batches take a short way from the socket; nobody can tell, but by the clock."""

import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from server.ingest.posts import START, plain_post
from server.ingest.route import PATH
from tests.server.device import Chain
from tests.server.house import House, serving
from tests.server.storages import ON_SQLITE
from wire import limits
from wire.messages import BATCH_CONTENT_TYPE

BODY = b"a body"
REST = b"GET /v1/openapi.json HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"


def post(body: bytes, bearer: str = "t", more: str = "", length: int | None = None) -> bytes:
    """A post as agents write it, with more fields if there are any."""
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: veritype/0.1.0\r\n"
        f"Accept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: keep-alive\r\n"
        f"Authorization: Bearer {bearer}\r\nContent-Type: {BATCH_CONTENT_TYPE}\r\n"
        f"Content-Length: {len(body) if length is None else length}\r\n{more}\r\n"
    )
    return head.encode("latin-1") + body


def test_a_post_as_agents_write_it_is_plain() -> None:
    found = plain_post(post(BODY, more="Veritype-Digest: 00ff\r\n"))
    assert found is not None
    fields, body = found
    assert body == BODY
    assert fields[b"authorization"] == b"Bearer t"
    assert fields[b"veritype-digest"] == b"00ff"


WHOLE = post(BODY)
NOT_PLAIN = {
    "the first half of a head": WHOLE[:100],
    "a body that is not whole": WHOLE[:-1],
    "more behind the body": WHOLE + b"P",
    "two posts": WHOLE + WHOLE,
    "a field twice": post(BODY, more="Content-Length: 6\r\n"),
    "a field twice in another case": post(BODY, more="HOST: b\r\n"),
    "chunks": post(BODY, more="Transfer-Encoding: chunked\r\n"),
    "a field that is not known": post(BODY, more="Expect: 100-continue\r\n"),
    "a connection that ends": WHOLE.replace(b"keep-alive", b"close"),
    "a folded line": post(BODY, more="Veritype-Digest: 00\r\n ff\r\n"),
    "a space before the colon": post(BODY, more="Veritype-Digest : 00\r\n"),
    "no space behind it": post(BODY, more="Veritype-Digest:00\r\n"),
    "two spaces behind it": post(BODY, more="Veritype-Digest:  00\r\n"),
    "a line feed alone": post(BODY, more="Veritype-Digest: 0\nX: 1\r\n"),
    "a carriage return alone": post(BODY, more="Veritype-Digest: 0\rX: 1\r\n"),
    "a zero": post(BODY, more="Veritype-Digest: 0\0\r\n"),
    "a letter beyond ASCII": post(BODY, more="Veritype-Digest: \xff\r\n"),
    "an empty name": post(BODY, more=": 00\r\n"),
    "a length with a sign": WHOLE.replace(b"Length: 6", b"Length: +6"),
    "a length in other digits": WHOLE.replace(b"Length: 6", b"Length: \xb2"),
    "no length": re.sub(rb"Content-Length: 6\r\n", b"", WHOLE),
    "no host": re.sub(rb"Host: 127.0.0.1\r\n", b"", WHOLE),
    "a body over the limit": post(bytes(limits.BATCH_MAX_BYTES + 1)),
    "no end of the head": START + b"Host: a" * 1_000,
}


@pytest.mark.parametrize("data", NOT_PLAIN.values(), ids=NOT_PLAIN.keys())
def test_all_else_is_left_to_the_general_parser(data: bytes) -> None:
    assert plain_post(data) is None


@contextmanager
def connected(address: str) -> Iterator[socket.socket]:
    where = urlsplit(address)
    assert where.hostname
    assert where.port
    with socket.create_connection((where.hostname, where.port), timeout=20) as opened:
        yield opened


def answer(opened: socket.socket) -> tuple[bytes, bytes]:
    """The next answer's head and body; one byte more would be an answer nobody asked for."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = opened.recv(1)
        assert byte, head
        head += byte
    found = re.search(rb"content-length: (\d+)", head)
    assert found, head
    body = b""
    while len(body) < int(found[1]):
        body += opened.recv(int(found[1]) - len(body))
    return head, body


def fields_of(head: bytes) -> list[bytes]:
    """Names and values, but for the date and the length of the body."""
    lines = head.split(b"\r\n")
    return [
        lines[0],
        *sorted(line for line in lines[1:] if not line.startswith((b"date", b"content-l"))),
    ]


def sent(chain: Chain, opened: socket.socket, *parts: bytes) -> tuple[bytes, bytes]:
    for part in parts:
        opened.sendall(part)
        time.sleep(0.02)
    head, body = answer(opened)
    return head, body


def next_post(chain: Chain, more: str = "") -> bytes:
    """The chain's next batch as a post; it goes on as if that was taken."""
    envelope = chain.seal()
    chain.sequence, chain.previous = envelope.header.sequence + 1, envelope.digest
    return post(envelope.sealed, chain.device.enrolled.token, more)


@ON_SQLITE
def test_plain_and_other_posts_are_answered_alike_on_one_connection(
    house: House, chain: Chain, address: str
) -> None:
    with connected(address) as opened:
        heads = []
        for ways in ("plain", "unknown field", "in parts", "plain"):
            request = next_post(chain, "X-Other: 1\r\n" if ways == "unknown field" else "")
            parts = (request[:50], request[50:]) if ways == "in parts" else (request,)
            head, body = sent(chain, opened, *parts)
            heads.append(fields_of(head))
            assert json.loads(body)["sequence"] == chain.sequence - 1
            opened.sendall(REST)
            assert answer(opened)[0].startswith(b"HTTP/1.1 200")
    assert heads[0][0] == b"HTTP/1.1 200 OK"
    assert all(head == heads[0] for head in heads)
    assert house.rows("batches") == 4


@ON_SQLITE
def test_refusals_are_answered_alike(chain: Chain, address: str) -> None:
    with connected(address) as opened:
        for body in (b"no batch", chain.seal(sequence=7, previous=bytes([1]) * 32).sealed):
            for token in (chain.device.enrolled.token, "nobody's"):
                plain = sent(chain, opened, post(body, token))
                other = sent(chain, opened, post(body, token, "X-Other: 1\r\n"))
                assert fields_of(plain[0]) == fields_of(other[0])
                assert plain[1] == other[1]
                assert b"problem+json" in plain[0]


@ON_SQLITE
def test_what_comes_while_a_batch_is_committed_waits_its_turn(
    house: House, chain: Chain, address: str
) -> None:
    first, second, third = next_post(chain), next_post(chain), next_post(chain)
    with connected(address) as opened:
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in (first, second[:70], second[70:], REST, third):
            opened.sendall(part)
        sequences = [json.loads(answer(opened)[1]).get("sequence") for _ in range(4)]
    assert sequences == [0, 1, None, 2]
    assert house.rows("batches") == 3


@ON_SQLITE
def test_an_idle_connection_is_closed_after_the_last_batch_not_the_first(
    house: House, chain: Chain
) -> None:
    with serving(house.path, keep_alive_s=1) as address, connected(address) as opened:
        for _ in range(4):
            assert sent(chain, opened, next_post(chain))[0].startswith(b"HTTP/1.1 200")
            time.sleep(0.4)
        began_s = time.monotonic()
        assert opened.recv(1) == b""
        assert time.monotonic() - began_s < 2
