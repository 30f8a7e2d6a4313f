"""Clocking in."""

from server.clock import now_us
from server.errors import Refusal
from server.operation.config import Settings
from server.operation.keys import ServerKeys
from server.records import Device, NewSession
from server.services.agents.consents import covers
from server.services.agents.lookups import open_project
from server.services.observing import as_stored
from server.storage.protocols import Store
from wire.chain import OPENING, derive_nonce
from wire.messages import SessionGrant, SessionRequest
from wire.problems import ProblemCode
from wire.versions import is_older


class Sessions:
    """Opens sessions."""

    def __init__(self, store: Store, keys: ServerKeys, settings: Settings) -> None:
        self._store = store
        self._keys = keys
        self._settings = settings

    def open_session(self, device: Device, request: SessionRequest) -> SessionGrant:
        """Open a session, or grant the same one again."""
        self._check_version(request.agent_version)
        store = self._store.of(device.organisation)
        project = open_project(self._store, device, request.project)
        given = store.consent(device.person, project.id)
        in_force = request.policy_version == project.policy.version
        if given is None or not in_force or not covers(store, given, project):
            raise Refusal(
                ProblemCode.CONSENT_MISSING,
                403,
                "The policy in force has not been accepted; fetch it and ask the person.",
            )
        opened_us, observes = now_us(), as_stored(request.observes)
        store.note_device(device.id, request.agent_version, observes, opened_us)
        entry = store.add_session(
            NewSession(
                request.session,
                device.person,
                device.id,
                project.id,
                request.policy_version,
                request.agent_version,
                opened_us,
                given.version,
                observes,
            )
        )
        if entry is None:
            raise Refusal(ProblemCode.CONFLICT, 409, "This session id is in use; draw another.")
        nonce = derive_nonce(self._keys.nonce_secret, entry.id, OPENING)
        return SessionGrant(entry.id, nonce, entry.opened_us)

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
