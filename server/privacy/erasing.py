"""A person erased: their keys destroyed, rows deleted or emptied, tombstones in their chains.

What becomes of each table is written in `server.storage.sql.personal` and shown in
`docs/privacy/erasure.md`. A run that is cut off is finished by the next.
"""

import hashlib
from collections.abc import Sequence

import msgspec

from server.errors import ServerError
from server.operation.keys import ServerKeys
from server.privacy.holding import LegalHolds
from server.privacy.remains import check_remains
from server.privacy.sealed import SealedObjects
from server.records import Person, Role, SessionEntry, SignedDocument
from server.records.privacy import ErasedSession
from server.scoring.assessments import not_assessed
from server.scoring.facts import SessionFacts
from server.storage.protocols import OrganisationStore, Store
from server.submissions.judging import Judged, without_evidence
from wire.chain import ChainHead

TOMBSTONE_DOMAIN = b"veritype tombstone v1"
_DIGEST_BYTES = 32
_NAME_CHARS = 8


class Tombstone(msgspec.Struct, frozen=True):
    """What the server signs of an erased session; bytes are hex."""

    organisation: int
    session: str
    batches: int
    head: str
    """Digest of the last batch: the session's head."""
    digests_sha256: str
    """Over the digests of all batches, in order."""
    erased_us: int
    key: str


class Erasure:
    """Erases people of one organisation."""

    def __init__(
        self,
        store: Store,
        objects: SealedObjects,
        keys: ServerKeys,
        organisation: int,
        actor: str,
    ) -> None:
        self._own: OrganisationStore = store.of(organisation)
        self._objects = objects
        self._keys = keys
        self._organisation = organisation
        self._actor = actor

    def erase(self, person: Person, now_us: int) -> int:
        """Erase somebody; how many sessions were emptied.

        Raises:
            ServerError: a legal hold forbids it, or they are the last administrator.
        """
        self._check(person, now_us)
        self._own.begin_erasure(person.id, self._actor, now_us)
        # Minutes that a review held are held no longer, by what stands now; then what is open is
        # closed without a decision.
        sessions = self._own.sessions_of(person.id)
        for session in sessions:
            self._own.release_holds(session.row, now_us)
        self._own.forget_reviews_of(person.id, now_us)
        gone = list(self._own.forget_exports(0, person.id))
        for session in sessions:
            gone += self._empty(session, now_us)
        self._own.delete_typing_sample(person.id)
        self._own.finish_erasure(person.id, anonymous(person), self._actor, now_us)
        self._empty_answers(sessions)
        self._objects.vault.forget(self._organisation, person.id)
        self._objects.stored.delete(self._organisation, gone)
        return len(sessions)

    def _check(self, person: Person, now_us: int) -> None:
        holds = LegalHolds(self._own, self._actor).on(person.id, now_us)
        if holds:
            raise ServerError(
                f"a legal hold forbids it (hold {holds[0].row}: {holds[0].reason}); "
                "lift it first, if you may"
            )
        others = [p for p in self._own.people_as([Role.ADMIN]) if p.id != person.id]
        if person.role is Role.ADMIN and person.removed_us is None and not others:
            raise ServerError("somebody else must be an administrator first")

    def _empty(self, session: SessionEntry, now_us: int) -> list[bytes]:
        """Put a tombstone in the place of a session's content; the names of its bytes."""
        self._own.add_tombstone(session.row, self._tombstone(session, now_us))
        digests = [each.digest for each in self._own.objects_of(session.row)]
        gone = [*self._own.forget_objects(session.row, digests)] if digests else []
        gone += self._own.forget_evidence(session.row)
        line = self._own.line(session.id)
        facts = _hours_alone(line.facts) if line and line.facts else None
        self._own.empty_session(session.row, facts, msgspec.json.encode(not_assessed()))
        return gone

    def _empty_answers(self, sessions: Sequence[SessionEntry]) -> None:
        """Leave in what platforms were answered nothing that the detector found."""
        found = [each for s in sessions for each in self._own.submissions_of_session(s.row)]
        for row in {submission.row for submission in found}:
            documents = {given.number: _emptied(given.document) for given in self._own.answers(row)}
            self._own.change_answers(row, documents)

    def _tombstone(self, session: SessionEntry, now_us: int) -> ErasedSession:
        kept = self._own.taken_of(session.row)
        digests = b"".join(digest for digest, _ in kept) or b"".join(
            batch.digest for batch in self._own.in_log(session.row)
        )
        key = self._keys.signing
        said = Tombstone(
            self._organisation,
            session.id.hex(),
            len(digests) // _DIGEST_BYTES,
            self._own.head(session.row).digest.hex(),
            hashlib.sha256(digests).hexdigest(),
            now_us,
            key.verify_key.key_id.hex(),
        )
        document = msgspec.json.encode(said)
        return ErasedSession(now_us, digests, document, key.sign(TOMBSTONE_DOMAIN, document))


def check_tombstone(erased: ErasedSession, head: ChainHead, keys: ServerKeys) -> str | None:
    """What does not hold of an erased session, in a sentence; None: everything does."""
    said = msgspec.json.decode(erased.document, type=Tombstone)
    signed = SignedDocument(0, erased.document, erased.signature)
    starts = range(0, len(erased.digests), _DIGEST_BYTES)
    digests = [erased.digests[at : at + _DIGEST_BYTES] for at in starts]
    return check_remains(said, signed, TOMBSTONE_DOMAIN, digests, head, keys.ring)


def anonymous(person: Person) -> str:
    """What stands in the place of a name."""
    return f"Erased person {person.id.hex()[:_NAME_CHARS]}"


def _emptied(document: bytes) -> bytes:
    """Of what an answer rested on the words alone."""
    return msgspec.json.encode(without_evidence(msgspec.json.decode(document, type=Judged)))


def _hours_alone(facts: bytes) -> bytes:
    """Of a session's facts what payroll needs."""
    full = msgspec.json.decode(facts, type=SessionFacts)
    alone = msgspec.structs.replace(full, notes=(), device={}, clock_off_s=0.0)
    return msgspec.json.encode(alone)
