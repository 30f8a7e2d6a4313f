"""The queue as somebody is offered it, in SQL: what they may have, in cases, what goes first."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    and_,
    case,
    func,
    or_,
    select,
    true,
)

from server.records import CASE_MAX, DAY_US, EventKind, Offered, Reviewer, Stage, Wanted
from server.storage import tables
from server.storage.sql.bound import unindexed
from server.storage.sql.reviews import SqlReviews

_REVIEW = tables.reviews.c
_EVENT = tables.review_events.c
_CLAIM = tables.review_claims.c
_SESSION = tables.sessions.c


class SqlReviewOffers(SqlReviews):
    """The part of `server.storage.protocols.reviews.ReviewQueue` that gives reviews out."""

    def cases(
        self, reviewer: Reviewer, wanted: Wanted, now_us: int, most: int, skip: int
    ) -> Sequence[Sequence[Offered]]:
        """Cases that somebody may take, what goes first in front."""
        numbered = self._in_cases(reviewer, wanted, now_us, CASE_MAX)
        chosen = self._in_order(numbered, wanted).limit(most).offset(skip).subquery()
        facts = tables.facts
        query = (
            select(
                chosen.c.at,
                _REVIEW.id,
                _REVIEW.session,
                _REVIEW.began_us,
                _SESSION.project,
                _SESSION.policy_version,
                facts.c.document,
                facts.c.card,
            )
            .select_from(chosen)
            .join(
                numbered,
                and_(numbered.c.trainer == chosen.c.trainer, numbered.c.part == chosen.c.part),
            )
            .join(tables.reviews, _REVIEW.row == numbered.c.row)
            .join(tables.sessions, _SESSION.row == _REVIEW.session)
            .outerjoin(facts, facts.c.session == _REVIEW.session)
            .where(unindexed(_REVIEW.organisation, 0) == self.organisation)
            .order_by(chosen.c.first.desc(), chosen.c.at, numbered.c.harm.desc(), numbered.c.row)
        )
        found: dict[int, list[Offered]] = {}
        for row in self._all(query):
            found.setdefault(row.at, []).append(_as_offered(row))
        return list(found.values())

    def claim_reviews(
        self,
        reviewer: Reviewer,
        *,
        now_us: int,
        until_us: int,
        review: bytes | None = None,
        most: int = CASE_MAX,
    ) -> Sequence[int]:
        """Take the case that goes first, or that of a review."""
        nothing = Wanted()
        # Beside other claims: each takes what is free by a conditional write, or the next one.
        with self._transaction(alone=False) as connection:
            while True:
                numbered = self._in_cases(reviewer, nothing, now_us, most)
                found = self._case(connection, numbered, review)
                if found is None:
                    return []
                ahead = self._ahead(connection, numbered, found) if review is not None else 0
                rows = [
                    int(row)
                    for row in self._members(connection, numbered, found)
                    if self._claim(connection, int(row), reviewer, now_us, until_us, ahead)
                ]
                if rows or review is not None:
                    return rows

    def _claim(
        self,
        connection: Connection,
        row: int,
        reviewer: Reviewer,
        now_us: int,
        until_us: int,
        ahead: int,
    ) -> bool:
        take = self._update(tables.reviews).where(_REVIEW.row == row, *free(now_us))
        taken = take.values(claimed_by=reviewer.person, claimed_until_us=until_us)
        if connection.execute(taken).rowcount != 1:
            return False
        values = {
            "review": row,
            "person": reviewer.person,
            "claimed_us": now_us,
            "ahead": ahead,
        }
        connection.execute(self._insert(tables.review_claims, values))
        return True

    def _case(self, connection: Connection, numbered: CTE, review: bytes | None) -> Any | None:
        if review is None:
            return connection.execute(self._in_order(numbered, Wanted()).limit(1)).one_or_none()
        of = (
            select(numbered.c.trainer, numbered.c.part)
            .join(tables.reviews, _REVIEW.row == numbered.c.row)
            .where(_REVIEW.id == review)
        )
        return connection.execute(of).one_or_none()

    def _ahead(self, connection: Connection, numbered: CTE, found: Any) -> int:
        """How many cases go before one."""
        cases = self._in_order(numbered, Wanted()).subquery()
        of = (cases.c.trainer == found.trainer, cases.c.part == found.part)
        own = select(cases.c.first).where(*of).scalar_subquery()
        query = select(func.count()).select_from(cases).where(cases.c.first > own)
        return int(connection.execute(query).scalar_one())

    def _members(self, connection: Connection, numbered: CTE, found: Any) -> Sequence[int]:
        query = select(numbered.c.row).where(
            numbered.c.trainer == found.trainer, numbered.c.part == found.part
        )
        in_order = query.order_by(numbered.c.harm.desc(), numbered.c.row)
        return list(connection.execute(in_order).scalars())

    def _in_cases(self, reviewer: Reviewer, wanted: Wanted, now_us: int, most: int) -> CTE:
        """Each review that somebody may have, with its case: one person's are numbered."""
        waited_us = now_us - _REVIEW.began_us
        number = func.row_number().over(partition_by=_SESSION.person, order_by=_REVIEW.row)
        # One at a time, they are no case: each stands by its own weight.
        part = (number - 1) // most if most > 1 else _REVIEW.row
        query = self._offered(reviewer, now_us).with_only_columns(
            _REVIEW.row,
            _SESSION.person.label("trainer"),
            (_REVIEW.stake * waited_us).label("harm"),
            part.label("part"),
            _fits(wanted).label("fits"),
        )
        if wanted.kinds:
            query = query.outerjoin(tables.facts, tables.facts.c.session == _REVIEW.session)
        return query.cte("numbered")

    def _in_order(self, numbered: CTE, wanted: Wanted) -> Select[Any]:
        """Cases of which something fits, what could be lost first in front."""
        first, at = func.max(numbered.c.harm).label("first"), func.min(numbered.c.row).label("at")
        query = select(numbered.c.trainer, numbered.c.part, first, at)
        query = query.group_by(numbered.c.trainer, numbered.c.part)
        query = query.having(func.max(numbered.c.fits) > 0)
        if wanted.several is not None:
            query = query.having(func.count() > 1 if wanted.several else func.count() == 1)
        return query.order_by(first.desc(), at)

    def _offered(self, reviewer: Reviewer, now_us: int) -> Select[Any]:
        """Reviews that somebody may have."""
        person = reviewer.person
        return (
            self._select(tables.reviews, _REVIEW.row)
            .join(tables.sessions, _SESSION.row == _REVIEW.session)
            .where(
                *free(now_us),
                _REVIEW.due_us > now_us,
                _SESSION.person != person,
                true() if reviewer.senior else _REVIEW.senior.is_(False),
                _SESSION.person.not_in(self._team_mates(person)),
                _REVIEW.session.not_in(self._known(person)),
                _REVIEW.row.not_in(self._given_back(person)),
                _SESSION.project.not_in(self._spent(now_us)),
            )
        )

    def _team_mates(self, person: bytes) -> Select[Any]:
        """Everybody in a team of somebody's, as its lead or not."""
        theirs, own = tables.team_members.alias(), tables.team_members.alias()
        return (
            select(theirs.c.person)
            .join(own, own.c.team == theirs.c.team)
            .where(theirs.c.organisation == self.organisation, own.c.person == person)
        )

    def _known(self, person: bytes) -> CompoundSelect[Any]:
        """Sessions on which somebody committed, in any review of them, or that they saw."""
        seen = self._select(tables.seen_in_full, tables.seen_in_full.c.session)
        judged = (
            self._select(tables.reviews, _REVIEW.session)
            .join(tables.review_events, _EVENT.review == _REVIEW.row)
            .where(
                _EVENT.person == person,
                _EVENT.kind == EventKind.COMMITTED,
                _REVIEW.session.is_not(None),
            )
        )
        return judged.union_all(seen.where(tables.seen_in_full.c.person == person))

    def _given_back(self, person: bytes) -> Select[Any]:
        return self._select(tables.review_claims, _CLAIM.review).where(
            _CLAIM.person == person, _CLAIM.released_us.is_not(None)
        )

    def _spent(self, now_us: int) -> Select[Any]:
        """Projects of which no more is reviewed today (UTC)."""
        taken = (
            self._select(tables.review_claims, _SESSION.project, func.count().label("taken"))
            .join(tables.reviews, _REVIEW.row == _CLAIM.review)
            .join(tables.sessions, _SESSION.row == _REVIEW.session)
            .where(_CLAIM.claimed_us >= now_us - now_us % DAY_US, _CLAIM.released_us.is_(None))
            .group_by(_SESSION.project)
            .subquery()
        )
        projects = tables.projects
        return (
            self._select(projects, projects.c.id)
            .outerjoin(taken, taken.c.project == projects.c.id)
            .where(projects.c.reviews_a_day <= func.coalesce(taken.c.taken, 0))
        )


def free(now_us: int) -> tuple[ColumnElement[bool], ...]:
    """Waits for a reviewer, and nobody holds it."""
    unheld = or_(_REVIEW.claimed_by.is_(None), _REVIEW.claimed_until_us <= now_us)
    return (_REVIEW.stage == Stage.REVIEWER, unheld)


def _as_offered(row: Any) -> Offered:
    return Offered(
        bytes(row.id),
        row.session,
        bytes(row.project),
        row.policy_version,
        row.began_us,
        row.document,
        row.card,
    )


def _fits(wanted: Wanted) -> ColumnElement[int]:
    """1 for a review that is asked for."""
    asked: list[ColumnElement[bool]] = []
    if wanted.projects is not None:
        asked.append(_SESSION.project.in_(wanted.projects))
    if wanted.kinds:
        asked.append(func.coalesce(tables.facts.c.kinds, 0).bitwise_and(wanted.kinds) != 0)
    if wanted.from_us is not None:
        asked.append(_REVIEW.began_us >= wanted.from_us)
    if wanted.to_us is not None:
        asked.append(_REVIEW.began_us < wanted.to_us)
    return case((and_(true(), *asked), 1), else_=0)
