"""Sessions as people and platforms may see them.

Whose sessions somebody sees is said by `server.services.asking.Asker`. Until a session is scored,
nobody sees more than that it is open or closed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.clock import now_us
from server.compaction.reading import opened_session
from server.errors import not_found
from server.language import N_
from server.privacy.sealed import SealedObjects, owner_of
from server.recent import Recent
from server.records import (
    GivenAnswer,
    SessionLine,
    SessionState,
    Standing,
    StoredAssessment,
    StoredObject,
    Submission,
)
from server.records.audit import CLOSED, EVIDENCE_VIEWED, VIEWED
from server.records.listing import SessionFilter
from server.scoring.assessments import FLAGGED_BANDS, Assessed, AssessedText
from server.scoring.facts import OpenedSession, SessionFacts
from server.scoring.submitted import submitted_classes
from server.services.asking import Asker
from server.services.naming import named_id
from server.services.pictures import digest_of, shown
from server.storage.protocols import OrganisationStore, Store
from wire.decoding import decoder_of
from wire.events import TextSubmitted
from wire.policy import Policy

_PAGE = 100
_DIGEST_HEX = 64
_SHOWN_MAX = 256
_SHOWN_S = 600.0


@dataclass(frozen=True, slots=True)
class SessionView:
    """One session with its facts, if they are published."""

    line: SessionLine
    facts: SessionFacts | None

    @property
    def ended_us(self) -> int | None:
        """When it ended, by the session's monotonic clock; None until scored."""
        if self.facts is None:
            return None
        return self.line.opened_us + round(self.facts.duration_s * 1_000_000)

    @property
    def flagged(self) -> bool | None:
        """Whether a person should look; None until scored."""
        return None if self.line.band is None else self.line.band in FLAGGED_BANDS


@dataclass(frozen=True, slots=True)
class AssessedView:
    """A scored session and its newest assessment."""

    line: SessionLine
    made: StoredAssessment

    @property
    def found(self) -> Assessed:
        """What the detector judged."""
        return decoder_of(Assessed).decode(self.made.document)


