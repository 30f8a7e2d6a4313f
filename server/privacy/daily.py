"""What is done once a day for each organisation, by whichever node claims it first.

Sealing what an older version left, purging, and signing the end of the audit log, which then holds
what the purge did.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from server.errors import UpkeepBusy
from server.operation.keys import ServerKeys
from server.operation.upkeep_lock import upkeep
from server.privacy.auditing import sign_head
from server.privacy.purging import Purge
from server.privacy.rotation import Rotation
from server.privacy.sealed import SealedObjects
from server.storage.protocols import Store

_DAY_US = 86_400_000_000
_ACTOR = "server"
_CLASSES_FOR_S = 1_800.0
"""Less than the hour for which a day's work is claimed, and backups get a turn in between."""
Work = Callable[[int, int], bool]
"""Whether all of it is done; if not, it is taken up again when its claim lapses."""


class Daily:
    """See `server.errands.errand.Errand`."""

    def __init__(
        self, folder: Path, store: Store, objects: SealedObjects, keys: ServerKeys
    ) -> None:
        self._folder = folder
        self._store = store
        self._objects = objects
        self._keys = keys
        self._done: dict[tuple[int, str], int] = {}
        self._works: Mapping[str, Work] = {
            "seal": self._seal,
            "seal-log": self._seal_log,
            "purge": self._purge,
            "audit-head": self._sign,
        }

    def do_next(self, now_us: int) -> bool:
        """Do one organisation's next work of the day; whether there was one."""
        day = now_us // _DAY_US
        for organisation in self._store.organisations():
            for kind, work in self._works.items():
                if self._done.get((organisation.id, kind)) == day:
                    continue
                if self._do(organisation.id, kind, day, now_us, work):
                    return True
        return False

    def _do(self, organisation: int, kind: str, day: int, now_us: int, work: Work) -> bool:
        own = self._store.of(organisation)
        try:
            # A backup that runs on this node is waited for.
            with upkeep(self._folder):
                if not own.claim_daily(kind, day, now_us):
                    return False
                if not work(organisation, now_us):
                    return True
                own.finish_daily(kind, day)
        except UpkeepBusy:
            return False
        self._done[organisation, kind] = day
        return True

    def _seal(self, organisation: int, _now_us: int) -> bool:
        Rotation(self._store, self._objects, organisation, _untold).seal_the_unsealed()
        return True

    def _seal_log(self, organisation: int, now_us: int) -> bool:
        """Of a kind of its own: a node whose version cannot seal the log must not claim it."""
        own = self._store.of(organisation)
        if not own.log_is_sealed():
            _, plain = Rotation(self._store, self._objects, organisation, _untold).seal_the_log()
            own.note_pass(plain, now_us)
        return True

    def _purge(self, organisation: int, now_us: int) -> bool:
        purge = Purge(
            self._store,
            self._objects,
            self._keys,
            now_us,
            _untold,
            dry_run=False,
            actor=_ACTOR,
            classes_for_s=_CLASSES_FOR_S,
        )
        purge.expired()
        purge.organisation(organisation)
        return purge.done

    def _sign(self, organisation: int, now_us: int) -> bool:
        sign_head(self._store, organisation, self._keys.signing, now_us)
        return True


def _untold(_what: str, _done: int, _total: int) -> None:
    """Nobody watches."""
