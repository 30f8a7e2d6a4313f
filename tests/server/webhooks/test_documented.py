"""What `docs/webhooks.md` says is true: its example as it stands, its kinds, its errors."""

import re
import time
from pathlib import Path
from typing import Any

import pytest

from server.notices.whom import TELLINGS
from server.records import Happened
from server.records.announcements import Announcement
from server.records.webhooks import Failure
from server.webhooks.signing import body_of, message_id, new_secret, signed_fields

DOCS = Path(__file__).parents[3] / "docs"
TEXT = (DOCS / "webhooks.md").read_text()
ENDPOINT, HAPPENED = b"e" * 16, Announcement(1, 1, Happened.HOLD_LAPSED, "ab", 17)


def example() -> Any:
    """The function that the page shows, run as it stands."""
    found = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert found
    assert len([line for line in found[1].splitlines() if line.strip()]) <= 15
    names: dict[str, Any] = {}
    exec(found[1], names)  # noqa: S102 - that is the point
    return names["verified"]


def signed(secrets: list[str], at_us: int) -> tuple[dict[str, str], bytes]:
    body = body_of(ENDPOINT, HAPPENED)
    return signed_fields(secrets, message_id(ENDPOINT, HAPPENED), body, at_us), body


def test_the_example_takes_what_is_signed_and_nothing_else() -> None:
    verified = example()
    old, new, now_us = new_secret(), new_secret(), time.time_ns() // 1_000
    fields, body = signed([new, old], now_us)
    assert verified(fields, body, [old])["number"] == 17
    assert verified(fields, body, [new])["subject"] == "ab"
    changed = body.replace(b"17", b"18")
    for secrets, sent in (([new_secret()], body), ([old], changed), ([], body)):
        with pytest.raises(ValueError, match="not signed"):
            verified(fields, sent, secrets)
    with pytest.raises(ValueError, match="not signed"):
        verified(fields | {"Webhook-Id": "another"}, body, [old])
    late, body = signed([old], now_us - 301_000_000)
    with pytest.raises(ValueError, match="too old"):
        verified(late, body, [old])


def test_every_kind_and_every_error_is_on_the_page() -> None:
    assert [kind for kind in Happened if f"`{kind.value}`" not in TEXT] == []
    assert [error for error in Failure if f"`{error.value}`" not in TEXT] == []


def test_every_kind_that_people_are_told_has_a_row() -> None:
    rows = (DOCS / "notices.md").read_text().split("|---|---|\n")[1].split("\n\n")[0]
    assert len(rows.splitlines()) == len(TELLINGS)