class Review:
    """Reads evidence for whoever asks."""

    def __init__(self, store: Store, objects: SealedObjects) -> None:
        self._store = store
        self._objects = objects
        self._shown: Recent[tuple[int, int, int], frozenset[bytes]] = Recent(_SHOWN_MAX, _SHOWN_S)

    def page(
        self, asker: Asker, before_row: int | None = None
    ) -> tuple[list[SessionView], int | None]:
        """Sessions, newest first, and the cursor of the next page if there is one."""
        lines = self._of(asker).lines(asker.sight, _PAGE + 1, before_row)
        views = [_view(line) for line in lines[:_PAGE]]
        return views, views[-1].line.row if len(lines) > _PAGE else None

    def listed(
        self, asker: Asker, wanted: SessionFilter, after: int | None, limit: int
    ) -> list[SessionView]:
        """Sessions of the organisation for a platform, the one that was opened last first."""
        return [_view(line) for line in self._of(asker).sessions_after(wanted, after, limit)]

    def assessed(
        self, asker: Asker, wanted: SessionFilter, after: int | None, limit: int
    ) -> list[AssessedView]:
        """Scored sessions with what is published of them, the one that was opened last first."""
        store = self._of(asker)
        lines = store.sessions_after(replace(wanted, state=SessionState.SCORED), after, limit)
        current = store.current_assessments([line.row for line in lines])
        return [AssessedView(line, current[line.row]) for line in lines if line.row in current]

    def standing(self, asker: Asker, session_hex: str) -> Standing:
        """What people said of a scored session so far."""
        return self._of(asker).standing(self._published(asker, session_hex).row)

    def session(self, asker: Asker, session_hex: str) -> SessionView:
        """One session; raises `Refusal` for what the asker may not see.

        One that waits for its score is scored before others: somebody wants to know.
        """
        line = self._line(asker, session_hex)
        self._hurry(asker, line)
        return _view(line)

    def assessment(self, asker: Asker, session_hex: str) -> Assessed:
        """The published assessment."""
        line = self._published(asker, session_hex)
        stored = self._of(asker).assessment(line.row)
        if stored is None:
            raise not_found()
        if asker.person not in (None, line.person):
            # Whoever knows score and name cannot review it blind.
            self._of(asker).note_seen(line.row, asker.person, now_us())
        return decoder_of(Assessed).decode(stored.document)

    def assessments(self, asker: Asker, session_hex: str) -> Sequence[StoredAssessment]:
        """All that was published of the session, in the order it was made; the last is current."""
        return self._of(asker).assessments(self._published(asker, session_hex).row)

    def submissions(self, asker: Asker, session_hex: str) -> Sequence[Submission]:
        """What a platform handed in as written in this session, and what it was answered."""
        return self._of(asker).submissions_of_session(self._published(asker, session_hex).row)

    def answers(self, asker: Asker, session_hex: str) -> Sequence[tuple[Submission, GivenAnswer]]:
        """Each answered submission that names the session, with its newest answer."""
        store, found = self._of(asker), self.submissions(asker, session_hex)
        given = [(one, store.answers(one.row)) for one in found]
        return [(one, answers[-1]) for one, answers in given if answers]

    def texts(self, asker: Asker, session_hex: str) -> tuple[AssessedText, ...]:
        """The texts that the agent saw being submitted, and where they came from.

        Of the assessment nothing else: who reads this may still review the session blind.
        """
        stored = self._of(asker).assessment(self._published(asker, session_hex).row)
        return decoder_of(Assessed).decode(stored.document).texts if stored is not None else ()

    def submitted(self, asker: Asker, session_hex: str) -> list[tuple[int, str]]:
        """Classes of those texts, as far as they are kept, by milliseconds from clock-in.

        That they were read is written to the audit log first.
        """
        batches = self.opened(asker, session_hex).batches
        row, store = self._line(asker, session_hex).row, self._of(asker)
        kept = submitted_classes(store, self._objects, asker.organisation, row, batches)
        found = []
        for event in (e for batch in batches for e in batch.body.events(TextSubmitted)):
            digest = digest_of(event)
            if digest is not None and digest in kept:
                found.append((event.t_us // 1000, kept[digest]))
        return sorted(found)

    def policy(self, asker: Asker, line: SessionLine) -> Policy | None:
        """The policy the session was recorded under."""
        return self._of(asker).policy(line.project, line.policy_version)

    def redacted_us(self, asker: Asker, session_hex: str) -> int | None:
        """When the classes of the session's keys were deleted; None: they are here, or all went."""
        kept = self._of(asker).compacted(self._published(asker, session_hex).row)
        return kept.redacted_us if kept is not None else None

    def opened(
        self, asker: Asker, session_hex: str, action: str = EVIDENCE_VIEWED
    ) -> OpenedSession:
        """The session's batches, decoded; that they were read is written to the audit log first."""
        line = self._published(asker, session_hex)
        store = self._of(asker)
        store.audit(asker.name, action, line.id.hex(), about=line.person)
        late = store.late_blankings(line.row)
        return opened_session(store, self._objects, asker.organisation, line.row, late)

    def stored_digests(self, asker: Asker, session_hex: str) -> frozenset[bytes]:
        """Which objects of the session have come: screenshots wait for the trainer's review."""
        return self._of(asker).stored_digests(self._published(asker, session_hex).row)

    def picture(
        self, asker: Asker, session_hex: str, digest_hex: str
    ) -> tuple[StoredObject, bytes]:
        """An object of a session; the view is written to the audit log before it is given."""
        line = self._published(asker, session_hex)
        store = self._of(asker)
        digest = named_id(digest_hex, _DIGEST_HEX)
        entry = store.object(line.row, digest)
        if entry is None or digest not in self._shown_of(asker.organisation, line.row):
            raise not_found()
        store.audit(asker.name, VIEWED, f"{line.id.hex()}/{digest_hex}", about=line.person)
        return entry, self._objects.get(
            owner_of(line, asker.organisation), entry.digest, entry.place
        )

    def closed(self, asker: Asker, session_hex: str, digest_hex: str, looked_ms: int) -> bool:
        """Note for how long somebody looked at a picture; whether they were looking at it.

        What the page says is bounded by the server's clock: since the picture was given.
        """
        line = self._published(asker, session_hex)
        store, subject = self._of(asker), f"{line.id.hex()}/{digest_hex}"
        since_us = store.looked_at(asker.name, subject)
        if since_us is None:
            return False
        longest_ms = max(0, now_us() - since_us) // 1_000
        lasted_ms = min(max(0, looked_ms), longest_ms)
        store.audit(asker.name, CLOSED, subject, about=line.person, lasted_ms=lasted_ms)
        return True

    def notes(self, asker: Asker, session_hex: str) -> list[tuple[int, str]]:
        """What the trainer wrote, (milliseconds from clock-in, text), less what was blanked.

        That they were read is written to the audit log before they are given.
        """
        line = self._published(asker, session_hex)
        named = _view(line).facts
        if named is None or not named.notes:
            return []
        store = self._of(asker)
        store.audit(asker.name, "notes.viewed", line.id.hex())
        shown = self._shown_of(asker.organisation, line.row)
        found = []
        for note in named.notes:
            digest = bytes.fromhex(note.digest)
            entry = store.object(line.row, digest) if digest in shown else None
            if entry is not None and entry.content_type.startswith("text/plain"):
                owner = owner_of(line, asker.organisation)
                data = self._objects.get(owner, digest, entry.place)
                found.append((note.at_ms, data.decode("utf-8")))
        return found

    def _shown_of(self, organisation: int, session_row: int) -> frozenset[bytes]:
        """Remembered: of a scored session only what is blanked later can change."""
        store = self._store.of(organisation)
        late = store.late_blankings(session_row)
        key = (organisation, session_row, len(late))
        digests = self._shown.get(key)
        if digests is None:
            digests = shown(opened_session(store, self._objects, organisation, session_row, late))
            self._shown.put(key, digests)
        return digests

    def _published(self, asker: Asker, session_hex: str) -> SessionLine:
        line = self._line(asker, session_hex)
        if line.state is not SessionState.SCORED:
            self._hurry(asker, line)
            raise not_found(N_("This session is not scored yet."))
        return line

    def _hurry(self, asker: Asker, line: SessionLine) -> None:
        if line.state is SessionState.CLOSED:
            self._of(asker).hurry(line.row)

    def _line(self, asker: Asker, session_hex: str) -> SessionLine:
        line = self._of(asker).line(named_id(session_hex), asker.sight)
        if line is None:
            raise not_found()
        return line

    def _of(self, asker: Asker) -> OrganisationStore:
        return self._store.of(asker.organisation)


def _view(line: SessionLine) -> SessionView:
    facts = decoder_of(SessionFacts).decode(line.facts) if line.facts else None
    return SessionView(line, facts)
