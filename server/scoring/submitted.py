"""The classes of submitted texts, fetched for the scorer. No page shows them."""

from collections.abc import Sequence

from server.errors import PictureMissing
from server.services.pictures import digest_of
from server.storage.protocols import ObjectStore, OrganisationStore
from wire.batch import Batch
from wire.errors import WireError
from wire.events import TextSubmitted
from wire.textclass import unpack_classes


def submitted_classes(
    store: OrganisationStore,
    objects: ObjectStore,
    organisation: int,
    session_row: int,
    batches: Sequence[Batch],
) -> dict[bytes, str]:
    """The class sequences that the session's submissions name, by digest.

    What has not come, was deleted or is no class sequence is left out: the submission then says
    its length alone.
    """
    named = {digest_of(e) for batch in batches for e in batch.body.events(TextSubmitted)}
    found: dict[bytes, str] = {}
    for digest in named:
        if digest is None or store.object(session_row, digest) is None:
            continue
        try:
            found[digest] = unpack_classes(objects.get(organisation, digest))
        except (PictureMissing, WireError):
            continue
    return found
