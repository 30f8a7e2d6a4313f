"""Submissions, for the platform that asks."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import BoundedSemaphore

import msgspec

from server.clock import now_us
from server.errors import Refusal, not_found, overloaded
from server.records import GivenAnswer, NewSubmission, SessionLine, SessionState, Submission
from server.services.asking import Asker
from server.storage.protocols import OrganisationStore, Store
from server.submissions.answering import WAITS_US, Answering, Current, Places, places_of
from server.submissions.asked import Asked, read_asked
from server.submissions.wording import WHY
from wire.problems import ProblemCode

_ID_BYTES = 16
_AT_ONCE = 2
"""So many texts are aligned at the same time: more would only wait for each other."""
_WAIT_S = 10.0
_LATER_S = 5


class Submissions:
    """What platforms ask, and what they are answered."""

    def __init__(self, store: Store, answering: Answering, per_session_max: int) -> None:
        """`per_session_max`: so many different questions are answered about one session."""
        self._store = store
        self._answering = answering
        self._per_session_max = per_session_max
        self._room = BoundedSemaphore(_AT_ONCE)

    def ask(self, asker: Asker, body: bytes) -> Current:
        """Take a question and answer it, if its sessions are scored.

        The same question again gets the same answer.

        Raises:
            Refusal: it does not hold to its form, or names what is not there or does not go
                together.
        """
        asked = read_asked(body)
        store = self._of(asker)
        known = store.submission_called(asked.identifier)
        if known is not None:
            return self._again(asker, known, asked)
        lines = _sessions(store, asker, asked)
        _check(lines, asked)
        for line in lines:
            self._check_count(asker, line, asked)
        stored = self._stored(asker, lines, asked)
        if stored is None:
            known = store.submission_called(asked.identifier)
            if known is None:
                raise overloaded(_LATER_S)
            return self._again(asker, known, asked)
        # A session may have been scored just before the question was stored.
        return self._up_to_date(asker, stored)

    def submission(self, asker: Asker, submission_hex: str) -> Current:
        """A submission as it stands now."""
        return self._up_to_date(asker, self._found(asker, submission_hex))

    def listed(
        self, asker: Asker, limit: int, before_row: int | None = None
    ) -> Sequence[Submission]:
        """Submissions, newest first, before a row."""
        return self._of(asker).submissions(limit, before_row)

    def attestation(
        self, asker: Asker, submission_hex: str, number: int | None = None
    ) -> GivenAnswer:
        """The signed statement about the newest answer, or about an earlier one."""
        self.submission(asker, submission_hex)
        answers = self._of(asker).answers(self._found(asker, submission_hex).row)
        if not answers:
            raise not_found("This submission is not answered yet.")
        wanted = [each for each in answers if number in (None, each.number)]
        if not wanted:
            raise not_found()
        return wanted[-1]

    def _stored(
        self, asker: Asker, lines: Sequence[SessionLine], asked: Asked
    ) -> Submission | None:
        """Store the question, with its answer if that can be given; None: it is there already."""
        organisation, store = asker.organisation, self._of(asker)
        commitments, id_ = self._answering.commitments, secrets.token_bytes(_ID_BYTES)
        scored = all(line.state is SessionState.SCORED for line in lines)
        new = NewSubmission(
            id=id_,
            identifier=asked.identifier,
            person=lines[0].person,
            project=lines[0].project,
            asked_us=now_us(),
            asked=msgspec.json.encode(Places(asked.places)),
            commitment=commitments.digest(organisation, id_, asked.classes),
            length_chars=len(asked.classes),
            sealed=None if scored else commitments.sealed(organisation, id_, asked.classes),
        )
        rows = [line.row for line in lines]
        if not scored:
            added = store.add_submission(new, rows, lapses_us=new.asked_us + WAITS_US)
        else:
            with self._alone():
                found = self._answering.align(organisation, lines, asked.places, asked.classes)
            for fault in found.faults:
                if fault in ("outside_session", "unknown_task"):
                    raise _conflict(WHY[fault])
            given = self._answering.first(organisation, new, lines, found)
            alignment = msgspec.json.encode(found)
            added = store.add_submission(new, rows, alignment=alignment, given=given)
        if added:
            # Whoever asks often enough could find out by texts of their own what was typed.
            store.audit(asker.name, "submission.asked", id_.hex(), about=new.person)
        return store.submission(id_) if added else None

    def _check_count(self, asker: Asker, line: SessionLine, asked: Asked) -> None:
        """Refuse to tell more of a session by yet another text.

        Counted before the text is aligned: questions at the same moment can exceed it, once, by
        as many as come in at once.
        """
        store = self._of(asker)
        if store.count_submissions(line.row) < self._per_session_max:
            return
        if any(self._same(asker, each, asked) for each in store.submissions_of_session(line.row)):
            return
        store.audit(asker.name, "submission.refused", line.id.hex(), about=line.person)
        raise Refusal(
            ProblemCode.ASKED_ENOUGH,
            409,
            "As many questions were asked about this session as may be. Ask again under the"
            " identifier of an earlier one; if the session holds more work than that, have the"
            " operator raise submissions_per_session_max.",
        )

    def _same(self, asker: Asker, known: Submission, asked: Asked) -> bool:
        return self._same_text(asker, known, asked) and places_of(known) == asked.places

    def _same_text(self, asker: Asker, known: Submission, asked: Asked) -> bool:
        digest = self._answering.commitments.digest(asker.organisation, known.id, asked.classes)
        return secrets.compare_digest(digest, known.commitment)

    def _again(self, asker: Asker, known: Submission, asked: Asked) -> Current:
        if not self._same_text(asker, known, asked):
            raise _conflict("This identifier was handed in with another text.")
        if places_of(known) != asked.places:
            raise _conflict("This identifier was handed in with other sessions or parts.")
        _check_named(known.person, known.project, asked)
        return self._up_to_date(asker, known)

    def _up_to_date(self, asker: Asker, submission: Submission) -> Current:
        """As it stands; one that has to be aligned waits for its turn, or is still pending."""
        aligns = submission.alignment is None
        if aligns and not self._room.acquire(blocking=False):
            return Current(submission, None)
        try:
            return self._answering.bring_up_to_date(asker.organisation, submission, now_us())
        finally:
            if aligns:
                self._room.release()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """A place among those that align; refused to whoever would wait too long for it."""
        if not self._room.acquire(timeout=_WAIT_S):
            raise overloaded(_LATER_S)
        try:
            yield
        finally:
            self._room.release()

    def _found(self, asker: Asker, submission_hex: str) -> Submission:
        try:
            id_ = bytes.fromhex(submission_hex) if len(submission_hex) == 2 * _ID_BYTES else b""
        except ValueError as error:
            raise not_found() from error
        found = self._of(asker).submission(id_)
        if found is None:
            raise not_found()
        return found

    def _of(self, asker: Asker) -> OrganisationStore:
        return self._store.of(asker.organisation)


def _sessions(store: OrganisationStore, asker: Asker, asked: Asked) -> list[SessionLine]:
    if asked.project is not None and store.project(asked.project) is None:
        raise not_found()
    found = [store.line(bytes.fromhex(place.session), asker.sight) for place in asked.places]
    lines = [line for line in found if line is not None]
    if len(lines) < len(found):
        raise not_found()
    return lines


def _check(lines: Sequence[SessionLine], asked: Asked) -> None:
    if len({line.person for line in lines}) > 1:
        raise _conflict("The sessions are of different people.")
    if len({line.project for line in lines}) > 1:
        raise _conflict("The sessions are of different projects.")
    _check_named(lines[0].person, lines[0].project, asked)


def _check_named(person: bytes, project: bytes, asked: Asked) -> None:
    if asked.person not in (None, person):
        raise _conflict("The sessions are another person's than the one named.")
    if asked.project not in (None, project):
        raise _conflict("The sessions are another project's than the one named.")


def _conflict(detail: str) -> Refusal:
    return Refusal(ProblemCode.CONFLICT, 409, detail)
