"""Whether this process should be sent requests, with a reason for each check."""

import time
from collections.abc import Callable, Mapping
from threading import Lock

from server.errors import PictureMissing, ServerError
from server.storage.protocols import ObjectStore, Store

_KEPT_S = 2.0
_NOBODY = 0
OK = "ok"


class Readiness:
    """Asks the store at most every two seconds, since anybody may ask here."""

    def __init__(self, store: Store, objects: ObjectStore) -> None:
        self.stopping = False
        self._checks: dict[str, Callable[[], str]] = {
            "database": lambda: _database(store),
            "schema": lambda: schema_trouble(store) or OK,
            "objects": lambda: _objects(objects),
        }
        self._lock = Lock()
        self._asked_s = float("-inf")
        self._known: Mapping[str, str] = {}

    def checks(self) -> Mapping[str, str]:
        """Each check by name: `ok`, or what is wrong."""
        with self._lock:
            if time.monotonic() - self._asked_s > _KEPT_S:
                self._known = {name: _said(check) for name, check in self._checks.items()}
                self._asked_s = time.monotonic()
            known = self._known
        return {**known, "process": "the server is stopping" if self.stopping else OK}


def schema_trouble(store: Store) -> str:
    """Why this version cannot work on this schema; empty: it can."""
    state = store.schema()
    if state.missing:
        return "the schema is too old for this version: run 'veritype-server migrate'"
    if state.unknown:
        return "the schema is too new for this version: install the version that made it"
    return ""


def _said(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
        return f"cannot be reached ({type(error).__name__})"


def _database(store: Store) -> str:
    store.check_writable()
    return OK


def _objects(objects: ObjectStore) -> str:
    """A store that says that it lacks an object answers."""
    try:
        objects.get(_NOBODY, bytes(32))
    except PictureMissing:
        return OK
    except ServerError as error:
        return str(error)
    return OK
