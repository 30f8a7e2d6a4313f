"""The client against the real server over HTTP."""

import httpx
import msgspec
import pytest
from veritype_client import Changed, Forbidden, Invalid, NotFound, Platform, Unauthenticated

from server.records import Scope
from tests.server.device import Device
from tests.server.house import House


@pytest.fixture
def client(shared: House, platform: httpx.Client) -> Platform:
    return Platform(str(platform.base_url), shared.platform_key, tries=2)


def test_lists_and_what_is_in_them_are_read_as_values(
    shared: House, platform: httpx.Client, client: Platform
) -> None:
    device = Device(platform)
    device.enrol(shared.administration.pair(shared.trainer.name))
    chain = device.clock_in()
    chain.send(final=True)
    people = {person.id: person for person in client.people()}
    person = client.person(shared.trainer.id.hex())
    assert people[person.id] == msgspec.structs.replace(person, etag="")
    (project,) = client.projects()
    assert client.project(project.id) == project
    assert client.policies(project.id)[0].policy == project.policy
    (found,) = client.devices(person=shared.trainer.id.hex())
    assert client.device(found.id).id == device.enrolled.device.hex()
    (session,) = client.sessions(state="closed", person=found.person.id, project=project.id)
    assert session == client.session(chain.session.hex())
    opened = session.started_at
    assert list(client.sessions(opened_before=opened)) == []
    assert session in list(client.sessions(opened_from=opened))
    with pytest.raises(NotFound, match="not scored yet"):
        client.assessment(session.id)


def test_a_list_longer_than_a_page_is_read_to_its_end(shared: House, client: Platform) -> None:
    with shared.database.writing.begin() as connection:
        for number in range(250):
            connection.exec_driver_sql(
                "INSERT INTO people (id, organisation, name, role, epoch)"
                " VALUES (?, 1, ?, 'trainer', 0)",
                (number.to_bytes(16, "big"), f"Of many {number}"),
            )
    assert len(list(client.people())) == shared.rows("people")


def test_people_are_invited_once_and_removed(shared: House, client: Platform) -> None:
    first = client.invite("ada@example.com", key="the-same")
    assert client.invite("ada@example.com", key="the-same") == first
    assert client.invite("ada@example.com").link != first.link
    with pytest.raises(Invalid, match="e-mail"):
        client.invite("nobody")
    seen = client.person(shared.other.id.hex())
    shared.own.rename_person(shared.other.id, "Renamed")
    with pytest.raises(Changed):
        client.remove_person(seen.id, seen=seen.etag)
    removed = client.remove_person(seen.id, seen=client.person(seen.id).etag)
    assert removed.removed_at is not None
    assert msgspec.structs.replace(client.person(removed.id), etag="") == removed


def test_refusals_are_exceptions(shared: House, client: Platform, platform: httpx.Client) -> None:
    address = str(platform.base_url)
    with pytest.raises(NotFound):
        client.session("0" * 32)
    with pytest.raises(Unauthenticated):
        list(Platform(address, "vtp_unknown").people())
    key = shared.administration.add_platform_key("only sessions", {Scope.SESSIONS_READ})
    with pytest.raises(Forbidden, match="people:read"):
        list(Platform(address, key).people())


def test_the_published_keys_are_read(client: Platform) -> None:
    assert b"public_key" in client.published_keys()
