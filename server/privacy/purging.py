"""Ending what is kept no longer: by each session's own policy, days after its last decision.

Rows first, then bytes: what is listed can always be shown. After it the run looks whether what it
removed is gone, and leaves a signed record of that. A run that is cut off is finished by the next
one: bytes whose row is gone are found in the object store and taken away too.
"""

import logging
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from server.compaction.redacting import Redactor
from server.errors import KeyUnusable, NotKnown, OriginalDamaged
from server.operation.keys import ServerKeys
from server.privacy.purge_records import PurgeRecord, sign_record
from server.privacy.sealed import SealedObjects
from server.privacy.strays import remove_strays
from server.records import StoredObject
from server.records.operation import Retained
from server.records.privacy import Held
from server.services.sniffing import TEXT_CLASSES_TYPE
from server.storage.protocols import OrganisationStore, Store
from wire.errors import WireError
from wire.policy import Retention

_log = logging.getLogger(__name__)
_DAY_US = 86_400_000_000
_EXPIRED_FOR_US = 7 * _DAY_US
"""So long expired codes, links and attempts are kept, to answer questions."""
Told = Callable[[str, int, int], None]


@dataclass(slots=True)
class _Run:
    """What one run did in one organisation."""

    removed: Counter[str] = field(default_factory=Counter)
    days: dict[str, set[int]] = field(default_factory=dict)
    names: list[bytes] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    held: int = 0
    unreadable: int = 0

    def count(self, kind: str, days: int, how_many: int = 1) -> None:
        """Note what goes, and after how many days by its policy."""
        self.removed[kind] += how_many
        self.days.setdefault(kind, set()).add(days)


@dataclass(frozen=True, slots=True)
class _Due:
    """What of a session's time is over."""

    objects: Sequence[StoredObject]
    classes: bool
    """Those of its keys, while the rest of the evidence stays."""
    evidence: bool

    def __bool__(self) -> bool:
        return bool(self.objects) or self.classes or self.evidence


