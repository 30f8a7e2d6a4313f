"""A pairing code and a public key in, a device and its token out."""

import secrets

from server.clock import now_us
from server.errors import Refusal, too_often
from server.operation.keys import ServerKeys, hash_of, hash_of_code, new_token
from server.records import Device, KnownKey, NewDevice
from server.services.observing import as_stored
from server.signin.pace import Pace
from server.storage.protocols import Store
from wire.messages import Enrolment, EnrolmentRequest, Revocation
from wire.problems import ProblemCode

_ID_BYTES = 16
_ENROLMENTS = 10
_ENROLMENTS_WINDOW_S = 60.0


class Devices:
    """Devices and their enrolment."""

    def __init__(self, store: Store, keys: ServerKeys) -> None:
        self._store = store
        self._keys = keys
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
            as_stored(request.observes),
        )
        # Only the code's hash is compared, so the time it takes says nothing about the code.
        person = self._store.enrol(hash_of_code(request.code), device, now_us())
        if isinstance(person, KnownKey):
            self._note_known_key(person)
            raise Refusal(
                ProblemCode.CONFLICT, 409, "This key is a device's already; make a new one."
            )
        if person is None:
            raise Refusal(
                ProblemCode.CODE_INVALID,
                403,
                "The pairing code is wrong, used or too old; ask for a new one.",
            )
        self._pace.clear(client)
        return Enrolment(
            device.id,
            token,
            person.name,
            self._keys.signing.verify_key.raw,
            self._keys.handovers,
        )

    def revoke_own(self, device: Device, revocation: Revocation) -> None:
        """The device's own trainer takes it out of use."""
        if revocation.device != device.id:
            raise Refusal(ProblemCode.WRONG_DEVICE, 403, "A device revokes itself alone.")
        store = self._store.of(device.organisation)
        if store.revoke_device(device.id, now_us()):
            store.audit(f"person:{device.person.hex()}", "device.revoked", device.id.hex())

    def _note_known_key(self, known: KnownKey) -> None:
        """One key on two accounts: both organisations are to know, each its own part."""
        offered = self._store.of(known.organisation)
        offered.audit(f"person:{known.person.hex()}", "device-key.refused", known.person.hex())
        owner = self._store.of(known.known_organisation)
        owner.audit("server", "device-key.offered-again", known.known_device.hex())
