"""From an announcement to the people who must know of it, and the page that shows it to them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.notices.whom import TELLINGS, Whom
from server.records import ADVERSE, Person, Role, Stage, StoredReview, Verdict
from server.records.announcements import Announcement, Happened
from server.records.notices import NewNotice
from server.storage.protocols import OrganisationStore

_ROLES = {Whom.AUDITORS: Role.AUDITOR, Whom.LEADS: Role.LEAD, Whom.ADMINS: Role.ADMIN}
_OF_REVIEWS = frozenset(
    {
        Happened.REVIEW_OPENED,
        Happened.STATEMENT_ASKED,
        Happened.REVIEW_DECIDED,
        Happened.APPEAL_OPENED,
        Happened.APPEAL_DECIDED,
        Happened.DEADLINE_NEAR,
    }
)
_OF_WEEKS = frozenset(
    {
        Happened.TIMESHEET_DISPUTED,
        Happened.WEEK_LAPSE_NEAR,
        Happened.WEEK_UNSUBMITTED,
        Happened.CORRECTION_ACCEPTED,
        Happened.CORRECTION_DECLINED,
    }
)
REVIEWS, HERE = "/reviews", "/notices"
_WHERE = {
    Happened.HOLD_NEAR: "/hours",
    Happened.WEEK_LAPSE_NEAR: "/hours",
    Happened.REVIEWS_UNREVIEWED: "/reviews/quality",
}
"""Where whoever may decide finds what they are told of, if not on the page of notices."""


@dataclass(frozen=True, slots=True)
class _Reader:
    """Somebody, and where they read of it."""

    person: bytes
    path: str


class Audience:
    """Of one organisation, for one round: who reads for a role is asked for once."""

    def __init__(self, own: OrganisationStore) -> None:
        self._own = own
        self._people: dict[Role, Sequence[Person]] = {}

    def notices_of(self, happened: Announcement) -> Sequence[NewNotice]:
        """Each person once."""
        telling = TELLINGS.get(happened.kind)
        if telling is None:
            return []
        found: Iterable[_Reader]
        if happened.kind in _OF_REVIEWS:
            found = self._of_review(happened, telling.whom)
        elif happened.kind is Happened.HOLD_NEAR:
            found = self._of_hold(happened, telling.whom)
        else:
            where = _WHERE.get(happened.kind, HERE)
            found = [*self._subject(happened), *self._in_roles(telling.whom, where)]
        paths = {reader.person: reader.path for reader in reversed(list(found))}
        return [NewNotice(person, happened.kind, path) for person, path in paths.items()]

    def _of_review(self, happened: Announcement, whom: frozenset[Whom]) -> Iterable[_Reader]:
        review = self._own.review(bytes.fromhex(happened.subject))
        if review is None:
            return
        if Whom.TRAINER in whom and review.trainer and _concerns(happened, review):
            yield _Reader(review.trainer, f"/flags/{review.id.hex()}")
        others = whom
        if happened.kind is Happened.DEADLINE_NEAR and review.head.stage is Stage.REVIEWER:
            if review.claimed_by is not None:
                yield _Reader(review.claimed_by, f"{REVIEWS}/{review.id.hex()}")
            else:
                others = whom | {Whom.AUDITORS, Whom.LEADS}
        # Nobody is asked to review their own session, so nobody is told of it as a reviewer.
        yield from (r for r in self._in_roles(others, REVIEWS) if r.person != review.trainer)

    def _of_hold(self, happened: Announcement, whom: frozenset[Whom]) -> Iterable[_Reader]:
        """Not whoever's own pay it is: they cannot decide it, and hear when it is free."""
        entry = self._own.session(bytes.fromhex(happened.subject))
        if entry is not None:
            where = _WHERE[happened.kind]
            yield from (r for r in self._in_roles(whom, where) if r.person != entry.person)

    def _subject(self, happened: Announcement) -> Iterable[_Reader]:
        """The person whom something else than a review is about."""
        subject = bytes.fromhex(happened.subject)
        if happened.kind is Happened.HOLD_LAPSED:
            entry = self._own.session(subject)
            if entry is not None:
                yield _Reader(entry.person, f"/sessions/{happened.subject}")
        elif happened.kind in _OF_WEEKS:
            sheet = self._own.timesheet(subject)
            if sheet is not None:
                yield _Reader(sheet.person, f"/hours/{happened.subject}")

    def _in_roles(self, whom: frozenset[Whom], path: str) -> Iterable[_Reader]:
        for role in {_ROLES[each] for each in whom if each in _ROLES}:
            if role not in self._people:
                self._people[role] = self._own.people_as([role])
            yield from (_Reader(each.id, path) for each in self._people[role])


def _concerns(happened: Announcement, review: StoredReview) -> bool:
    """Whether its trainer must know: being looked at by chance and cleared concerns nobody."""
    if happened.kind is Happened.DEADLINE_NEAR:
        return review.head.stage is not Stage.REVIEWER
    if happened.kind is not Happened.REVIEW_DECIDED:
        return True
    asked = any(event.verdict is Verdict.ASK_TRAINER for event in review.events)
    decision = review.head.decision
    return asked or (decision is not None and decision.verdict in ADVERSE)
