"""Reviews beside the population of `bench.api`: many that are over, and a queue that is long."""

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Engine, Table, func, select

from bench.api.population import Population, write
from server.records import DAY_US, EventKind, How, Stage, Verdict
from server.reviews.card import Card, Seen, Spot
from server.storage import tables

FLAGGED_EVERY = 50
"""As the population has them."""
_JUDGED_BY_ONE = 5_000
_CARDS = (
    Card(
        (
            Spot(Seen.INSERTED, 430_000, 430_000, 2_140, "assistant"),
            Spot(Seen.ELSEWHERE, 300_000, 420_000, None, "assistant"),
            Spot(Seen.TYPED, 500_000, 620_000, 600, "", 31),
        ),
        0.97,
    ),
    Card(
        (
            Spot(Seen.TYPED, 0, 60_000, 300, "", 0),
            Spot(Seen.QUIET, 60_000, 180_000),
            Spot(Seen.UNOBSERVED, 200_000, 230_000),
        ),
        1.0,
    ),
)


def add_reviews(
    engine: Engine, population: Population, waiting: int, auditor: bytes, now_us: int
) -> tuple[int, int]:
    """A review of each flagged session, the newest of them open; how many, and how many open."""
    scored = population.sessions - population.open - population.waiting
    numbers = list(range(0, scored, FLAGGED_EVERY))
    first_open = max(len(numbers) - waiting, 0)
    with engine.begin() as connection:
        organisation = connection.execute(select(func.min(tables.organisations.c.id))).scalar_one()
        for table, rows in _rows(numbers, first_open, auditor, now_us):
            write(connection, table, organisation, rows)
        for at, card in enumerate(_CARDS):
            known = tables.facts
            mine = known.update().where(known.c.session % len(_CARDS) == at)
            connection.execute(mine.values(card=msgspec.json.encode(card), kinds=card.kinds))
        if connection.dialect.name == "postgresql":
            for name in ("reviews", "review_events"):
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{name}', 'row'), "
                    f"{2 * len(numbers) + 1}, false)"
                )
    return len(numbers), len(numbers) - first_open


def _rows(
    numbers: list[int], first_open: int, auditor: bytes, now_us: int
) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    yield (
        tables.reviews,
        [_review(at, number, at >= first_open, now_us) for at, number in enumerate(numbers)],
    )
    judged = range(max(first_open - _JUDGED_BY_ONE, 0), first_open)
    yield (
        tables.review_events,
        [
            {
                "row": at + 1,
                "review": at + 1,
                "number": 1,
                "kind": EventKind.COMMITTED.value,
                "at_us": now_us - DAY_US,
                "person": auditor,
                "verdict": Verdict.KEEP.value,
                "spans": "[]",
                "blind": True,
                "heard": False,
                "again": False,
            }
            for at in judged
        ],
    )
    yield (
        tables.review_claims,
        [
            {"review": at + 1, "person": auditor, "claimed_us": now_us - at % 30 * DAY_US}
            for at in judged
        ],
    )


def _review(at: int, number: int, waits: bool, now_us: int) -> dict[str, Any]:
    drawn = hashlib.blake2b(f"review {at}".encode(), digest_size=16).digest()
    opened_us = now_us - (at % 13 + 1) * DAY_US if waits else now_us - 40 * DAY_US
    return {
        "row": at + 1,
        "id": drawn,
        "session": number + 1,
        "how": How.FLAG.value,
        "selected_with": 1.0,
        "probability": 0.9,
        "stake": 20 + drawn[0] / 2,
        "answer_us": 7 * DAY_US,
        "decide_us": 14 * DAY_US,
        "second_share": 0.3,
        "blind_first": True,
        "opened_us": opened_us,
        "events": 1,
        "stage": (Stage.REVIEWER if waits else Stage.DECIDED).value,
        "due_us": now_us + 14 * DAY_US if waits else None,
        "verdict": None if waits else Verdict.KEEP.value,
        "decided_us": None if waits else now_us - 30 * DAY_US,
        "by_silence": False,
        "appealed": False,
        "senior": False,
        "began_us": opened_us,
        "claimed_until_us": 0,
    }
