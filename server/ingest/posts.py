"""Reading a posted batch straight from the bytes of a connection, where they are as agents send it.

Only what is whole and plain is read here: one request with exactly its body behind it, fields that
are known, each once, in one line. Anything else (a part of a request, two of them, chunks, another
route, a field in an unusual form) is left to the general parser, which is the one that decides what
HTTP is. So the two can differ in speed, but not in what they take.
"""

import re
from collections.abc import Mapping

from server.ingest.route import PATH
from wire import limits

Fields = Mapping[bytes, bytes]

START = f"POST {PATH} HTTP/1.1\r\n".encode()
_END = b"\r\n\r\n"
_NOT_PLAIN = re.compile(rb"[^ -~]")
_HEAD_MAX_BYTES = 4_096
_LENGTH_MAX_CHARS = 7
_PLAIN = frozenset(
    {
        b"accept",
        b"accept-encoding",
        b"authorization",
        b"connection",
        b"content-length",
        b"content-type",
        b"host",
        b"user-agent",
        b"veritype-digest",
    }
)


def plain_post(data: bytes) -> tuple[Fields, bytes] | None:
    """The fields and the body of a plain post that starts with `START`; None for anything else."""
    end = data.find(_END, len(START) - 2, _HEAD_MAX_BYTES)
    if end < 0:
        return None
    lines = data[len(START) : end].split(b"\r\n")
    if _NOT_PLAIN.search(b"".join(lines)):
        return None
    fields: dict[bytes, bytes] = {}
    for line in lines:
        name, _, value = line.partition(b": ")
        name = name.lower()
        if name not in _PLAIN or name in fields or value != value.strip():
            return None
        fields[name] = value
    if fields.get(b"connection", b"keep-alive").lower() != b"keep-alive":
        return None
    length = fields.get(b"content-length", b"")
    if not length.isdigit() or len(length) > _LENGTH_MAX_CHARS or b"host" not in fields:
        return None
    body = data[end + len(_END) :]
    return (fields, body) if len(body) == int(length) <= limits.BATCH_MAX_BYTES else None
