"""What a device may ask for: enrolment, projects, consent, a session, a place for an object."""

import re
import secrets

from server.clock import now_us
from server.errors import Refusal, not_found, too_often
from server.operation.config import Settings
from server.operation.keys import ServerKeys, hash_of, hash_of_code, new_token
from server.records import (
    Device,
    LateBlanking,
    NewDevice,
    NewSession,
    Project,
    SessionEntry,
    SessionLine,
    SessionState,
    StoredObject,
)
from server.services.removal import check_done_before, check_here
from server.services.sealing import SampleSeal
from server.services.sniffing import content_type_of
from server.signin.pace import Pace
from server.storage.protocols import ObjectStore, Store
from wire.baseline import TypingSample
from wire.chain import OPENING, derive_nonce
from wire.messages import (
    BlankingNotice,
    Consent,
    ConsentRequest,
    Enrolment,
    EnrolmentRequest,
    ProjectOffer,
    Projects,
    SessionGrant,
    SessionRequest,
    Withdrawal,
    encode_message,
)
from wire.objects import object_digest
from wire.problems import ProblemCode
from wire.signing import VerifyKey
from wire.versions import is_older

_ID_BYTES = 16
_ENROLMENTS = 10
_ENROLMENTS_WINDOW_S = 60.0
_SESSION_OBJECTS_MAX_BYTES = 500_000_000
_LATE_OBJECTS_US = 7 * 24 * 3600 * 1_000_000
"""So long after its end a session still takes objects."""
_LATE_BLANKINGS_MAX = 5_000
"""Of one session: more than it can have pictures."""
_HEX_DIGEST = re.compile(r"[0-9a-f]{64}")
_HEX_ID = re.compile(r"[0-9a-f]{32}")


