"""Screenshots, titles and notes of a session, and what was blanked of them."""

import re

from server.clock import now_us
from server.errors import Refusal
from server.operation.config import Settings
from server.privacy.sealed import SealedObjects
from server.records import (
    Device,
    LateBlanking,
    Owner,
    Place,
    SessionEntry,
    SessionLine,
    SessionState,
    StoredObject,
)
from server.services.agents.lookups import own_session
from server.services.removal import check_done_before
from server.services.sniffing import TEXT_CLASSES_TYPE, content_type_of
from server.storage.protocols import Store
from wire.messages import BlankingNotice, encode_message
from wire.objects import object_digest
from wire.problems import ProblemCode
from wire.signing import VerifyKey

_SESSION_OBJECTS_MAX_BYTES = 500_000_000
_LATE_OBJECTS_US = 7 * 24 * 3600 * 1_000_000
"""So long after its end a session still takes objects."""
_LATE_BLANKINGS_MAX = 5_000
"""Of one session: more than it can have pictures."""
_HEX_DIGEST = re.compile(r"[0-9a-f]{64}")
_HEX_ID = re.compile(r"[0-9a-f]{32}")


class Objects:
    """Takes objects and blankings of a device's own sessions."""

    def __init__(self, store: Store, objects: SealedObjects, settings: Settings) -> None:
        self._store = store
        self._objects = objects
        self._settings = settings

    def check_object(self, device: Device, digest_hex: str, session_hex: str) -> SessionEntry:
        """The session, if this device may add an object to it."""
        if not _HEX_DIGEST.fullmatch(digest_hex) or not _HEX_ID.fullmatch(session_hex):
            raise Refusal(
                ProblemCode.INVALID_REQUEST, 400, "Digest and session are lower-case hex."
            )
        entry = own_session(self._store, device, bytes.fromhex(session_hex))
        check_done_before(device, entry.opened_us, now_us())
        line = self._store.of(device.organisation).line(entry.id)
        if line is not None and _over_for_long(line):
            # A code that the agent takes as final, or it would send the object for ever.
            raise Refusal(
                ProblemCode.INVALID_REQUEST, 400, "The session ended more than 7 days ago."
            )
        return entry

    def put_object(
        self, device: Device, session: SessionEntry, digest_hex: str, data: bytes
    ) -> bool:
        """Store an object durably; whether it is new."""
        digest = object_digest(data)
        if digest.hex() != digest_hex:
            raise Refusal(
                ProblemCode.DIGEST_MISMATCH, 400, "The bytes do not have the digest in the path."
            )
        content_type = content_type_of(data)
        if content_type is None:
            raise Refusal(
                ProblemCode.INVALID_REQUEST, 400, "Objects are WebP, JPEG, PNG or short plain text."
            )
        store = self._store.of(device.organisation)
        known = store.object(session.row, digest)
        count, size = store.total_objects(session.row)
        full = count >= self._settings.objects_per_session_max
        if known is None and (full or size + len(data) > _SESSION_OBJECTS_MAX_BYTES):
            raise Refusal(ProblemCode.TOO_LARGE, 413, "The session holds too many objects.")
        owner = Owner(device.organisation, session.person, session.id)
        if known is not None:
            self._objects.put_again(owner, digest, data, known.place)
            return False

        def list_it(place: Place) -> bool:
            entry = StoredObject(digest, content_type, len(data), place.name, place.person_key)
            return store.add_object(session.row, entry)

        # Bytes first: what is listed can always be shown.
        new = self._objects.put_and_list(owner, digest, data, list_it)
        if new and content_type == TEXT_CLASSES_TYPE:
            store.submitted_late(session.row, now_us())
        return new

    def blank(self, device: Device, notice: BlankingNotice) -> bool:
        """Store that a picture of a session that is over was blanked; whether that is new.

        Raises:
            SignatureInvalid: the device did not say so.
        """
        entry = own_session(self._store, device, notice.session)
        notice.verify(VerifyKey(device.public_key))
        blanking = LateBlanking(notice.digest, notice.kept)
        store = self._store.of(device.organisation)
        if len(store.late_blankings(entry.row)) >= _LATE_BLANKINGS_MAX:
            raise Refusal(ProblemCode.TOO_LARGE, 413, "The session holds too many blankings.")
        return store.add_late_blanking(entry.row, blanking, encode_message(notice), now_us())


def _over_for_long(line: SessionLine) -> bool:
    last_us = line.last_received_us or now_us()
    return line.state is not SessionState.OPEN and now_us() - last_us > _LATE_OBJECTS_US
