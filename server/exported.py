"""Exports as files: CSV (RFC 4180) or one JSON document, a piece at a time."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

import msgspec


def as_csv(columns: Sequence[str], pieces: Iterable[Sequence[Sequence[object]]]) -> Iterator[bytes]:
    """Rows below a header."""
    yield _csv([columns])
    for rows in pieces:
        yield _csv(rows)


def as_json(name: str, pieces: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """`{"name": [...]}`."""
    before = begins = b'{"%s":[' % name.encode()
    for lines in pieces:
        if lines:
            yield before + b",".join(msgspec.json.encode(line) for line in lines)
            before = b","
    yield b"]}" if before == b"," else begins + b"]}"


def _csv(rows: Sequence[Sequence[object]]) -> bytes:
    into = io.StringIO()
    csv.writer(into).writerows(rows)
    return into.getvalue().encode()
