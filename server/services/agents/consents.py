"""Projects, and who agreed to which of their policies."""

import re

from server.clock import now_us
from server.errors import Refusal
from server.operation.config import Settings
from server.records import Device, Given, Project
from server.services.agents.lookups import open_project, own_project
from server.storage.protocols import OrganisationStore, Store
from wire.changes import growth
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
                _offer(store, device.person, project)
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


def covers(store: OrganisationStore, given: Given | None, project: Project) -> bool:
    """Whether a consent covers the policy in force: the same, or one that records nothing more.

    What was accepted is compared with what is in force directly, so that nothing grows by steps.
    """
    policy = project.policy
    if given is None:
        return False
    if (given.version, given.digest) == (policy.version, policy.digest()):
        return True
    accepted = store.policy(project.id, given.version)
    if accepted is None or accepted.digest() != given.digest:
        return False
    return not growth(accepted, policy)


def _offer(store: OrganisationStore, person: bytes, project: Project) -> ProjectOffer:
    given = store.consent(person, project.id)
    version = given.version if given else 0
    covered = covers(store, given, project)
    return ProjectOffer(project.id, project.name, project.policy, version, covered)
