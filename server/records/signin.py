"""What signing in needs: second factors, providers of identities, links that work once."""

from dataclasses import dataclass, field

from server.records.people import Role


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """A person's TOTP secret, sealed, and the time step whose code was used last."""

    sealed: bytes = field(repr=False)
    confirmed_us: int | None
    last_step: int


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """Where the people of an organisation sign in by OpenID Connect."""

    organisation: int
    issuer: str
    client_id: str
    sealed_secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """What an inviter fixes."""

    token_hash: bytes = field(repr=False)
    role: Role
    teams: frozenset[int]
    email: str | None
    """Whoever signs in by OpenID Connect with this address may use it without the link."""
    invited_by: str
    created_us: int
    expires_us: int


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation that can still be accepted."""

    organisation: int
    row: int
    role: Role
    teams: frozenset[int]
    email: str | None
    expires_us: int
