"""Scoring one closed session: stored batches in, facts and an assessment out.

The detector stands behind `Assessor`, so that this module can be read without it.
"""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from detector.promise import PlatformPromise
from server.clock import now_us
from server.compaction.reading import opened_session
from server.errors import NotKnown
from server.hours.counting import stretches_of
from server.operation.keys import ServerKeys
from server.privacy.sealed import SealedObjects
from server.records import Job, SessionEntry, StoredAssessment, StoredCard, Why
from server.reviews.card import card_of
from server.reviews.opening import review_of
from server.scoring.assessments import Assessed, not_assessed
from server.scoring.facts import OpenedSession, facts_of
from server.scoring.promises import promise_of
from server.scoring.references import OwnTyping, own_typing
from server.scoring.submitted import submitted_classes
from server.services.sealing import SampleSeal
from server.storage.protocols import OrganisationStore, Store
from wire.policy import AllowedUse, Policy, ReviewRules


class Assessor(Protocol):
    """Judges what was recorded."""

    def assess(
        self,
        opened: OpenedSession,
        policy: Policy,
        texts: Mapping[bytes, str],
        own: OwnTyping,
        promise: PlatformPromise | None,
    ) -> Assessed:
        """Judge one session under its project's policy, next to the person's own typing.

        `texts` are the class sequences of its submitted texts by digest, as far as they came;
        `promise` is what the organisation was promised about false flags.
        """


class Scoring:
    """Does the jobs of the scoring table, one at a time."""

    def __init__(
        self, store: Store, objects: SealedObjects, assessor: Assessor, keys: ServerKeys
    ) -> None:
        self._store = store
        self._objects = objects
        self._assessor = assessor
        self._seal = SampleSeal(keys.sample_secret)

    def do(self, job: Job) -> bool:
        """Score a session; whether that was published.

        Repeating it is harmless: the job ends once, with the results of the newest claim.
        """
        store = self._store.of(job.organisation)
        entry = store.session_numbered(job.session_row)
        policy = store.policy(entry.project, entry.policy_version) if entry else None
        if entry is None or policy is None:
            raise NotKnown("the job's session or policy is gone")
        opened = opened_session(store, self._objects, job.organisation, entry.row)
        if opened.redacted_us is not None or not (opened.headers or job.why is Why.CLOSED):
            # What it was judged by is deleted: it keeps what was said of it, and its hours.
            return store.finish_job(job, b"", None)
        _quarantine(store, opened)
        texts = submitted_classes(store, self._objects, job.organisation, entry.row, opened.batches)
        own = own_typing(store, self._objects, job.organisation, self._seal, entry)
        promise = promise_of(store)
        assessed = self._assessor.assess(opened, policy, texts, own, promise)
        return _finish(store, job, entry, opened, assessed, policy)

    def give_up(self, job: Job) -> bool:
        """Publish the hours, and that the detector could not read the recording.

        A session that was scored before keeps what was said of it.
        """
        store = self._store.of(job.organisation)
        entry = store.session_numbered(job.session_row)
        if entry is None:
            raise NotKnown("the job's session is gone")
        opened = opened_session(store, self._objects, job.organisation, entry.row)
        _quarantine(store, opened)
        if job.why is not Why.CLOSED:
            return store.finish_job(job, b"", None)
        policy = store.policy(entry.project, entry.policy_version)
        return _finish(store, job, entry, opened, not_assessed(), policy)


def _finish(
    store: OrganisationStore,
    job: Job,
    entry: SessionEntry,
    opened: OpenedSession,
    assessed: Assessed,
    policy: Policy | None,
) -> bool:
    if not _publish_hours(store, job, entry, opened):
        return False
    found = facts_of(opened, entry.opened_us)
    facts = msgspec.json.encode(found)
    stored, before = _stored(assessed, job.why), store.assessment(entry.row)
    if before is not None and before.document == stored.document:
        return store.finish_job(job, facts, None)
    rules = policy.review_rules if policy else ReviewRules()
    review = review_of(entry.id, assessed, found.worked_s, rules, store.review_settings())
    made = card_of(opened, policy.allowed if policy else AllowedUse())
    card = StoredCard(msgspec.json.encode(made), made.kinds)
    return store.finish_job(job, facts, stored, review, card)


def _publish_hours(
    store: OrganisationStore, job: Job, entry: SessionEntry, opened: OpenedSession
) -> bool:
    line = store.line(entry.id)
    observes = line.observes if line else None
    return store.put_hours(job, stretches_of(opened, entry.opened_us, observes), now_us())


def _quarantine(store: OrganisationStore, opened: OpenedSession) -> None:
    for row, _header, reason in opened.undecodable:
        if row.quarantined is None:
            store.quarantine(row.row, reason)


def _stored(assessed: Assessed, why: Why) -> StoredAssessment:
    return StoredAssessment(
        model_version=assessed.model_version,
        features_version=assessed.features_version,
        band=assessed.band,
        main_reason=assessed.main_reason,
        document=msgspec.json.encode(assessed),
        created_us=now_us(),
        why=why,
    )
