"""Roles, teams, removal and platform keys: who sees what, and from when."""

import json
import secrets
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from server import records
from server.clock import now_us
from server.errors import NotKnown, Refusal, ServerError
from server.records import NewSession, Person, Role, Scope
from server.services import removal
from server.services.asking import Asker, person_asking
from server.services.people import Directory, operator
from server.services.review import Review
from tests.server.device import Chain
from tests.server.house import PASSWORD, House, browsing, serving
from tests.server.kinds import NewDevice, ProblemOf, Typing
from tests.server.storages import EMBEDDED, ON_BOTH
from tests.server.test_cli import run
from wire.problems import ProblemCode

_DAY_US = 24 * 3600 * 1_000_000
Sees = Callable[[Person], set[str]]


@pytest.fixture
def storage() -> str:
    """One is enough: what these ask of storage is asked on both elsewhere, as in `tenancy`."""
    return EMBEDDED


@pytest.fixture
def directory(house: House) -> Directory:
    return Directory(house.installation.store)


@pytest.fixture
def admin(house: House) -> Asker:
    return operator(house.trainer.organisation)


@pytest.fixture
def sees(house: House) -> Sees:
    """Whose sessions somebody finds in the list and by their addresses."""
    review = Review(house.installation.store, house.installation.objects)
    people = (house.trainer, house.other)
    ids = {person.name: opened(house, person) for person in people}

    def run(person: Person) -> set[str]:
        asker = person_asking(house.installation.store, person)
        listed = {view.line.person_name for view in review.page(asker)[0]}
        for name, session in ids.items():
            if name in listed:
                assert review.session(asker, session).line.person_name == name
            else:
                with pytest.raises(Refusal):
                    review.session(asker, session)
        return listed

    return run


def opened(house: House, person: Person) -> str:
    """A session of this person, by a device that never speaks."""
    code, device, session = (secrets.token_bytes(n) for n in (32, 16, 16))
    house.own.add_pairing_code(code, person.id, now_us() + _DAY_US)
    enrolled = records.NewDevice(
        device, secrets.token_bytes(32), secrets.token_bytes(32), "test", "0.1.0"
    )
    assert house.installation.store.enrol(code, enrolled, now_us()) is not None
    project = house.own.projects()[0].id
    house.own.add_session(NewSession(session, person.id, device, project, 1, "0.1.0", 1))
    return session.hex()


@ON_BOTH
def test_each_role_sees_the_sessions_that_it_may(
    house: House, directory: Directory, admin: Asker, sees: Sees
) -> None:
    ada, tim = house.trainer.name, house.other.name
    lead = house.administration.add_person("Lea Lead", Role.LEAD, "lea", PASSWORD).person
    red, blue = (directory.add_team(admin, name) for name in ("Red", "Blue"))
    assert sees(house.trainer) == {ada}
    assert sees(house.auditor) == set(), "an auditor sees evidence by reviews"
    assert sees(lead) == set()
    directory.join(admin, red, house.trainer, leads=False)
    directory.join(admin, blue, house.other, leads=False)
    assert sees(lead) == set()
    directory.join(admin, red, lead, leads=True)
    assert sees(lead) == {ada}
    directory.join(admin, blue, lead, leads=False)
    assert sees(lead) == {ada, tim}
    directory.leave(admin, red, lead)
    assert sees(lead) == {tim}
    assert sees(house.other) == {tim}, "being in a team with a lead shows a trainer nothing more"


def test_a_changed_role_holds_at_once(
    house: House, directory: Directory, admin: Asker, sees: Sees
) -> None:
    auditor = directory.set_role(admin, house.trainer, Role.AUDITOR)
    assert sees(auditor) == {house.trainer.name}
    assert sees(directory.set_role(admin, auditor, Role.ADMIN)) == {
        house.trainer.name,
        house.other.name,
    }
    assert directory.rename(admin, auditor, "Ada B.").name == "Ada B."
    assert "Ada B." in {person.name for person in house.own.people()}


def test_only_an_administrator_changes_people(house: House, directory: Directory) -> None:
    for person in (house.trainer, house.auditor):
        asker = person_asking(house.installation.store, person)
        for forbidden in (
            lambda asker=asker: directory.set_role(asker, house.other, Role.ADMIN),
            lambda asker=asker: directory.remove(asker, house.other),
            lambda asker=asker: directory.visible(asker),
            lambda asker=asker: directory.add_team(asker, "Mine"),
            lambda asker=asker: directory.end_sign_ins(asker, house.other),
            lambda asker=asker: directory.give_project(asker, "Demo", []),
        ):
            with pytest.raises(Refusal):
                forbidden()
    assert house.own.person(house.other.id) == house.other


