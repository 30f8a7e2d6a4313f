"""The text is nowhere afterwards: not in the database, the folder, the logs, or an error."""

import logging
from pathlib import Path

import pytest

from server.operation.logs import JsonLines
from tests.server.submissions.work import Office, Work, keys_of, send, watched
from wire.textclass import classes_of

MARK = "qzxwvqjk"
PIECE_CHARS = 40
"""A piece of a class sequence so long stands nowhere by chance."""


def stored_bytes(path: Path) -> bytes:
    return b"".join(each.read_bytes() for each in sorted(path.rglob("*")) if each.is_file())


def test_neither_text_nor_classes_are_left_anywhere(
    office: Office, work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    text = f"{work.text} {MARK} {MARK}"
    keys, _ = keys_of(16, 200)
    chain = office.clock_in()
    send(chain, [*watched(), *keys])
    for identifier, session, given in (
        ("leak-at-once", work.session, text),
        ("leak-pending", chain.session.hex(), text),
        ("leak-at-once", work.session, text + MARK),
        ("leak refused", work.session, text),
    ):
        answer = office.ask(identifier, session, text=given)
        assert MARK not in answer.text
    raw = b'{"identifier": "leak", "text": "' + MARK.encode() + b'\\ud800"}'
    headers = office.auth() | {"content-type": "application/json"}
    answer = office.client.post("/v1/submissions", content=raw, headers=headers)
    assert answer.status_code == 400
    assert MARK not in answer.text
    found = stored_bytes(office.house.path)
    classes = classes_of(text).encode()
    assert MARK.encode() not in found
    assert classes[100 : 100 + PIECE_CHARS] not in found
    office.score()
    pending = office.ask("leak-pending", chain.session.hex(), text=text)
    assert pending.json()["state"] == "answered"
    assert MARK not in pending.text
    found = stored_bytes(office.house.path)
    assert MARK.encode() not in found
    assert classes[100 : 100 + PIECE_CHARS] not in found
    lines = "\n".join(JsonLines().format(record) for record in caplog.records)
    assert MARK not in lines
    assert MARK not in caplog.text
    assert classes[100 : 100 + PIECE_CHARS].decode() not in lines
