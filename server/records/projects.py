"""Projects and the policy in force."""

from dataclasses import dataclass

from wire.policy import Policy


@dataclass(frozen=True, slots=True)
class Project:
    """A project with the policy in force."""

    id: bytes
    name: str
    policy: Policy
