"""Reviews in SQL."""

import secrets
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, func, select

from server.records import (
    HOLD_MAX_US,
    NOT_ASKED,
    OPEN_STAGES,
    UNASKED,
    Decision,
    EventKind,
    Happened,
    How,
    NewReview,
    ReviewEvent,
    ReviewHead,
    ReviewRules,
    Spans,
    Stage,
    Standing,
    StoredReview,
    Verdict,
)
from server.storage import tables
from server.storage.sql.bound import Bound
from server.storage.sql.submissions import look_again

_ID_BYTES = 16
_REVIEW = tables.reviews.c
_EVENT = tables.review_events.c


class SqlReviewOpening(Bound):
    """Opens reviews, inside the transaction of whatever gives the reason."""

    def _open_review(
        self, connection: Connection, session_row: int, new: NewReview, now_us: int
    ) -> int | None:
        controls, found = tables.control_sessions, tables.reviews
        control = self._select(controls, controls.c.session).where(
            controls.c.session == session_row
        )
        is_control = connection.execute(control).one_or_none() is not None
        if is_control is not (new.how is How.CONTROL):
            return None
        had = self._select(found, func.count()).where(
            _REVIEW.session == session_row, _REVIEW.how != How.CONTROL
        )
        if not is_control and connection.execute(had).scalar_one():
            return None
        # Who can no longer answer is not judged.
        if not is_control and self._trainer_left(connection, session_row):
            return None
        row = self._add_review(connection, session_row, new, now_us)
        if new.with_control:
            self._mix_control_in(connection, new, now_us)
        return row

    def _trainer_left(self, connection: Connection, session_row: int) -> bool:
        people, sessions = tables.people, tables.sessions
        left = self._select(people, people.c.id).join(sessions, sessions.c.person == people.c.id)
        left = left.where(sessions.c.row == session_row, people.c.removed_us.is_not(None))
        return connection.execute(left).one_or_none() is not None

    def _mix_control_in(self, connection: Connection, new: NewReview, now_us: int) -> None:
        """Open the control session that was not shown for longest, unless it waits already."""
        controls = tables.control_sessions
        waiting = self._select(tables.reviews, _REVIEW.session).where(
            _REVIEW.how == How.CONTROL, _REVIEW.stage.in_(OPEN_STAGES)
        )
        shown = (
            select(func.max(_REVIEW.row))
            .where(_REVIEW.session == controls.c.session)
            .correlate(controls)
            .scalar_subquery()
        )
        query = self._select(controls, controls.c.session).where(
            controls.c.session.not_in(waiting.where(_REVIEW.session.is_not(None)))
        )
        next_one = query.order_by(func.coalesce(shown, 0), controls.c.session).limit(1)
        session_row = connection.execute(next_one).scalar_one_or_none()
        if session_row is not None:
            # The same weight as what it is mixed in beside: its place in the queue tells nothing.
            control = replace(new, how=How.CONTROL, probability=None, with_control=False)
            self._add_review(connection, session_row, control, now_us)

    def _add_review(
        self, connection: Connection, session_row: int, new: NewReview, now_us: int
    ) -> int:
        review_id = secrets.token_bytes(_ID_BYTES)
        began_us = now_us if new.began_us is None else new.began_us
        head = ReviewHead(Stage.REVIEWER, now_us + new.rules.decide_us, began_us=began_us)
        values: dict[str, object] = {
            "id": review_id,
            "session": session_row,
            "how": new.how.value,
            "selected_with": new.selected_with,
            "probability": new.probability,
            "stake": new.stake,
            "answer_us": new.rules.answer_us,
            "decide_us": new.rules.decide_us,
            "second_share": new.rules.second_share,
            "blind_first": new.rules.blind_first,
            "hold_us": new.rules.hold_us,
            "opened_us": now_us,
            "events": 1,
            "claimed_until_us": 0,
        }
        insert = self._insert(tables.reviews, values | head_values(head))
        key = connection.execute(insert).inserted_primary_key
        row = int(key[0]) if key else 0
        self._add_event(connection, row, 0, ReviewEvent(EventKind.OPENED, now_us, how=new.how))
        connection.execute(look_again(session_row, self.organisation))
        if new.how is not How.CONTROL:
            self._announce(connection, Happened.REVIEW_OPENED, review_id.hex(), now_us)
        return row

    def _add_event(self, connection: Connection, row: int, number: int, event: ReviewEvent) -> None:
        values: dict[str, object] = {
            "review": row,
            "number": number,
            "kind": event.kind.value,
            "at_us": event.at_us,
            "person": event.person,
            "verdict": event.verdict.value if event.verdict else None,
            "spans": spans_text(event.spans_us),
            "text": event.text,
            "blind": event.blind,
            "heard": event.heard,
            "how": event.how.value if event.how else None,
            "selected_with": event.selected_with,
            "again": event.again,
            "again_with": event.again_with,
        }
        connection.execute(self._insert(tables.review_events, values))


