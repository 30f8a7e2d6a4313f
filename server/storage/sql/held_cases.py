"""Reviews that somebody took together, as a condition of queries."""

from typing import Any

from sqlalchemy import Select, select

from server.records import Stage
from server.storage import tables


def of_unfinished_cases(person: bytes, organisation: int) -> Select[Any]:
    """Reviews of cases of which somebody still holds one: what is taken at one moment is a case."""
    claims, reviews = tables.review_claims.c, tables.reviews.c
    held = (
        select(claims.claimed_us)
        .join(tables.reviews, reviews.row == claims.review)
        .where(
            claims.organisation == organisation,
            claims.person == person,
            reviews.claimed_by == person,
            reviews.stage == Stage.REVIEWER,
        )
    )
    return select(claims.review).where(
        claims.organisation == organisation,
        claims.person == person,
        claims.claimed_us.in_(held),
    )
