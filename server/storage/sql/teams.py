"""Teams, and which projects are theirs alone, in SQL."""

from collections.abc import Sequence

from sqlalchemy import select

from server.records import Member, Team
from server.storage import tables
from server.storage.sql.bound import Bound, taken


class SqlTeams(Bound):
    """See `server.storage.protocols.teams.Teams`."""

    def teams(self) -> Sequence[Team]:
        """All teams, by name."""
        table = tables.teams
        rows = self._all(self._select(table, table.c.row, table.c.name).order_by(table.c.name))
        return [Team(*row) for row in rows]

    def add_team(self, name: str) -> Team:
        """Add a team."""
        insert = self._insert(tables.teams, {"name": name})
        with taken(f"there is a team {name!r} already"), self._transaction() as connection:
            key = connection.execute(insert).inserted_primary_key
        return Team(int(key[0]) if key else 0, name)

    def members(self) -> Sequence[Member]:
        """Who is in which team."""
        table = tables.team_members
        rows = self._all(self._select(table, table.c.team, table.c.person, table.c.leads))
        return [Member(*row) for row in rows]

    def teams_of(self, person: bytes) -> frozenset[int]:
        """The teams that a person leads or is in."""
        table = tables.team_members
        rows = self._all(self._select(table, table.c.team).where(table.c.person == person))
        return frozenset(row[0] for row in rows)

    def join_team(self, team: int, person: bytes, *, leads: bool) -> None:
        """Put a person into a team, or change whether they lead it."""
        table = tables.team_members
        here = (table.c.team == team) & (table.c.person == person)
        with self._transaction() as connection:
            if connection.execute(self._update(table).where(here).values(leads=leads)).rowcount:
                return
            values = {"team": team, "person": person, "leads": leads}
            connection.execute(self._insert(table, values))

    def leave_team(self, team: int, person: bytes) -> bool:
        """Take a person out of a team; whether they were in it."""
        table = tables.team_members
        gone = self._delete(table).where(table.c.team == team, table.c.person == person)
        with self._transaction() as connection:
            return connection.execute(gone).rowcount > 0

    def give_project(self, project: bytes, teams: Sequence[int]) -> None:
        """Give a project to these teams alone; to none: to everybody."""
        table = tables.project_teams
        with self._transaction() as connection:
            connection.execute(self._delete(table).where(table.c.project == project))
            for team in teams:
                values = {"project": project, "team": team}
                connection.execute(self._insert(table, values))

    def teams_of_project(self, project: bytes) -> frozenset[int]:
        """The teams that a project was given to; none: it is everybody's."""
        table = tables.project_teams
        rows = self._all(self._select(table, table.c.team).where(table.c.project == project))
        return frozenset(row[0] for row in rows)

    def projects_closed_to(self, person: bytes) -> frozenset[bytes]:
        """Projects that were given to teams of which this person is in none."""
        given, members = tables.project_teams, tables.team_members
        own = select(members.c.team).where(
            members.c.organisation == self.organisation, members.c.person == person
        )
        theirs = select(given.c.project).where(
            given.c.organisation == self.organisation, given.c.team.in_(own)
        )
        closed = self._select(given, given.c.project).where(given.c.project.not_in(theirs))
        return frozenset(bytes(row[0]) for row in self._all(closed.distinct()))
