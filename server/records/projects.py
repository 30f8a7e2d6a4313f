"""Projects and the policy in force."""

from dataclasses import dataclass

from wire.policy import Policy


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One version of a project's policy, and who put it in force when, if that was noted."""

    policy: Policy
    author: str | None
    created_us: int | None


@dataclass(frozen=True, slots=True)
class ConsentStep:
    """Somebody accepted a version of a project's policy, or withdrew."""

    project: bytes
    at_us: int
    version: int | None
    """None: they withdrew what they had accepted."""


@dataclass(frozen=True, slots=True)
class Given:
    """A consent that is not withdrawn."""

    version: int
    digest: bytes
    accepted_us: int


@dataclass(frozen=True, slots=True)
class Project:
    """A project with the policy in force."""

    id: bytes
    name: str
    policy: Policy
