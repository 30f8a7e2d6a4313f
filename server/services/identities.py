"""Which person an identity is: one who is bound to it, was here before, or was invited.

Everything stays in the organisation whose provider vouches. Once bound, issuer and subject alone
count: whoever gets a person's e-mail address later does not become that person.
"""

from server.clock import now_us
from server.errors import IdentityRefused, NameTaken
from server.language import N_
from server.records import Invitation, Person
from server.services.invitations import Invitations
from server.signin.openid import Identity
from server.storage.protocols import OrganisationStore, Store

_NOBODY = N_("nobody here is known by that identity; ask your organisation for an invitation")


def person_of(
    store: Store, invitations: Invitations, identity: Identity, invitation: Invitation | None
) -> Person:
    """The person, who is bound to the identity from now on; raises `IdentityRefused`."""
    own = store.of(identity.organisation)
    person = own.person_of_identity(identity.issuer, identity.subject)
    if person is not None:
        return person
    if invitation is None:
        person = own.person_of_login(identity.email) if identity.email else None
        invitation = None if person else _invitation_to(own, identity.email)
    if person is None:
        person = _accept(invitations, identity, invitation)
    if not own.bind_identity(person.id, identity.issuer, identity.subject, now_us()):
        raise IdentityRefused(_NOBODY)
    own.audit(f"person:{person.id.hex()}", "identity.bound", person.id.hex())
    return person


def _invitation_to(own: OrganisationStore, email: str | None) -> Invitation | None:
    found = own.invitations(now_us()) if email else []
    return next((each for each in found if each.email == email), None)


def _accept(invitations: Invitations, identity: Identity, invitation: Invitation | None) -> Person:
    if invitation is None or invitation.organisation != identity.organisation:
        raise IdentityRefused(_NOBODY)
    if invitation.email not in (None, identity.email):
        raise IdentityRefused(N_("the invitation is for another e-mail address"))
    try:
        return invitations.accept_identity(invitation, identity.name, identity.email)
    except NameTaken as error:
        raise IdentityRefused(N_("that name or address is in use here; ask for help")) from error
