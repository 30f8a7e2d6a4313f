"""Who reviews what next, and what is due, in SQL."""

from collections.abc import Collection, Sequence

from sqlalchemy import and_, exists, func, or_
from sqlalchemy.exc import IntegrityError

from server.records import (
    ADVERSE,
    CASE_MAX,
    OPEN_STAGES,
    EventKind,
    Happened,
    How,
    SecondReviews,
    Stage,
    StoredReview,
)
from server.storage import tables
from server.storage.sql.review_offers import SqlReviewOffers, free
from server.storage.sql.reviews import as_review

_REVIEW = tables.reviews.c
_EVENT = tables.review_events.c
_CLAIM = tables.review_claims.c
_FIRST = (How.FLAG, How.RANDOM, How.COMPANY)
_COMPANY = and_(_EVENT.kind == EventKind.OPENED, _EVENT.how == How.COMPANY)


class SqlReviewQueue(SqlReviewOffers):
    """See `server.storage.protocols.reviews.ReviewQueue`."""

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

    def claimed_reviews(self, person: bytes) -> Sequence[StoredReview]:
        """What a person has claimed."""
        query = self._reviews().where(_REVIEW.claimed_by == person, _REVIEW.stage == Stage.REVIEWER)
        newest = query.order_by(_REVIEW.claimed_until_us.desc(), _REVIEW.row).limit(CASE_MAX)
        return [as_review(row) for row in self._all(newest)]

    def waiting_reviews(self, now_us: int) -> int:
        """How many reviews nobody holds."""
        waits = (_REVIEW.due_us > now_us, *free(now_us))
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
