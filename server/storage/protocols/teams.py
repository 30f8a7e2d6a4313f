"""What services ask of storage: teams, and which projects are theirs alone."""

from collections.abc import Sequence
from typing import Protocol

from server.records import Member, Team


class Teams(Protocol):
    """Teams of one organisation."""

    def teams(self) -> Sequence[Team]:
        """All teams, by name."""

    def add_team(self, name: str) -> Team:
        """Add a team; raises `NameTaken`."""

    def members(self) -> Sequence[Member]:
        """Who is in which team."""

    def teams_of(self, person: bytes) -> frozenset[int]:
        """The teams that a person leads or is in."""

    def join_team(self, team: int, person: bytes, *, leads: bool) -> None:
        """Put a person into a team, or change whether they lead it."""

    def leave_team(self, team: int, person: bytes) -> bool:
        """Take a person out of a team; whether they were in it."""

    def give_project(self, project: bytes, teams: Sequence[int]) -> None:
        """Give a project to these teams alone; to none: to everybody."""

    def teams_of_project(self, project: bytes) -> frozenset[int]:
        """The teams that a project was given to; none: it is everybody's."""

    def projects_closed_to(self, person: bytes) -> frozenset[bytes]:
        """Projects that were given to teams of which this person is in none."""
