"""Classes of submitted texts, for the scorer and for the page that shows their shape."""

from collections.abc import Sequence

from server.errors import PictureMissing
from server.privacy.sealed import SealedObjects, owner_of
from server.services.pictures import digest_of
from server.storage.protocols import OrganisationStore
from wire.batch import Batch
from wire.errors import WireError
from wire.events import TextSubmitted
from wire.textclass import unpack_classes


def submitted_classes(
    store: OrganisationStore,
    objects: SealedObjects,
    organisation: int,
    session_row: int,
    batches: Sequence[Batch],
) -> dict[bytes, str]:
    """The class sequences that the session's submissions name, by digest.

    What has not come, was deleted or is no class sequence is left out: the submission then says
    its length alone.
    """
    session = store.session_numbered(session_row)
    if session is None:
        return {}
    owner = owner_of(session, organisation)
    named = {digest_of(e) for batch in batches for e in batch.body.events(TextSubmitted)}
    found: dict[bytes, str] = {}
    for digest in named:
        entry = None if digest is None else store.object(session_row, digest)
        if digest is None or entry is None:
            continue
        try:
            found[digest] = unpack_classes(objects.get(owner, digest, entry.place))
        except (PictureMissing, WireError):
            continue
    return found
