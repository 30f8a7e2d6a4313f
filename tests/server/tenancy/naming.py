"""What can be named of an organisation, and a request that names it."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.server.device import Device


@dataclass(frozen=True)
class Ids:
    """What can be named."""

    session: bytes
    digest: bytes
    picture: bytes
    project: bytes
    policy_digest: bytes
    person: bytes
    device: bytes
    invitation: int
    review: bytes = bytes(16)
    timesheet: bytes = bytes(16)

    @classmethod
    def made_up(cls, like: "Ids") -> "Ids":
        """As many bytes, and a picture that is the same: only whose it is differs."""
        session, project, person, device, *rest = (secrets.token_bytes(16) for _ in range(6))
        digest = secrets.token_bytes(32)
        picture, policy = like.picture, like.policy_digest
        return cls(session, digest, picture, project, policy, person, device, 1_000_000, *rest)


@dataclass(frozen=True)
class Call:
    """A request, less the method and who sends it."""

    path: str
    names: bool = True
    """Whether it names something: then it is refused."""
    content: bytes | None = None
    form: Mapping[str, str] | None = None
    params: Mapping[str, str] = field(default_factory=dict)


Case = Callable[[Ids, Device], Call]