class Agents:
    """The services behind the agent's JSON routes."""

    def __init__(
        self, store: Store, objects: ObjectStore, keys: ServerKeys, settings: Settings
    ) -> None:
        self._store = store
        self._objects = objects
        self._keys = keys
        self._seal = SampleSeal(keys.sample_secret)
        self._settings = settings
        self._pace = Pace(_ENROLMENTS, _ENROLMENTS_WINDOW_S)

    def enrol(self, request: EnrolmentRequest, client: str) -> Enrolment:
        """Use up a pairing code; the token is in this answer and nowhere else."""
        wait_s = self._pace.wait_s(client)
        if wait_s:
            raise too_often(wait_s)
        self._pace.count(client)
        token = new_token("vtd")
        device = NewDevice(
            secrets.token_bytes(_ID_BYTES),
            request.public_key,
            hash_of(token),
            request.platform,
            request.agent_version,
        )
        # Only the code's hash is compared, so the time it takes says nothing about the code.
        person = self._store.enrol(hash_of_code(request.code), device, now_us())
        if person is None:
            raise Refusal(
                ProblemCode.CODE_INVALID,
                403,
                "The pairing code is wrong, used or too old; ask for a new one.",
            )
        self._pace.clear(client)
        return Enrolment(device.id, token, person.name, self._keys.signing.verify_key.raw)

    def projects(self, device: Device) -> Projects:
        """The projects this device's person may work on."""
        store = self._store.of(device.organisation)
        closed = store.projects_closed_to(device.person)
        return Projects(
            tuple(
                ProjectOffer(
                    project.id,
                    project.name,
                    project.policy,
                    store.consented_version(device.person, project.id),
                )
                for project in store.projects()
                if project.id not in closed
            ),
            self._settings.agent_minimum_version,
            self._settings.agent_minimum_reason,
        )

    def consent(self, device: Device, request: ConsentRequest) -> Consent:
        """Store that the person accepted exactly the policy in force."""
        policy = self._open_project(device, request.project).policy
        named = (request.policy_version, request.policy_digest)
        if named != (policy.version, policy.digest()):
            raise Refusal(
                ProblemCode.CONFLICT, 409, "Another policy is in force; fetch it and ask again."
            )
        store = self._store.of(device.organisation)
        given_us = store.add_consent(device.person, request.project, policy, now_us())
        return Consent(policy.version, given_us)

    def withdraw(self, device: Device, project_hex: str) -> Withdrawal:
        """Store a withdrawal: no session is opened after it; what was recorded still comes in."""
        if not _HEX_ID.fullmatch(project_hex):
            raise Refusal(ProblemCode.INVALID_REQUEST, 400, "The project is lower-case hex.")
        project = self._project(device, bytes.fromhex(project_hex))
        store = self._store.of(device.organisation)
        return Withdrawal(store.withdraw_consent(device.person, project.id, now_us()))

    def open_session(self, device: Device, request: SessionRequest) -> SessionGrant:
        """Open a session, or grant the same one again."""
        self._check_version(request.agent_version)
        store = self._store.of(device.organisation)
        project = self._open_project(device, request.project)
        accepted = store.consented_version(device.person, project.id)
        if request.policy_version != project.policy.version or accepted != project.policy.version:
            raise Refusal(
                ProblemCode.CONSENT_MISSING,
                403,
                "The policy in force has not been accepted; fetch it and ask the person.",
            )
        entry = store.add_session(
            NewSession(
                request.session,
                device.person,
                device.id,
                project.id,
                request.policy_version,
                request.agent_version,
                now_us(),
            )
        )
        if entry is None:
            raise Refusal(ProblemCode.CONFLICT, 409, "This session id is in use; draw another.")
        nonce = derive_nonce(self._keys.nonce_secret, entry.id, OPENING)
        return SessionGrant(entry.id, nonce, entry.opened_us)

    def check_object(self, device: Device, digest_hex: str, session_hex: str) -> int:
        """The session's row, if this device may add an object to it."""
        if not _HEX_DIGEST.fullmatch(digest_hex) or not _HEX_ID.fullmatch(session_hex):
            raise Refusal(
                ProblemCode.INVALID_REQUEST, 400, "Digest and session are lower-case hex."
            )
        entry = self._session(device, bytes.fromhex(session_hex))
        check_done_before(device, entry.opened_us, now_us())
        line = self._store.of(device.organisation).line(entry.id)
        if line is not None and _over_for_long(line):
            # A code that the agent takes as final, or it would send the object for ever.
            raise Refusal(
                ProblemCode.INVALID_REQUEST, 400, "The session ended more than 7 days ago."
            )
        return entry.row

    def put_object(self, device: Device, session_row: int, digest_hex: str, data: bytes) -> bool:
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
        known = store.object(session_row, digest) is not None
        count, size = store.total_objects(session_row)
        full = count >= self._settings.objects_per_session_max
        if not known and (full or size + len(data) > _SESSION_OBJECTS_MAX_BYTES):
            raise Refusal(ProblemCode.TOO_LARGE, 413, "The session holds too many objects.")
        # Bytes first: what is listed can always be shown.
        self._objects.put(device.organisation, digest, data)
        return store.add_object(session_row, StoredObject(digest, content_type, len(data)))

    def _check_version(self, version: str) -> None:
        minimum = self._settings.agent_minimum_version
        if not is_older(version, minimum):
            return
        why = self._settings.agent_minimum_reason.strip() or "The operator gave no reason."
        raise Refusal(
            ProblemCode.AGENT_TOO_OLD,
            403,
            f"Agent {minimum} or later is needed here: {why} Run `veritype update`.",
        )

    def blank(self, device: Device, notice: BlankingNotice) -> bool:
        """Store that a picture of a session that is over was blanked; whether that is new.

        Raises:
            SignatureInvalid: the device did not say so.
        """
        entry = self._session(device, notice.session)
        notice.verify(VerifyKey(device.public_key))
        blanking = LateBlanking(notice.digest, notice.kept)
        store = self._store.of(device.organisation)
        if len(store.late_blankings(entry.row)) >= _LATE_BLANKINGS_MAX:
            raise Refusal(ProblemCode.TOO_LARGE, 413, "The session holds too many blankings.")
        return store.add_late_blanking(entry.row, blanking, encode_message(notice), now_us())

    def put_typing_sample(self, device: Device, sample: TypingSample) -> bool:
        """Store the person's own typing sample; whether there was none before."""
        store = self._store.of(device.organisation)
        sealed = self._seal.seal(device.organisation, device.person, encode_message(sample))
        new = store.put_typing_sample(device.person, sealed, now_us())
        store.audit(f"person:{device.person.hex()}", "typing-sample.stored", device.id.hex())
        return new

    def delete_typing_sample(self, device: Device) -> None:
        """Delete it; there may be none."""
        store = self._store.of(device.organisation)
        if store.delete_typing_sample(device.person):
            store.audit(f"person:{device.person.hex()}", "typing-sample.deleted", device.id.hex())

    def _session(self, device: Device, session: bytes) -> SessionEntry:
        entry = self._store.of(device.organisation).session(session)
        if entry is None:
            raise Refusal(ProblemCode.UNKNOWN_SESSION, 404, "Open the session first.")
        if entry.device != device.id:
            raise Refusal(ProblemCode.WRONG_DEVICE, 403, "The session is another device's.")
        return entry

    def _open_project(self, device: Device, project: bytes) -> Project:
        """A project that this device's person may begin to work on."""
        store = self._store.of(device.organisation)
        check_here(store.person(device.person))
        found = self._project(device, project)
        if project in store.projects_closed_to(device.person):
            raise not_found()
        return found

    def _project(self, device: Device, project: bytes) -> Project:
        found = self._store.of(device.organisation).project(project)
        if found is None:
            raise not_found()
        return found


def _over_for_long(line: SessionLine) -> bool:
    last_us = line.last_received_us or now_us()
    return line.state is not SessionState.OPEN and now_us() - last_us > _LATE_OBJECTS_US
