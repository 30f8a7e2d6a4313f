"""Who is asking, and what they may do: decided here and nowhere else.

| who | sees the sessions of |
|---|---|
| trainer | themselves |
| auditor | those on which they gave their verdict; until then the evidence alone, by a review |
| lead | the same, themselves, and the people of the teams they lead or are in |
| administrator, platform key | everybody in the organisation |

A platform key further needs the scope of each thing it asks for. Nobody sees another
organisation: storage is bound to one before it is asked.
"""

from dataclasses import dataclass

from server.errors import Refusal, not_found
from server.records import EVERYBODY, Person, PlatformKey, Role, Scope, Sight, Team
from server.storage.protocols import Store
from wire.problems import ProblemCode

_INVITES = {Role.ADMIN: frozenset(Role), Role.LEAD: frozenset({Role.TRAINER})}
REVIEWERS = frozenset({Role.AUDITOR, Role.LEAD})
"""An administrator sees every session with its score, and so reviews none."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody known: a person who signed in, or a platform by its key."""

    organisation: int
    name: str
    """As the audit log knows them; no personal data."""
    role: Role | None
    """None: a platform key."""
    person: bytes | None = None
    scopes: frozenset[Scope] = frozenset()
    teams: frozenset[int] = frozenset()
    glimpse: bytes | None = None
    """The one session that a reviewer looks at blind: then nothing else is within sight."""

    @property
    def sight(self) -> Sight:
        """Whose sessions they see."""
        if self.glimpse is not None:
            return Sight(session=self.glimpse)
        if self.role is Role.TRAINER:
            return Sight(person=self.person)
        if self.role in REVIEWERS:
            teams = self.teams if self.role is Role.LEAD else frozenset[int]()
            return Sight(person=self.person, teams=teams, reviewer=self.person)
        return EVERYBODY

    @property
    def reviews(self) -> bool:
        """Whether they review sessions."""
        return self.role in REVIEWERS

    @property
    def measures_reviews(self) -> bool:
        """Whether they see how well reviewers agree, and with what is known."""
        return self.role in (Role.LEAD, Role.ADMIN)

    @property
    def sees_people(self) -> bool:
        """Whether they may open the page of people."""
        return self.role is not None and sees_people(self.role)

    @property
    def runs_organisation(self) -> bool:
        """Whether they may change roles and remove people."""
        return self.role is Role.ADMIN

    def may_invite(self, role: Role, teams: frozenset[int]) -> bool:
        """Whether they may invite somebody to this role and these teams."""
        if self.role is None:
            # A key must not make somebody who may do more than it may itself.
            return role is Role.TRAINER and Scope.PEOPLE_WRITE in self.scopes
        if role not in _INVITES.get(self.role, frozenset()):
            return False
        return self.role is Role.ADMIN or (bool(teams) and teams <= self.teams)

    def may_remove(self, role: Role) -> bool:
        """Whether they may remove somebody of this role."""
        key = self.role is None and Scope.PEOPLE_WRITE in self.scopes
        return self.runs_organisation or (key and role is Role.TRAINER)

    def invitable_roles(self) -> list[Role]:
        """The roles that they may invite to."""
        allowed = _INVITES.get(self.role, frozenset[Role]()) if self.role else frozenset[Role]()
        return [role for role in Role if role in allowed]

    def teams_to_invite_to(self, teams: list[Team]) -> list[Team]:
        """The teams, of all, that they may invite somebody to."""
        return [team for team in teams if self.runs_organisation or team.id in self.teams]

    def need(self, scope: Scope) -> None:
        """Refuse a platform key without this scope."""
        if self.role is None and scope not in self.scopes:
            raise Refusal(ProblemCode.FORBIDDEN, 403, f"This key lacks the scope {scope.value}.")

    def need_people(self) -> None:
        """Refuse whoever may not see the page of people, as if it were not there."""
        if not self.sees_people:
            raise not_found()

    def need_administrator(self) -> None:
        """Refuse whoever does not run the organisation, as if it were not there."""
        if not self.runs_organisation:
            raise not_found()


def sees_people(role: Role) -> bool:
    """Whether the page of people is for this role."""
    return role in _INVITES


def person_asking(store: Store, person: Person) -> Asker:
    """A person who signed in; read afresh for each request, so that a change holds at once."""
    teams = store.of(person.organisation).teams_of(person.id) if _has_teams(person) else None
    return Asker(
        organisation=person.organisation,
        name=f"person:{person.id.hex()}",
        role=person.role,
        person=person.id,
        teams=teams or frozenset(),
    )


def platform_asking(key: PlatformKey) -> Asker:
    """A platform by its key."""
    return Asker(key.organisation, f"key:{key.row}", None, scopes=key.scopes)


def _has_teams(person: Person) -> bool:
    return person.role is Role.LEAD
