"""How reviews are worked, and what is open of those that somebody sees in full, in SQL."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, case, func, or_

from server.records import (
    DAY_US,
    OPEN_STAGES,
    EventKind,
    Happened,
    How,
    Judged,
    OpenFilter,
    OpenReview,
    Sight,
    Unreviewed,
)
from server.storage import tables
from server.storage.sql.bound import Bound
from server.storage.sql.held_cases import of_unfinished_cases
from server.storage.sql.sights import within

_REVIEW = tables.reviews.c
_EVENT = tables.review_events.c
_CLAIM = tables.review_claims.c
_SESSION = tables.sessions.c
_PROJECT = tables.projects.c
_PEOPLE_MAX = 500
"""More names than that are no list to choose from."""


class SqlReviewWork(Bound):
    """See `server.storage.protocols.reviews.ReviewWork`."""

    def note_opened(self, review_row: int, person: bytes, now_us: int) -> None:
        """Somebody opened a review that they hold, for the first time."""
        unopened = (*_claim_of(review_row, person), _CLAIM.opened_us.is_(None))
        # Looked for first: a page is asked for more often than there is something to note.
        if self._one(self._select(tables.review_claims, func.count()).where(*unopened)) == (0,):
            return
        with self._transaction(alone=False) as connection:
            claim = self._update(tables.review_claims).where(*unopened)
            connection.execute(claim.values(opened_us=now_us))

    def note_looked(self, review_row: int, person: bytes, zooms: int, replays: int) -> None:
        """Somebody looked closer at a review's evidence, so often."""
        claim = self._update(tables.review_claims).where(*_claim_of(review_row, person))
        counted = {"zooms": _CLAIM.zooms + zooms, "replays": _CLAIM.replays + replays}
        with self._transaction(alone=False) as connection:
            connection.execute(claim.values(**counted))

    def taken_ahead(self, review_row: int, person: bytes) -> int | None:
        """How many cases went before a review when somebody took it."""
        query = self._select(tables.review_claims, _CLAIM.ahead).where(
            *_claim_of(review_row, person)
        )
        row = self._one(query.order_by(_CLAIM.row.desc()).limit(1))
        return row.ahead if row else None

    def in_unfinished_case(self, review_row: int, person: bytes) -> bool:
        """Whether somebody still holds a review that they took together with this one."""
        unfinished = of_unfinished_cases(person, self.organisation)
        query = self._select(tables.reviews, _REVIEW.row)
        found = query.where(_REVIEW.row == review_row, _REVIEW.row.in_(unfinished))
        return self._one(found) is not None

    def done_since(self, person: bytes, since_us: int) -> int:
        """How many verdicts somebody gave since a moment."""
        query = self._select(tables.review_events, func.count()).where(
            _EVENT.person == person, _EVENT.kind == EventKind.COMMITTED, _EVENT.at_us >= since_us
        )
        row = self._one(query)
        return int(row[0]) if row else 0

    def judged(self, since_us: int) -> Sequence[Judged]:
        """How each verdict came about, of reviews taken since a moment."""
        query = (
            self._select(
                tables.review_claims,
                _CLAIM.review,
                _CLAIM.person,
                _CLAIM.ahead,
                (_EVENT.at_us - _CLAIM.opened_us).label("looked_us"),
                _CLAIM.zooms,
                _CLAIM.replays,
            )
            .join(
                tables.review_events,
                and_(_EVENT.review == _CLAIM.review, _EVENT.person == _CLAIM.person),
            )
            .where(_CLAIM.claimed_us >= since_us, _EVENT.kind == EventKind.COMMITTED)
            .order_by(_CLAIM.row)
        )
        # Whoever took it anew after their claim had lapsed judged it once.
        found = {(row.review, row.person): row for row in self._all(query)}
        return [
            Judged(bytes(row.person), row.ahead, row.looked_us, row.zooms, row.replays)
            for row in found.values()
        ]

    def unreviewed(self, since_us: int) -> Sequence[Unreviewed]:
        """Each project's reviews that were decided since a moment, by nobody's word."""
        silent = func.sum(case((_REVIEW.by_silence, 1), else_=0))
        columns = (_PROJECT.name, _PROJECT.reviews_a_day, silent, func.count())
        query = (
            self._select(tables.reviews, *columns)
            .join(tables.sessions, _SESSION.row == _REVIEW.session)
            .join(tables.projects, _PROJECT.id == _SESSION.project)
            .where(_REVIEW.decided_us >= since_us, _REVIEW.how != How.CONTROL)
            .group_by(_PROJECT.name, _PROJECT.reviews_a_day)
            .order_by(_PROJECT.name)
        )
        return [Unreviewed(name, a_day, int(n), of) for name, a_day, n, of in self._all(query)]

    def note_unreviewed(self, session_row: int, now_us: int) -> None:
        """A review of a session ended for the trainer unreviewed: told once a day and project."""
        day = now_us // DAY_US
        project = self._select(tables.sessions, _SESSION.project).where(_SESSION.row == session_row)
        untold = or_(_PROJECT.unreviewed_day.is_(None), _PROJECT.unreviewed_day < day)
        with self._transaction() as connection:
            found = connection.execute(project).scalar_one_or_none()
            if found is None:
                return
            told = self._update(tables.projects).where(_PROJECT.id == found, untold)
            if connection.execute(told.values(unreviewed_day=day)).rowcount == 1:
                self._announce(connection, Happened.REVIEWS_UNREVIEWED, found.hex(), now_us)

    def set_reviews_a_day(self, project: bytes, most: int | None) -> None:
        """Give out at most so many reviews of a project a day; None: as many as there are."""
        change = self._update(tables.projects).where(_PROJECT.id == project)
        with self._transaction() as connection:
            connection.execute(change.values(reviews_a_day=most))

    def open_reviews(
        self, sight: Sight, wanted: OpenFilter, most: int, skip: int
    ) -> Sequence[OpenReview]:
        """Open reviews of sessions that somebody sees in full, the next deadline first."""
        people, facts, made = tables.people.c, tables.facts.c, tables.assessments.c
        query = (
            self._select(
                tables.reviews,
                _REVIEW.row,
                _SESSION.id.label("session"),
                people.name.label("person_name"),
                _PROJECT.name.label("project_name"),
                made.band,
                made.main_reason,
                _REVIEW.stage,
                _REVIEW.appealed,
                _REVIEW.claimed_by.is_not(None).label("held"),
                _REVIEW.began_us,
                _REVIEW.due_us,
            )
            .join(tables.sessions, _SESSION.row == _REVIEW.session)
            .join(tables.people, people.id == _SESSION.person)
            .join(tables.projects, _PROJECT.id == _SESSION.project)
            .outerjoin(tables.facts, facts.session == _REVIEW.session)
            .outerjoin(tables.assessments, made.row == facts.assessment)
            .where(
                # What is over has no deadline, or one for the trainer alone.
                _REVIEW.due_us.is_not(None),
                _REVIEW.stage.in_(OPEN_STAGES),
                _REVIEW.how != How.CONTROL,
                *within(sight, _SESSION.person, self.organisation),
                *_asked_for(wanted),
            )
            .order_by(_REVIEW.due_us, _REVIEW.row)
            .limit(most)
            .offset(skip)
        )
        return [OpenReview(**row._mapping) for row in self._all(query)]

    def open_people(self, sight: Sight) -> Sequence[tuple[bytes, str]]:
        """People within sight of whom a review is open."""
        people = tables.people.c
        query = (
            self._select(tables.reviews, people.id, people.name)
            .join(tables.sessions, _SESSION.row == _REVIEW.session)
            .join(tables.people, people.id == _SESSION.person)
            .where(
                _REVIEW.due_us.is_not(None),
                _REVIEW.stage.in_(OPEN_STAGES),
                _REVIEW.how != How.CONTROL,
                *within(sight, _SESSION.person, self.organisation),
            )
            .distinct()
            .order_by(people.name, people.id)
            .limit(_PEOPLE_MAX)
        )
        return [(bytes(row.id), row.name) for row in self._all(query)]


def _claim_of(review_row: int, person: bytes) -> tuple[ColumnElement[bool], ...]:
    return (_CLAIM.review == review_row, _CLAIM.person == person, _CLAIM.released_us.is_(None))


def _asked_for(wanted: OpenFilter) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if wanted.person is not None:
        asked.append(_SESSION.person == wanted.person)
    if wanted.project is not None:
        asked.append(_SESSION.project == wanted.project)
    if wanted.band is not None:
        asked.append(tables.assessments.c.band == wanted.band)
    if wanted.kinds:
        asked.append(func.coalesce(tables.facts.c.kinds, 0).bitwise_and(wanted.kinds) != 0)
    if wanted.from_us is not None:
        asked.append(_REVIEW.began_us >= wanted.from_us)
    if wanted.to_us is not None:
        asked.append(_REVIEW.began_us < wanted.to_us)
    return asked
