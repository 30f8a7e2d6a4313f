"""Whose rows somebody sees, as a condition of queries."""

from sqlalchemy import ColumnElement, select

from server.records import Sight
from server.storage import tables


def within(
    sight: Sight, person: ColumnElement[bytes], organisation: int
) -> list[ColumnElement[bool]]:
    """What a query of people's rows asks besides, for whoever does not see everybody's."""
    if sight.everybody:
        return []
    if not sight.teams:
        return [person == sight.person]
    members = tables.team_members.c
    theirs = select(members.person).where(
        members.organisation == organisation, members.team.in_(sight.teams)
    )
    # One set: for two conditions everybody's rows would be looked through.
    own = select(tables.people.c.id).where(tables.people.c.id == sight.person)
    return [person.in_(own.union(theirs))]