@ON_BOTH
def test_somebody_stays_administrator(house: House, directory: Directory, admin: Asker) -> None:
    only = directory.named(admin, "Administrator")
    with pytest.raises(ServerError, match="administrator first"):
        directory.remove(admin, only)
    with pytest.raises(ServerError, match="administrator first"):
        directory.set_role(admin, only, Role.TRAINER)
    house.administration.add_person("Second", Role.ADMIN, "second", PASSWORD)
    directory.remove(admin, only)
    assert "Administrator" not in {person.name for person in directory.visible(admin)}


def test_project_given_to_a_team_is_offered_to_nobody_else(
    house: House, directory: Directory, admin: Asker, new_device: NewDevice, problem: ProblemOf
) -> None:
    ada, tim = new_device(), new_device(house.other)
    team = directory.add_team(admin, "Red")
    directory.join(admin, team, house.trainer, leads=False)
    open_to_all = tim.clock_in()
    directory.give_project(admin, "Demo", [team])
    assert house.own.teams_of_project(house.own.projects()[0].id) == {team.id}
    assert len(ada.projects().projects) == 1
    assert tim.projects().projects == ()
    assert open_to_all.device.post(open_to_all.seal().sealed).status_code == 200, "goes on"
    ada.clock_in()
    directory.give_project(admin, "Demo", [])
    assert len(tim.projects().projects) == 1


@ON_BOTH
def test_removed_person_opens_nothing_and_what_was_done_before_still_comes(
    house: House,
    directory: Directory,
    admin: Asker,
    chain: Chain,
    new_device: NewDevice,
    typing: Typing,
    problem: ProblemOf,
) -> None:
    chain.send(typing(0, 20))
    code = house.administration.pair(house.trainer.name)
    directory.remove(admin, house.trainer)
    answer = chain.device.open()
    assert problem(answer).code is ProblemCode.PERSON_REMOVED
    assert chain.device.enrol(code).status_code == 403
    with pytest.raises(NotKnown):
        house.administration.pair(house.trainer.name)
    # Sealed before, sent after: within the minute of slack.
    chain.send(typing(30_000_000, 20), final=True)


def test_work_after_the_removal_is_refused_and_so_is_what_comes_a_week_late() -> None:
    removed_us, minute_us = 1_000 * _DAY_US, 60_000_000
    here = records.Device(1, bytes(16), bytes(16), bytes(32))
    gone = records.Device(1, bytes(16), bytes(16), bytes(32), removed_us)
    removal.check_done_before(here, removed_us * 2, removed_us * 2)
    removal.check_done_before(gone, removed_us + minute_us, removed_us + 7 * _DAY_US)
    for done_us, now in (
        (removed_us + minute_us + 1, removed_us + minute_us + 2),
        (removed_us - 1, removed_us + 7 * _DAY_US + 1),
    ):
        with pytest.raises(Refusal) as refused:
            removal.check_done_before(gone, done_us, now)
        assert refused.value.problem.code is ProblemCode.PERSON_REMOVED


def test_batch_of_work_after_the_removal_leaves_nothing(
    house: House, directory: Directory, admin: Asker, chain: Chain, problem: ProblemOf
) -> None:
    directory.remove(admin, house.trainer)
    late = chain.seal(start_us=3_600_000_000, end_us=3_600_000_001)
    # A node that did not look the token up lately.
    with serving(house.path) as address, browsing(address) as client:
        chain.device.client = client
        assert problem(chain.device.post(late.sealed)).code is ProblemCode.PERSON_REMOVED
    assert house.rows("batches") == 0


def test_platform_key_does_what_its_scopes_say(
    house: House, client: httpx.Client, chain: Chain, problem: ProblemOf
) -> None:
    session = chain.session.hex()
    calls = {
        "/v1/sessions": Scope.SESSIONS_READ,
        f"/v1/sessions/{session}": Scope.SESSIONS_READ,
        f"/v1/sessions/{session}/assessment": Scope.ASSESSMENTS_READ,
        "/v1/people": Scope.PEOPLE_READ,
    }
    for scope in Scope:
        key = house.administration.add_platform_key(scope.value, {scope})
        fields = {"authorization": f"Bearer {key}"}
        for path, needed in calls.items():
            answer = client.get(path, headers=fields)
            if needed is scope:
                assert answer.status_code in (200, 404), "404: not scored yet"
            else:
                assert answer.status_code == 403
                assert problem(answer).detail == f"This key lacks the scope {needed.value}."


