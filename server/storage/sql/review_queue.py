"""Who reviews what next, and what is due, in SQL."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.exc import IntegrityError

from server.records import (
    ADVERSE,
    OPEN_STAGES,
    EventKind,
    Happened,
    How,
    SecondReviews,
    Stage,
    StoredReview,
)
from server.storage import tables
from server.storage.sql.reviews import SqlReviews, as_review

_REVIEW = tables.reviews.c
_EVENT = tables.review_events.c
_CLAIM = tables.review_claims.c
_SESSION = tables.sessions.c
_FIRST = (How.FLAG, How.RANDOM, How.COMPANY)
_COMPANY = and_(_EVENT.kind == EventKind.OPENED, _EVENT.how == How.COMPANY)


class SqlReviewQueue(SqlReviews):
    """See `server.storage.protocols.reviews.ReviewQueue`."""

    def claim_review(
        self, person: bytes, *, senior: bool, now_us: int, until_us: int
    ) -> int | None:
        """Take the review that goes first."""
        free = _free(now_us)
        query = self._offered(person, senior, now_us).where(*free).limit(1)
        # Beside other claims: each takes what is free by a conditional write, or the next one.
        with self._transaction(alone=False) as connection:
            while (row := connection.execute(query).scalar_one_or_none()) is not None:
                take = self._update(tables.reviews).where(_REVIEW.row == row, *free)
                taken = take.values(claimed_by=person, claimed_until_us=until_us)
                if connection.execute(taken).rowcount == 1:
                    values = {"review": row, "person": person, "claimed_us": now_us}
                    connection.execute(self._insert(tables.review_claims, values))
                    return int(row)
        return None

    def release_review(self, review_row: int, person: bytes, now_us: int) -> bool:
        """Give a claim back."""
        held = self._update(tables.reviews).where(
            _REVIEW.row == review_row, _REVIEW.claimed_by == person
        )
        claim = self._update(tables.review_claims).where(
            _CLAIM.review == review_row, _CLAIM.person == person
        )
        with self._transaction() as connection:
            given = held.values(claimed_by=None, claimed_until_us=0)
            if connection.execute(given).rowcount != 1:
                return False
            connection.execute(claim.values(released_us=now_us))
        return True

    def given_back_since(self, person: bytes, since_us: int) -> int:
        """How many reviews a person gave back since a moment."""
        query = self._select(tables.review_claims, func.count()).where(
            _CLAIM.person == person, _CLAIM.released_us >= since_us
        )
        row = self._one(query)
        return int(row[0]) if row else 0

    def claimed_review(self, person: bytes) -> StoredReview | None:
        """What a person has claimed."""
        query = self._reviews().where(
            _REVIEW.claimed_by == person,
            _REVIEW.stage == Stage.REVIEWER,
            # Those that are over have no deadline: the index leaves them out.
            _REVIEW.due_us.is_not(None),
        )
        row = self._one(query.order_by(_REVIEW.claimed_until_us.desc()).limit(1))
        return as_review(row) if row else None

    def waiting_reviews(self, now_us: int) -> int:
        """How many reviews nobody holds."""
        waits = (_REVIEW.due_us > now_us, *_free(now_us))
        row = self._one(self._select(tables.reviews, func.count()).where(*waits))
        return int(row[0]) if row else 0

    def overdue_reviews(self, now_us: int, limit: int) -> Sequence[int]:
        """Open reviews whose deadline has passed."""
        query = self._select(tables.reviews, _REVIEW.row).where(
            _REVIEW.stage.in_(OPEN_STAGES), _REVIEW.due_us <= now_us
        )
        return [int(row[0]) for row in self._all(query.order_by(_REVIEW.due_us).limit(limit))]

    def note_near_deadlines(self, within_us: int, now_us: int, limit: int) -> int:
        """Announce each deadline that is near, once."""
        near = (
            _REVIEW.how != How.CONTROL,
            _REVIEW.session.is_not(None),
            _REVIEW.due_us > now_us,
            _REVIEW.due_us <= now_us + within_us,
            or_(_REVIEW.noticed_us.is_(None), _REVIEW.noticed_us != _REVIEW.due_us),
        )
        query = self._select(tables.reviews, _REVIEW.row, _REVIEW.id).where(*near).limit(limit)
        with self._transaction() as connection:
            found = connection.execute(query).all()
            for row in found:
                noted = self._update(tables.reviews).where(_REVIEW.row == row.row)
                connection.execute(noted.values(noticed_us=_REVIEW.due_us))
                self._announce(connection, Happened.DEADLINE_NEAR, row.id.hex(), now_us)
        return len(found)

    def note_seen(self, session_row: int, person: bytes, now_us: int) -> None:
        """Somebody saw score and name of a session."""
        table = tables.seen_in_full
        if self.saw_in_full(session_row, person):
            return
        values = {"session": session_row, "person": person, "at_us": now_us}
        try:
            with self._transaction(alone=False) as connection:
                connection.execute(self._insert(table, values))
        except IntegrityError:
            # They looked at it in two windows at once.
            if not self.saw_in_full(session_row, person):
                raise

    def saw_in_full(self, session_row: int, person: bytes) -> bool:
        """Whether somebody saw score and name of a session."""
        table = tables.seen_in_full
        seen = self._select(table, table.c.at_us).where(
            table.c.session == session_row, table.c.person == person
        )
        return self._one(seen) is not None

    def second_reviews(self, latest: int) -> SecondReviews:
        """The latest second reviews that were asked for."""
        asked = (
            self._select(tables.review_events, or_(_EVENT.again, _COMPANY))
            .where(
                or_(
                    _COMPANY,
                    and_(
                        _EVENT.kind == EventKind.COMMITTED,
                        or_(
                            _EVENT.again.is_(True),
                            and_(_EVENT.how.in_(_FIRST), _EVENT.verdict.in_(ADVERSE)),
                        ),
                    ),
                ),
            )
            .order_by(_EVENT.row.desc())
            .limit(latest)
        )
        found = [bool(row[0]) for row in self._all(asked)]
        return SecondReviews(sum(found), len(found))

    def undoubted_sessions(self, bands: Collection[str], limit: int) -> Sequence[int]:
        """The newest sessions in some bands that were never reviewed and are no controls."""
        known, made, sessions = tables.facts, tables.assessments, tables.sessions
        controls = tables.control_sessions
        query = (
            self._select(known, known.c.session)
            .join(made, made.c.row == known.c.assessment)
            .join(sessions, sessions.c.row == known.c.session)
            .join(tables.people, tables.people.c.id == sessions.c.person)
            .where(
                made.c.band.in_(bands),
                tables.people.c.removed_us.is_(None),
                ~exists().where(_REVIEW.session == known.c.session),
                ~exists().where(controls.c.session == known.c.session),
            )
            .order_by(known.c.session.desc())
            .limit(limit)
        )
        return [int(row.session) for row in self._all(query)]

    def _offered(self, person: bytes, senior: bool, now_us: int) -> Select[Any]:
        """Reviews that somebody may have, in the order in which they are given out."""
        waited_us = now_us - _REVIEW.began_us
        return (
            self._select(tables.reviews, _REVIEW.row)
            .join(tables.sessions, _SESSION.row == _REVIEW.session)
            .where(
                _REVIEW.due_us > now_us,
                _SESSION.person != person,
                true() if senior else _REVIEW.senior.is_(False),
                ~self._together(person),
                ~self._took_part(person),
                ~self._saw(person),
                ~exists().where(
                    _CLAIM.review == _REVIEW.row,
                    _CLAIM.person == person,
                    _CLAIM.released_us.is_not(None),
                ),
            )
            .order_by((_REVIEW.stake * waited_us).desc(), _REVIEW.row)
        )

    def _together(self, person: bytes) -> ColumnElement[bool]:
        """In one team with the trainer, as its lead or not."""
        theirs, own = tables.team_members.alias(), tables.team_members.alias()
        return exists().where(
            theirs.c.person == _SESSION.person,
            own.c.person == person,
            theirs.c.team == own.c.team,
            theirs.c.organisation == self.organisation,
        )

    def _took_part(self, person: bytes) -> ColumnElement[bool]:
        """Committed on the session, in this review or another of it."""
        other = tables.reviews.alias()
        return exists(
            select(_EVENT.row)
            .join(other, other.c.row == _EVENT.review)
            .where(
                _EVENT.person == person,
                _EVENT.kind == EventKind.COMMITTED,
                other.c.session == _REVIEW.session,
            )
            .correlate(tables.reviews)
        )

    def _saw(self, person: bytes) -> ColumnElement[bool]:
        seen = tables.seen_in_full.c
        return exists().where(seen.session == _REVIEW.session, seen.person == person)


def _free(now_us: int) -> tuple[ColumnElement[bool], ...]:
    """Waits for a reviewer, and nobody holds it."""
    unheld = or_(_REVIEW.claimed_by.is_(None), _REVIEW.claimed_until_us <= now_us)
    return (_REVIEW.stage == Stage.REVIEWER, unheld)
