"""One submission brought up to date: aligned when its sessions are scored, judged as people decide.

Repeating it is harmless: an answer has a number, and of two that give the same number one is
stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from server.attestations.signing import Attestor
from server.errors import NotKnown
from server.operation.keys import ServerKeys
from server.privacy.sealed import SealedObjects
from server.records import (
    Answer,
    GivenAnswer,
    NewSubmission,
    SessionLine,
    SessionState,
    Submission,
)
from server.scoring.assessments import Assessed, not_assessed
from server.storage.protocols import OrganisationStore, Store
from server.submissions.aligning import Aligned, aligned, not_aligned, worksites
from server.submissions.asked import Place
from server.submissions.commitments import Commitments
from server.submissions.judging import Considered, Judged, SessionEvidence, judge, without_evidence
from wire.decoding import decoder_of

WAITS_US = 45 * 86_400_000_000
"""So long a submission waits: a session lasts at most 31 days, a device may be away for 7."""


@dataclass(frozen=True, slots=True)
class Current:
    """A submission with its newest answer, if there is one."""

    submission: Submission
    given: GivenAnswer | None

    @property
    def judged(self) -> Judged | None:
        """What the answer rests on."""
        return decoder_of(Judged).decode(self.given.document) if self.given else None

    @property
    def aligned(self) -> Aligned | None:
        """Where the text came from."""
        stored = self.submission.alignment
        return decoder_of(Aligned).decode(stored) if stored is not None else None


class Answering:
    """Answers submissions of any organisation."""

    def __init__(self, store: Store, objects: SealedObjects, keys: ServerKeys) -> None:
        self._store = store
        self._objects = objects
        self._attestor = Attestor(keys)
        self.commitments = Commitments(keys.sample_secret)

    def align(
        self,
        organisation: int,
        lines: Sequence[SessionLine],
        places: Sequence[Place],
        classes: str,
    ) -> Aligned:
        """Align a class sequence with scored sessions."""
        store = self._store.of(organisation)
        return aligned(worksites(organisation, store, self._objects, lines, places), classes)

    def first(
        self, organisation: int, new: NewSubmission, lines: Sequence[SessionLine], found: Aligned
    ) -> GivenAnswer:
        """The first answer to a submission that is not stored yet."""
        judged = judge(_considered(self._store.of(organisation), lines, found), found)
        return self._given(organisation, new, found, judged, None, new.asked_us)

    def bring_up_to_date(self, organisation: int, submission: Submission, now_us: int) -> Current:
        """Answer if it is time, and anew if people have decided."""
        store = self._store.of(organisation)
        if submission.alignment is None and (
            submission.answers or store.erasing(submission.person)
        ):
            return self._after_erasure(organisation, submission, now_us)
        lines = lines_of(store, submission)
        found = self._alignment(organisation, submission, lines, now_us)
        if found is None:
            for line in lines:
                if line.state is SessionState.CLOSED:
                    store.hurry(line.row)
            lapses_us = submission.asked_us + WAITS_US
            store.submission_looked_at(submission.row, lapses_us)
            return Current(submission, None)
        judged = judge(_considered(store, lines, found), found)
        before = store.answers(submission.row)
        last = before[-1] if before else None
        if last is not None and judged.says_the_same_as(decoder_of(Judged).decode(last.document)):
            store.submission_looked_at(submission.row, None)
            return Current(submission, last)
        given = self._given(organisation, submission, found, judged, last, now_us)
        store.answer_submission(submission, msgspec.json.encode(found), given)
        return current(store, submission.id)

    def _after_erasure(self, organisation: int, submission: Submission, now_us: int) -> Current:
        """What was answered stays; what people were to decide, nobody can any more."""
        store = self._store.of(organisation)
        before = store.answers(submission.row)
        last = before[-1] if before else None
        if last is not None and _stays(last):
            store.submission_looked_at(submission.row, None)
            return current(store, submission.id)
        lines = lines_of(store, submission)
        gone = not_aligned(lines, submission.length_chars, "evidence_gone")
        judged = without_evidence(judge(_considered(store, lines, gone), gone))
        given = self._given(organisation, submission, gone, judged, last, now_us)
        store.answer_submission(submission, msgspec.json.encode(gone), given)
        return current(store, submission.id)

    def _alignment(
        self,
        organisation: int,
        submission: Submission,
        lines: Sequence[SessionLine],
        now_us: int,
    ) -> Aligned | None:
        """Worked out once and kept; None: not yet."""
        if submission.alignment is not None:
            return decoder_of(Aligned).decode(submission.alignment)
        length = submission.length_chars
        if any(line.state is not SessionState.SCORED for line in lines):
            lapsed = now_us >= submission.asked_us + WAITS_US
            return not_aligned(lines, length, "never_scored") if lapsed else None
        sealed = submission.sealed or b""
        classes = self.commitments.opened(organisation, submission.id, sealed)
        if classes is None:
            return not_aligned(lines, length, "classes_lost")
        return self.align(organisation, lines, places_of(submission), classes)

    def _given(
        self,
        organisation: int,
        submission: Submission | NewSubmission,
        found: Aligned,
        judged: Judged,
        before: GivenAnswer | None,
        now_us: int,
    ) -> GivenAnswer:
        key = self.commitments.key(organisation, submission.id)
        issuer = self._name_of(organisation)
        signed = self._attestor.attest(issuer, submission, key, found, judged, before, now_us)
        number = before.number + 1 if before is not None else 1
        return GivenAnswer(number, judged.answer, now_us, msgspec.json.encode(judged), signed)

    def _name_of(self, organisation: int) -> str:
        return next(o.name for o in self._store.organisations() if o.id == organisation)


def _stays(given: GivenAnswer) -> bool:
    """Whether an answer does not depend on what people were to decide of evidence that is gone."""
    why = decoder_of(Judged).decode(given.document).why
    return given.answer is not Answer.UNDER_REVIEW and "review_closed" not in why


def current(store: OrganisationStore, submission: bytes) -> Current:
    """A stored submission as it stands.

    Raises:
        NotKnown: it is gone.
    """
    found = store.submission(submission)
    if found is None:
        raise NotKnown("there is no such submission any more")
    answers = store.answers(found.row)
    return Current(found, answers[-1] if answers else None)


def places_of(submission: Submission) -> tuple[Place, ...]:
    """The sessions it names."""
    return decoder_of(Places).decode(submission.asked).places


class Places(msgspec.Struct, frozen=True):
    """How the question is stored."""

    places: tuple[Place, ...]


def lines_of(store: OrganisationStore, submission: Submission) -> list[SessionLine]:
    """The sessions it names, as they stand.

    Raises:
        NotKnown: one is gone.
    """
    found = [store.line(bytes.fromhex(place.session)) for place in places_of(submission)]
    if None in found:
        raise NotKnown("a session of the submission is gone")
    return [line for line in found if line is not None]


def _considered(
    store: OrganisationStore, lines: Sequence[SessionLine], found: Aligned
) -> list[Considered]:
    stretches: Mapping[str, list[tuple[int, int]]] = {
        place.session: [(start * 1000, end * 1000) for start, end in place.intervals_ms]
        for place in found.places
    }
    return [
        Considered(
            _evidence(store, line), store.standing(line.row), stretches.get(line.id.hex(), [])
        )
        for line in lines
    ]


def _evidence(store: OrganisationStore, line: SessionLine) -> SessionEvidence:
    stored = store.assessment(line.row)
    if stored is None:
        session, none = line.id.hex(), not_assessed()
        return SessionEvidence(
            session, line.policy_version, none.band, None, 0.0, (), (), "none", "none"
        )
    found = decoder_of(Assessed).decode(stored.document)
    return SessionEvidence(
        session=line.id.hex(),
        policy_version=line.policy_version,
        band=stored.band,
        main_reason=stored.main_reason,
        coverage=found.coverage,
        reasons=tuple(reason.code for reason in found.reasons),
        counter_evidence=tuple(reason.code for reason in found.counter_evidence),
        model_version=stored.model_version,
        features_version=stored.features_version,
    )
