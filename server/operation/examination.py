"""What `doctor` looks at: the installation around the database, each finding with what to do."""

import importlib
import resource
import shutil
import time
from collections.abc import Iterator

from server.clock import now_us
from server.installation import Installation
from server.operation.readiness import schema_trouble
from server.privacy.purge_records import newest_record

_FREE_MIN_BYTES = 1_000_000_000
_FILES_MIN = 4_096
_LATE_US = 600_000_000
_PURGE_LATE_US = 3 * 86_400_000_000
_YEAR_MIN_S = 1_767_225_600
"""2026: before it, the clock was never set."""


def examine(installation: Installation) -> Iterator[str]:
    """Everything that is wrong, a sentence each; nothing when all is well."""
    yield from _folder(installation)
    yield from _machine(installation)
    yield from _stores(installation)
    yield from _model()
    yield from _purges(installation)


def _folder(installation: Installation) -> Iterator[str]:
    path = installation.folder.path
    private = [path, installation.folder.keys]
    if not installation.settings.database:
        private.append(installation.folder.database)
    for each in private:
        if each.exists() and each.stat().st_mode & 0o077:
            yield f"{each} can be read by others: run chmod go= on it"


def _machine(installation: Installation) -> Iterator[str]:
    free = shutil.disk_usage(installation.folder.path).free
    if free < _FREE_MIN_BYTES:
        yield f"only {free // 1_000_000} MB are free in the data folder: make room, or batches stop"
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < _FILES_MIN:
        yield f"only {hard} files may be open: raise LimitNOFILE, each device holds a connection"
    if time.time() < _YEAR_MIN_S:
        yield "the clock was never set: switch on time synchronisation (timedatectl set-ntp true)"


def _stores(installation: Installation) -> Iterator[str]:
    store = installation.store
    yield from store.check()
    trouble = schema_trouble(store)
    if trouble:
        # The rest asks tables that may not be there.
        return
    yield from installation.objects.stored.check()
    try:
        store.check_writable()
        waiting = store.backlog(now_us())
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
        yield f"the database cannot be written ({type(error).__name__}): see its log and its disk"
        return
    if waiting.oldest_due_us is not None and now_us() - waiting.oldest_due_us > _LATE_US:
        yield f"{waiting.waiting} sessions wait for a score: run 'serve' with scorers or a 'worker'"
    if waiting.untold_since_us is not None and now_us() - waiting.untold_since_us > _LATE_US:
        yield (
            "nobody does errands (deadlines, deliveries, notices, the purge): run 'serve' with"
            " scorers or a 'worker'"
        )


def _model() -> Iterator[str]:
    try:
        # Read here: it brings scikit-learn along, which only scorers and this look need.
        importlib.import_module("server.scoring.assessor").DetectorAssessor()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
        yield f"the detector's model does not load ({type(error).__name__}): install anew"


def _purges(installation: Installation) -> Iterator[str]:
    if schema_trouble(installation.store):
        return
    for organisation in installation.store.organisations():
        newest = newest_record(installation.store.of(organisation.id))
        if newest is None:
            continue
        if newest.left:
            yield f"a purge left {newest.left[0]} of {organisation.name}: run 'purge' again"
        if newest.unreadable_sessions:
            yield (
                f"{newest.unreadable_sessions} sessions of {organisation.name} keep their key "
                "classes, since they cannot be read: restore the objects from a backup"
            )
        if now_us() - newest.at_us > _PURGE_LATE_US:
            yield f"nothing of {organisation.name} was purged for 3 days: does a node run scorers?"
