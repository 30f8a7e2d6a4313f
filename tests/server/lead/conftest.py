"""Browsers of whoever looks after an organisation, and of whoever does not."""

from collections.abc import Iterator

import pytest

from server.records import Role
from tests.server.browser import Browser, signed_in
from tests.server.house import PASSWORD, House


@pytest.fixture
def admin(address: str) -> Iterator[Browser]:
    with Browser(address) as browser:
        yield signed_in(browser, "admin", PASSWORD)


@pytest.fixture
def lead(house: House, address: str) -> Iterator[Browser]:
    """Leads a team that Ada is in, and Tim is not."""
    person = house.administration.add_person("Lea Lead", Role.LEAD, "lea", PASSWORD).person
    team = house.own.add_team("First")
    house.own.join_team(team.id, person.id, leads=True)
    house.own.join_team(team.id, house.trainer.id, leads=False)
    with Browser(address) as browser:
        yield signed_in(browser, "lea", PASSWORD)
