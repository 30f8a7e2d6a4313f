"""What an organisation was promised about false flags, as scoring applies it."""

from functools import lru_cache

from detector.errors import BadPromiseError
from detector.promise import PlatformPromise, promise_from_json
from server.errors import ConfigInvalid
from server.storage.protocols import OrganisationStore

_REMEMBERED = 64


def promise_of(store: OrganisationStore) -> PlatformPromise | None:
    """The promise in force, if one was set."""
    document = store.promise()
    return _read(document) if document is not None else None


def set_promise(store: OrganisationStore, document: bytes, now_us: int) -> PlatformPromise:
    """Put a promise in force; sessions that are scored from now on are judged by it.

    Raises:
        ConfigInvalid: the document is no promise.
    """
    try:
        made = _read(document)
    except (BadPromiseError, UnicodeDecodeError) as error:
        raise ConfigInvalid(f"that is no promise: {error}") from error
    store.put_promise(document, now_us)
    return made


@lru_cache(_REMEMBERED)
def _read(document: bytes) -> PlatformPromise:
    return promise_from_json(document.decode())