def test_openapi_document_names_the_scope_of_every_call(client: httpx.Client) -> None:
    document = client.get("/v1/openapi.json").json()
    described = document["components"]["securitySchemes"]["platformKey"]["description"]
    assert all(scope.value in described for scope in Scope)
    for path, methods in document["paths"].items():
        for found in methods.values():
            if path.startswith("/v1/"):
                (needed,) = (each["platformKey"] for each in found["security"])
                assert set(needed) <= {scope.value for scope in Scope}
                assert needed


@ON_BOTH
def test_revoked_key_ends_with_its_next_call_and_use_is_noted_to_the_hour(
    house: House, client: httpx.Client
) -> None:
    fields = {"authorization": f"Bearer {house.platform_key}"}
    assert client.get("/v1/people", headers=fields).status_code == 200
    (key,) = house.administration.platform_keys()
    assert key.used_us is not None
    assert key.used_us % 3_600_000_000 == 0
    house.administration.revoke_platform_key("tests")
    assert client.get("/v1/people", headers=fields).status_code == 401
    for name in ("tests", "never was"):
        with pytest.raises(NotKnown):
            house.administration.revoke_platform_key(name)


def test_people_and_teams_from_the_command_line(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"), "--json")
    run("init", *data)
    run("user", "add", "Ada", "--role", "trainer", *data)
    run("user", "add", "Lea", "--role", "lead", "--login", "lea", *data)
    run("team", "add", "Red", *data)
    run("team", "join", "Red", "Ada", *data)
    run("team", "join", "Red", "Lea", "--leads", *data)
    (team,) = json.loads(run("team", "list", *data))["teams"]
    assert (team["leads"], team["people"]) == (["Lea"], ["Ada"])
    assert "Lea (leads), Ada" in run("team", "list", *data[:2])
    run("team", "leave", "Red", "Ada", *data)
    run("team", "leave", "Red", "Ada", *data[:2], fails=1)
    run("team", "join", "Blue", "Ada", *data[:2], fails=1)
    run("user", "role", "Ada", "auditor", *data)
    run("user", "rename", "Ada", "Ada B.", *data)
    run("user", "rename", "Ada B.", "Lea", *data[:2], fails=1)
    run("user", "remove", "Ada B.", *data)
    run("user", "remove", "Administrator", *data[:2], fails=1)
    names = {p["name"]: p["role"] for p in json.loads(run("user", "list", *data))["people"]}
    assert names == {"Administrator": "admin", "Lea": "lead"}
    assert "Ada B.: auditor, removed" in run("user", "list", "--removed", *data[:2])


def test_several_organisations_are_named_and_one_need_not_be(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"), "--json")
    run("init", "--organisation", "One", *data)
    run("user", "add", "Ada", "--role", "trainer", *data)
    run("organisation", "add", "Two", "--admin-login", "admin", *data[:2], fails=1)
    made = json.loads(run("organisation", "add", "Two", "--admin-login", "two", *data))
    assert (made["login"], len(made["password"]) >= 10) == ("two", True)
    run("organisation", "add", "Two", "--admin-login", "three", *data[:2], fails=1)
    listed = json.loads(run("organisation", "list", *data))["organisations"]
    assert [each["name"] for each in listed] == ["One", "Two"]
    assert "say which with --organisation: 'One', 'Two'" in run("user", "list", *data, fails=1)
    assert "Ada" not in run("user", "list", "--organisation", "Two", *data)
    assert "Ada" in run("user", "list", "--organisation", "One", *data)
    run("pair", "Ada", "--organisation", "Two", *data[:2], fails=1)
    run("user", "list", "--organisation", "Three", *data[:2], fails=1)


def test_keys_from_the_command_line(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"), "--json")
    run("init", *data)
    run("key", "add", "k", *data, fails=2)
    scopes = ("--scope", "people:read", "--scope", "sessions:read")
    assert json.loads(run("key", "add", "k", *scopes, *data))["key"].startswith("vtp_")
    (key,) = json.loads(run("key", "list", *data))["keys"]
    assert key["scopes"] == ["people:read", "sessions:read"]
    assert (key["used_at"], key["revoked_at"]) == (None, None)
    assert "not used" in run("key", "list", *data[:2])
    run("key", "revoke", "k", *data)
    assert "revoked 20" in run("key", "list", *data[:2])
    run("key", "revoke", "k", *data[:2], fails=1)
