"""Projects, and who agreed to which of their policies."""

import re

from server.clock import now_us
from server.errors import Refusal
from server.operation.config import Settings
from server.records import Device
from server.services.agents.lookups import open_project, own_project
from server.storage.protocols import Store
from wire.messages import Consent, ConsentRequest, ProjectOffer, Projects, Withdrawal
from wire.problems import ProblemCode

_HEX_ID = re.compile(r"[0-9a-f]{32}")


class Consents:
    """What a person may work on and agreed to."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings

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
        policy = open_project(self._store, device, request.project).policy
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
        project = own_project(self._store, device, bytes.fromhex(project_hex))
        store = self._store.of(device.organisation)
        return Withdrawal(store.withdraw_consent(device.person, project.id, now_us()))
