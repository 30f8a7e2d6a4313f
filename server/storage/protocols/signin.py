"""What services ask of storage: second factors, identities elsewhere, links, attempts."""

from collections.abc import Sequence
from typing import Protocol

from server.records import IdentityProvider, Invitation, NewInvitation, Person, SecondFactor


class Attempts(Protocol):
    """How often something was tried, before anybody is known."""

    def attempt(self, name_hash: bytes, window_us: int, now_us: int) -> tuple[int, int]:
        """Count an attempt: how many there are in this window, and when it began."""

    def give_back(self, name_hash: bytes) -> None:
        """Take one attempt back, after one that succeeded."""

    def forget_attempts(self, name_hash: bytes) -> None:
        """Forget all attempts of a name."""


class SecondFactors(Protocol):
    """Second factors of one organisation's people."""

    def require_second_factor(self, *, required: bool) -> None:
        """Ask for it from now on, or not; who lacks one and needs one is signed out."""

    def second_factor_required(self) -> bool:
        """Whether auditors, leads and administrators need one."""

    def second_factor(self, person: bytes) -> SecondFactor | None:
        """A person's factor, confirmed or not."""

    def begin_second_factor(self, person: bytes, sealed: bytes) -> bool:
        """Store a factor that waits for its first code; False if one is confirmed."""

    def confirm_second_factor(
        self, person: bytes, step: int, code_hashes: Sequence[bytes], now_us: int
    ) -> bool:
        """The first code was right: the factor holds, with these recovery codes alone."""

    def use_step(self, person: bytes, step: int) -> bool:
        """Use the code of a time step up; False if it or a later one was used."""

    def use_recovery_code(self, person: bytes, code_hash: bytes, now_us: int) -> bool:
        """Use a recovery code up; False if there is none such."""

    def recovery_codes_left(self, person: bytes) -> int:
        """How many can still be used."""

    def delete_second_factor(self, person: bytes) -> None:
        """Delete factor and codes, and end every sign-in."""


class Identities(Protocol):
    """People of one organisation as their provider knows them."""

    def identity_provider(self) -> IdentityProvider | None:
        """Where the organisation's people sign in."""

    def set_identity_provider(self, issuer: str, client_id: str, sealed_secret: bytes) -> None:
        """Store the provider in the place of another."""

    def remove_identity_provider(self) -> bool:
        """Forget the provider; whether there was one."""

    def person_of_identity(self, issuer: str, subject: str) -> Person | None:
        """The person who is bound to it and is here."""

    def person_of_login(self, login: str) -> Person | None:
        """The person who is here and has this login, whatever its case."""

    def bind_identity(self, person: bytes, issuer: str, subject: str, now_us: int) -> bool:
        """Bind a person; False if the person or the identity is bound otherwise."""


class Links(Protocol):
    """Links of one organisation that work once."""

    def add_invitation(self, invitation: NewInvitation) -> int:
        """Store an invitation; its number."""

    def invitations(self, now_us: int) -> Sequence[Invitation]:
        """Those that can still be accepted, the newest first."""

    def withdraw_invitation(self, row: int) -> bool:
        """Take an invitation back; whether it could be used."""

    def end_links_of(self, maker: str) -> None:
        """End the invitations that somebody made, and every link for a new password.

        Whoever may make links no longer must not come back by one.
        """

    def accept_invitation(
        self, row: int, name: str, login: str | None, password_hash: str | None, now_us: int
    ) -> Person | None:
        """Use it up and add the person, as one; None if it does not hold any more.

        Raises `NameTaken`; the invitation can then still be used.
        """

    def add_password_reset(self, token_hash: bytes, person: bytes, expires_us: int) -> None:
        """Store a link; those before it end."""


class LinkDoors(Protocol):
    """Links, by their token: the answer carries the organisation."""

    def invitation(self, token_hash: bytes, now_us: int) -> Invitation | None:
        """An invitation that can still be accepted."""

    def password_reset(self, token_hash: bytes, now_us: int) -> Person | None:
        """Whose password a link that still holds is for."""

    def reset_password(self, token_hash: bytes, password_hash: str, now_us: int) -> bool:
        """Use the link up and store the password, as one; False if it does not hold."""

    def identity_provider_of(self, organisation: str) -> IdentityProvider | None:
        """The provider of an organisation, by its name whatever the case."""

    def identity_providers(self) -> Sequence[IdentityProvider]:
        """All providers of the installation."""