class SqlReviews(SqlReviewOpening):
    """See `server.storage.protocols.reviews.Reviews`; its steps stand in `review_steps`."""

    def standing(self, session_row: int) -> Standing:
        """How a session stands between its assessment and its decision."""
        with self._reading.connect() as connection:
            return self._standing(connection, session_row)

    def _standing(self, connection: Connection, session_row: int) -> Standing:
        query = self._select(tables.reviews).where(
            _REVIEW.session == session_row, _REVIEW.how != How.CONTROL
        )
        newest = query.order_by(_REVIEW.row.desc()).limit(1)
        row = connection.execute(newest).one_or_none()
        if row is None:
            left = self._trainer_left(connection, session_row)
            return replace(NOT_ASKED, nobody_decides=left)
        head = _as_head(row)
        asked = head.appealed or row.how not in UNASKED
        closed = head.stage is Stage.CLOSED
        return Standing(head.stage in OPEN_STAGES and asked, head.decision, closed)

    def open_review(self, session_row: int, new: NewReview, now_us: int) -> int | None:
        """Open a review."""
        with self._transaction() as connection:
            return self._open_review(connection, session_row, new, now_us)

    def review(self, review: bytes) -> StoredReview | None:
        """A review by its id."""
        return self._review(self._reviews().where(_REVIEW.id == review))

    def review_numbered(self, row: int) -> StoredReview | None:
        """A review by storage's number."""
        return self._review(self._reviews().where(_REVIEW.row == row))

    def _review(self, query: Select[Any]) -> StoredReview | None:
        row = self._one(query)
        if row is None:
            return None
        events = self._select(tables.review_events).where(_EVENT.review == row.row)
        happened = self._all(events.order_by(_EVENT.number))
        return as_review(row, tuple(as_event(one) for one in happened))

    def _reviews(self) -> Select[Any]:
        """Each with its session's id and trainer, as far as these are still known."""
        sessions = tables.sessions
        joined = tables.reviews.outerjoin(sessions, sessions.c.row == _REVIEW.session)
        columns = (sessions.c.id.label("session_id"), sessions.c.person)
        return self._select(tables.reviews, *tables.reviews.c, *columns).select_from(joined)


def as_review(row: Any, events: tuple[ReviewEvent, ...] = ()) -> StoredReview:
    """A row of reviews with its session's id and person."""
    rules = ReviewRules(
        row.answer_us,
        row.decide_us,
        row.second_share,
        row.blind_first,
        row.how == How.CONTROL,
        HOLD_MAX_US if row.hold_us is None else row.hold_us,
    )
    return StoredReview(
        row=row.row,
        id=bytes(row.id),
        session_row=row.session,
        session=row.session_id,
        trainer=row.person,
        how=How(row.how),
        selected_with=row.selected_with,
        probability=row.probability,
        stake=row.stake,
        rules=rules,
        opened_us=row.opened_us,
        head=_as_head(row),
        claimed_by=row.claimed_by,
        claimed_until_us=row.claimed_until_us,
        events=events,
    )


def spans_text(spans: Spans) -> str:
    """Stretches as they are stored."""
    return msgspec.json.encode(spans).decode()


def _spans(text: str | None) -> Spans:
    return msgspec.json.decode(text, type=Spans) if text else ()


def head_values(head: ReviewHead) -> dict[str, object]:
    """Where a review has come to, as it is stored."""
    made = head.decision
    return {
        "stage": head.stage.value,
        "due_us": head.due_us,
        "verdict": made.verdict.value if made else None,
        "decided_us": made.decided_us if made else None,
        "decided_spans": spans_text(made.spans_us) if made else None,
        "by_silence": bool(made and made.by_silence),
        "appealed": head.appealed,
        "senior": head.senior,
        "began_us": head.began_us,
    }


def _as_head(row: Any) -> ReviewHead:
    decision = None
    if row.verdict is not None:
        decision = Decision(
            Verdict(row.verdict), row.decided_us, _spans(row.decided_spans), row.by_silence
        )
    return ReviewHead(
        Stage(row.stage), row.due_us, decision, row.appealed, row.senior, row.began_us
    )


def as_event(row: Any) -> ReviewEvent:
    """A row of a review's events."""
    return ReviewEvent(
        kind=EventKind(row.kind),
        at_us=row.at_us,
        person=row.person,
        verdict=Verdict(row.verdict) if row.verdict else None,
        spans_us=_spans(row.spans),
        text=row.text,
        blind=row.blind,
        heard=row.heard,
        how=How(row.how) if row.how else None,
        selected_with=row.selected_with,
        again=row.again,
        again_with=row.again_with,
    )
