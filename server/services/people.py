"""The people of an organisation and their teams, as whoever asks may see and change them.

Every change is a line in the audit log.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from server.clock import now_us
from server.errors import NotKnown, ServerError, not_found
from server.language import N_
from server.records import NEEDS_SECOND_FACTOR, Person, Project, Role, Team
from server.services.asking import Asker, sees_people
from server.services.naming import checked_name, named_id
from server.storage.protocols import OrganisationStore, Store


@dataclass(frozen=True, slots=True)
class Membership:
    """A team with its people."""

    team: Team
    leads: tuple[Person, ...]
    others: tuple[Person, ...]


class Directory:
    """People and teams."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def everybody(self, asker: Asker) -> Sequence[Person]:
        """Everybody of the organisation, by name; those who were removed too."""
        return self._of(asker).people(removed=True)

    def listed(self, asker: Asker, after: bytes | None, limit: int) -> Sequence[Person]:
        """People of the organisation by their ids; those who were removed too."""
        return self._of(asker).people_after(after, limit)

    def somebody(self, asker: Asker, person_hex: str) -> Person:
        """Somebody of the organisation, who may have been removed; raises `Refusal`."""
        found = self._of(asker).person(named_id(person_hex))
        if found is None:
            raise not_found()
        return found

    def visible(self, asker: Asker) -> Sequence[Person]:
        """Who is here, as far as the asker may see it; raises `Refusal` for most."""
        asker.need_people()
        store = self._of(asker)
        people = store.people()
        if asker.runs_organisation:
            return people
        near = {member.person for member in store.members() if member.team in asker.teams}
        return [person for person in people if person.id in near or person.id == asker.person]

    def person(self, asker: Asker, person_hex: str) -> Person:
        """Somebody who is here, for whoever runs the organisation; raises `Refusal`."""
        asker.need_administrator()
        found = self.somebody(asker, person_hex)
        if found.removed_us is not None:
            raise not_found()
        return found

    def named(self, asker: Asker, name: str) -> Person:
        """Somebody who is here, by name; raises `NotKnown`."""
        person = next((p for p in self._of(asker).people() if p.name == name), None)
        if person is None:
            raise NotKnown("there is nobody of that name; see 'veritype-server user list'")
        return person

    def rename(self, asker: Asker, person: Person, name: str) -> Person:
        """Give somebody another name; it holds at once, for old sessions too."""
        asker.need_administrator()
        store = self._of(asker)
        store.rename_person(person.id, checked_name(name))
        store.audit(asker.name, "person.renamed", person.id.hex())
        return store.person(person.id) or person

    def set_role(self, asker: Asker, person: Person, role: Role) -> Person:
        """Give somebody another role; it holds with their next request."""
        asker.need_administrator()
        store = self._of(asker)
        if role is not Role.ADMIN:
            _keep_an_administrator(store, person)
        store.set_role(person.id, role)
        if sees_people(person.role):
            store.end_links_of(f"person:{person.id.hex()}")
        if role in NEEDS_SECOND_FACTOR and store.second_factor_required():
            # They were let in by less than what this role needs.
            store.end_sign_ins(person.id)
        store.audit(asker.name, f"person.role.{role.value}", person.id.hex())
        return store.person(person.id) or person

    def remove(self, asker: Asker, person: Person) -> None:
        """Remove somebody: no sign-in is left, and no session opens; evidence stays.

        Raises `Refusal` if the asker may not.
        """
        if not asker.may_remove(person.role):
            raise not_found()
        store = self._of(asker)
        _keep_an_administrator(store, person)
        store.remove_person(person.id, now_us())
        if sees_people(person.role):
            store.end_links_of(f"person:{person.id.hex()}")
        store.audit(asker.name, "person.removed", person.id.hex())

    def end_sign_ins(self, asker: Asker, person: Person) -> None:
        """End every sign-in of somebody; anybody may end their own."""
        if asker.person != person.id:
            asker.need_administrator()
        store = self._of(asker)
        store.end_sign_ins(person.id)
        store.audit(asker.name, "person.signed-out", person.id.hex())

    def require_second_factor(self, asker: Asker, *, required: bool) -> None:
        """Ask auditors, leads and administrators for a second factor from now on, or not."""
        asker.need_administrator()
        store = self._of(asker)
        store.require_second_factor(required=required)
        store.audit(asker.name, f"second-factor.{'asked' if required else 'optional'}", "")

    def remove_second_factor(self, asker: Asker, person: Person) -> None:
        """Take somebody's second factor away and end every sign-in; anybody may their own."""
        if asker.person != person.id:
            asker.need_administrator()
        store = self._of(asker)
        store.delete_second_factor(person.id)
        store.audit(asker.name, "second-factor.removed", person.id.hex())

    def teams(self, asker: Asker) -> Sequence[Membership]:
        """The teams that the asker may invite to, with the people who are here."""
        store = self._of(asker)
        people = {person.id: person for person in store.people()}
        members = [member for member in store.members() if member.person in people]
        return [
            Membership(
                team,
                *(
                    tuple(
                        people[m.person] for m in members if m.team == team.id and m.leads is leads
                    )
                    for leads in (True, False)
                ),
            )
            for team in asker.teams_to_invite_to(list(store.teams()))
        ]

    def add_team(self, asker: Asker, name: str) -> Team:
        """Add a team."""
        asker.need_administrator()
        store = self._of(asker)
        team = store.add_team(checked_name(name))
        store.audit(asker.name, "team.added", str(team.id))
        return team

    def team_named(self, asker: Asker, name: str) -> Team:
        """A team; raises `NotKnown`."""
        team = next((t for t in self._of(asker).teams() if t.name == name), None)
        if team is None:
            raise NotKnown("there is no team of that name; see 'veritype-server team list'")
        return team

    def join(self, asker: Asker, team: Team, person: Person, *, leads: bool) -> None:
        """Put somebody into a team, or change whether they lead it."""
        asker.need_administrator()
        store = self._of(asker)
        store.join_team(team.id, person.id, leads=leads)
        store.audit(asker.name, "team.joined", f"{team.id}/{person.id.hex()}")

    def leave(self, asker: Asker, team: Team, person: Person) -> None:
        """Take somebody out of a team; raises `NotKnown` if they are not in it."""
        asker.need_administrator()
        store = self._of(asker)
        if not store.leave_team(team.id, person.id):
            raise NotKnown("that person is not in that team; see 'veritype-server team list'")
        store.audit(asker.name, "team.left", f"{team.id}/{person.id.hex()}")

    def give_project(self, asker: Asker, name: str, teams: Sequence[Team]) -> Project:
        """Give a project to these teams alone; to none: to everybody."""
        asker.need_administrator()
        store = self._of(asker)
        project = next((p for p in store.projects() if p.name == name), None)
        if project is None:
            raise NotKnown("there is no project of that name; see 'veritype-server project add'")
        store.give_project(project.id, [team.id for team in teams])
        store.audit(asker.name, "project.teams", project.id.hex())
        return project

    def _of(self, asker: Asker) -> OrganisationStore:
        return self._store.of(asker.organisation)


def operator(organisation: int) -> Asker:
    """Whoever holds the data folder: may do everything, and stands in the log as the operator."""
    return Asker(organisation, "operator", Role.ADMIN)


def _keep_an_administrator(store: OrganisationStore, person: Person) -> None:
    others = (p for p in store.people_as([Role.ADMIN]) if p.id != person.id)
    if person.role is Role.ADMIN and not any(p.login for p in others):
        raise ServerError(N_("somebody else must be an administrator first"))