class Purge:
    """One run over a whole store."""

    def __init__(
        self,
        store: Store,
        objects: SealedObjects,
        keys: ServerKeys,
        now_us: int,
        told: Told,
        *,
        dry_run: bool,
        actor: str = "operator",
        classes_for_s: float = math.inf,
    ) -> None:
        """`classes_for_s`: so long it takes classes of keys away, half a second a session."""
        self._store = store
        self._objects = objects.stored
        self._redactor = Redactor(store, objects, keys)
        self._keys = keys
        self._now_us = now_us
        self._told = told
        self._dry_run = dry_run
        self._actor = actor
        self._classes_until_s = time.monotonic() + classes_for_s
        self.done = True
        """Whether nothing that was due was left to another run."""

    def run(self) -> Mapping[str, int]:
        """Remove what is due, and say how much of each kind; a dry run only says it."""
        removed = Counter(self.expired())
        for organisation in self._store.organisations():
            removed.update(self.organisation(organisation.id))
        return {kind: count for kind, count in sorted(removed.items()) if count}

    def expired(self) -> Mapping[str, int]:
        """What is nobody's alone: codes, links and attempts."""
        return self._store.forget_expired(self._now_us - _EXPIRED_FOR_US, dry_run=self._dry_run)

    def organisation(self, organisation: int) -> Mapping[str, int]:
        """One organisation's sessions; a record of it is signed even when nothing was due."""
        own, run = self._store.of(organisation), _Run()
        held = own.held(self._now_us)
        for number, session in enumerate(_sessions(own, self._now_us)):
            self._told("sessions", number, 0)
            self._session(organisation, own, session, held, run)
        if self._dry_run:
            return run.removed
        strays = remove_strays(self._store, self._objects, organisation, self._now_us)
        if strays:
            run.removed["strays"] = strays
        self._prove(organisation, own, run)
        return run.removed

    def _session(
        self, organisation: int, own: OrganisationStore, session: Retained, held: Held, run: _Run
    ) -> None:
        policy = own.policy(session.project, session.policy_version)
        if policy is None:
            return
        if not self._due(own, session, policy.retention, session.decided_us):
            return
        standing = own.standing(session.session_row)
        decided_us = max(
            session.decided_us, standing.decision.decided_us if standing.decision else 0
        )
        due = self._due(own, session, policy.retention, decided_us)
        if standing.under_review or not due:
            return
        if held.holds(session):
            run.held += 1
            return
        for each in due.objects:
            run.count(*_kind_and_days(each, policy.retention))
        if due.evidence:
            batches = own.evidence_of(session.session_row)
            run.count("batches", policy.retention.evidence_days, batches)
        if not self._dry_run and (due.objects or due.evidence):
            self._remove(organisation, own, session, due, run)
        if due.classes:
            self._redact(organisation, session, policy.retention, run)

    def _due(
        self, own: OrganisationStore, session: Retained, retention: Retention, decided_us: int
    ) -> _Due:
        kept_us = self._now_us - decided_us
        due = [
            each
            for each in own.objects_of(session.session_row)
            if kept_us > _kind_and_days(each, retention)[1] * _DAY_US
        ]
        over = kept_us > retention.evidence_days * _DAY_US
        evidence = over and own.evidence_of(session.session_row) > 0
        classes = session.classes and kept_us > retention.class_sequences_days * _DAY_US
        return _Due(due, classes and not over, evidence)

    def _remove(
        self,
        organisation: int,
        own: OrganisationStore,
        session: Retained,
        due: _Due,
        run: _Run,
    ) -> None:
        row, digests = session.session_row, [each.digest for each in due.objects]
        gone = [*own.forget_objects(row, digests)] if digests else []
        if due.evidence:
            gone += own.forget_evidence(row)
        self._delete(organisation, gone, run)
        listed = {each.digest for each in own.objects_of(row)}
        run.left += [f"a row of {digest.hex()}" for digest in digests if digest in listed]
        if due.evidence and own.evidence_of(row):
            run.left.append("batches of a session")

    def _redact(
        self, organisation: int, session: Retained, retention: Retention, run: _Run
    ) -> None:
        """Counted as one class sequence: that of the session's keys."""
        if not self._dry_run:
            if time.monotonic() > self._classes_until_s:
                self.done = False
                return
            try:
                gone = self._redactor.redact(organisation, session.session_row, self._now_us)
            except (OriginalDamaged, KeyUnusable, NotKnown, WireError) as error:
                # Deleted unread, the times would be gone too, and a backup may bring them back:
                # the operator is told, and the next run tries again.
                _log.error("classes of a session are not deleted", extra={"why": str(error)})
                run.unreadable += 1
                return
            if not gone:
                return
            self._delete(organisation, gone, run)
        run.count("class_sequences", retention.class_sequences_days)

    def _delete(self, organisation: int, gone: Sequence[bytes], run: _Run) -> None:
        self._objects.delete(organisation, gone)
        run.names += gone
        there = (name for name in gone if self._objects.has(organisation, name))
        run.left += [f"bytes at {name.hex()}" for name in there]

    def _prove(self, organisation: int, own: OrganisationStore, run: _Run) -> None:
        removed = {kind: count for kind, count in sorted(run.removed.items()) if count}
        overwritten = own.forget_overwritten() if removed else True
        record = PurgeRecord.of(
            organisation,
            self._now_us,
            self._actor,
            removed,
            run.days,
            run.names,
            run.left,
            held=run.held,
            unreadable=run.unreadable,
            overwritten=overwritten,
        )
        document, signature = sign_record(record, self._keys.signing)
        own.add_purge_record(self._now_us, document, signature)
        if removed:
            said = " ".join(f"{kind}={count}" for kind, count in removed.items())
            own.audit(self._actor, "purged", said)


def _sessions(own: OrganisationStore, now_us: int) -> Iterator[Retained]:
    """Those of which something may be due by the policy that keeps it for the shortest time."""
    kept = [
        version.policy.retention
        for project in own.projects()
        for version in own.policies(project.id)
    ]
    if not kept:
        return
    screenshots_days = min(each.screenshots_days for each in kept)
    classes_days = min(each.class_sequences_days for each in kept)
    evidence_days = min(each.evidence_days for each in kept)
    before = [
        now_us - days * _DAY_US
        for days in (
            min(screenshots_days, classes_days, evidence_days),
            classes_days,
            evidence_days,
        )
    ]
    after = 0
    while page := own.retained(after, *before):
        yield from page
        after = page[-1].session_row


def _kind_and_days(stored: StoredObject, retention: Retention) -> tuple[str, int]:
    if stored.content_type.startswith("image/"):
        return "screenshots", retention.screenshots_days
    if stored.content_type == TEXT_CLASSES_TYPE:
        return "class_sequences", retention.class_sequences_days
    return "texts", retention.evidence_days
