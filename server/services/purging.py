"""Ending what is kept no longer: by each session's own policy, days after its last decision.

Rows first, then bytes: what is listed can always be shown. A run that is cut off is finished by
the next one, except for bytes whose row was gone already: `doctor` names them.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from server.records import StoredObject
from server.records.operation import Retained
from server.services.sniffing import TEXT_CLASSES_TYPE
from server.storage.protocols import ObjectStore, OrganisationStore, Store
from wire.policy import Retention

_DAY_US = 86_400_000_000
_EXPIRED_FOR_US = 7 * _DAY_US
"""So long expired codes, links and attempts are kept, to answer questions."""
_ACTOR = "operator"
Told = Callable[[str, int, int], None]


class Purge:
    """One run over a whole store."""

    def __init__(
        self, store: Store, objects: ObjectStore, now_us: int, told: Told, *, dry_run: bool
    ) -> None:
        self._store = store
        self._objects = objects
        self._now_us = now_us
        self._told = told
        self._dry_run = dry_run

    def run(self) -> Mapping[str, int]:
        """Remove what is due, and say how much of each kind; a dry run only says it."""
        removed = Counter(self._expired())
        for organisation in self._store.organisations():
            of_one = self._of_organisation(organisation.id)
            removed.update(of_one)
        return {kind: count for kind, count in sorted(removed.items()) if count}

    def _expired(self) -> Mapping[str, int]:
        return self._store.forget_expired(self._now_us - _EXPIRED_FOR_US, dry_run=self._dry_run)

    def _of_organisation(self, organisation: int) -> Mapping[str, int]:
        own = self._store.of(organisation)
        removed = Counter[str]()
        for number, session in enumerate(_sessions(own)):
            self._told("sessions", number, 0)
            policy = own.policy(session.project, session.policy_version)
            if policy is not None:
                removed.update(self._of_session(organisation, own, session, policy.retention))
        if removed and not self._dry_run:
            own.forget_overwritten()
            said = " ".join(f"{kind}={count}" for kind, count in sorted(removed.items()))
            own.audit(_ACTOR, "purged", said)
        return removed

    def _of_session(
        self, organisation: int, own: OrganisationStore, session: Retained, retention: Retention
    ) -> Mapping[str, int]:
        kept_us = self._now_us - session.decided_us
        removed = Counter[str]()
        due = []
        for each in own.objects_of(session.session_row):
            kind, days = _kind_and_days(each, retention)
            if kept_us > days * _DAY_US:
                removed[kind] += 1
                due.append(each.digest)
        if kept_us > retention.evidence_days * _DAY_US:
            removed["batches"] += own.evidence_of(session.session_row)
        if self._dry_run or not +removed:
            return +removed
        gone = [*own.forget_objects(session.session_row, due)] if due else []
        if removed["batches"]:
            gone += own.forget_evidence(session.session_row)
        self._objects.delete(organisation, gone)
        return +removed


def _sessions(own: OrganisationStore) -> Iterator[Retained]:
    after = 0
    while page := own.retained(after):
        yield from page
        after = page[-1].session_row


def _kind_and_days(stored: StoredObject, retention: Retention) -> tuple[str, int]:
    if stored.content_type.startswith("image/"):
        return "screenshots", retention.screenshots_days
    if stored.content_type == TEXT_CLASSES_TYPE:
        return "class_sequences", retention.class_sequences_days
    return "texts", retention.evidence_days
