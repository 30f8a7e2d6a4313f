"""Links that work once, and the page of people that makes them."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from server.clock import now_us
from server.errors import NameTaken, Refusal, ServerError
from server.records import Role
from server.services import invitations
from server.services.asking import Asker, person_asking
from server.services.invitations import Invitations
from server.services.people import Directory, operator
from tests.server.browser import Browser, first_of, signed_in
from tests.server.house import PASSWORD, House
from tests.server.storages import EMBEDDED, ON_BOTH
from tests.server.test_cli import run

NEW = "a new long password"
Open = Callable[[], Browser]


@pytest.fixture
def storage() -> str:
    """One is enough: what these ask of storage is asked on both elsewhere, as in `tenancy`."""
    return EMBEDDED


@pytest.fixture
def browser(address: str) -> Iterator[Open]:
    with ExitStack() as opened:
        yield lambda: opened.enter_context(Browser(address))


@pytest.fixture
def made(house: House) -> Invitations:
    return Invitations(house.installation.store)


@pytest.fixture
def admin(house: House) -> Asker:
    return operator(house.trainer.organisation)


def team(house: House, name: str) -> int:
    return Directory(house.installation.store).add_team(operator(1), name).id


def link_in(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return "/" + first_of(r'data-testid="link">http://[^/]+/([^<]+)<', answer.text)


def joined(name: str, login: str, password: str = NEW) -> dict[str, str | list[str]]:
    return {"name": name, "login": login, "password": password}


def test_administrator_invites_and_the_link_works_once(house: House, browser: Open) -> None:
    red = team(house, "Red")
    boss, guest = signed_in(browser(), "admin", PASSWORD), browser()
    fields = {"role": "lead", "team": [str(red)]}
    path = link_in(boss.submit("/people/invitations", fields, "/people"))
    assert "lead, Red, until " in boss.get("/people").text
    assert "You join as lead" in guest.get(path).text
    for wrong, said in (
        (joined("Lea", "lea", "short"), "10 to 200"),
        (joined("", "lea"), "a name has"),
        (joined("Lea", "ceo@example.com"), "no e-mail address"),
        (joined("Lea", "otto"), "in use"),
        (joined("Otto Auditor", "lea"), "in use"),
    ):
        answer = guest.submit(path, wrong, path)
        assert (answer.status_code, said in answer.text) == (400, True), said
    assert guest.submit(path, joined("Lea", "lea"), path).headers["location"] == "/"
    assert "lead" in guest.get("/account").text
    (member,) = house.own.members()
    assert (member.team, member.leads) == (red, True)
    late = browser()
    assert late.get(path).status_code == 404
    assert late.submit(path, joined("Second", "second")).status_code == 404
    assert "There are none." in boss.get("/people").text
    signed_in(late, "lea", NEW)


def test_lead_invites_trainers_to_own_teams_alone(house: House, browser: Open) -> None:
    red, blue = team(house, "Red"), team(house, "Blue")
    lea = house.administration.add_person("Lea", Role.LEAD, "lea", PASSWORD).person
    house.own.join_team(red, lea.id, leads=True)
    for each in (red, blue):
        house.own.join_team(each, house.trainer.id, leads=False)
    lead = signed_in(browser(), "lea", PASSWORD)
    page = lead.get("/people").text
    assert "Red" in page
    assert "Blue" not in page, "not even as a team of somebody in Red"
    assert house.auditor.name not in page
    assert "Remove" not in page
    for role, teams in (("admin", [red]), ("trainer", [blue]), ("trainer", []), ("king", [red])):
        fields = {"role": role, "team": [str(each) for each in teams]}
        assert lead.submit("/people/invitations", fields, "/people").status_code == 404
    assert house.rows("invitations") == 0
    ok = {"role": "trainer", "team": [str(red)]}
    link_in(lead.submit("/people/invitations", ok, "/people"))
    boss = signed_in(browser(), "admin", PASSWORD)
    link_in(boss.submit("/people/invitations", {"role": "admin"}, "/people"))
    assert len(re.findall("/withdraw", lead.get("/people").text)) == 1
    rows = [str(each.row) for each in house.own.invitations(now_us())]
    assert (
        lead.submit(f"/people/invitations/{rows[0]}/withdraw", None, "/people").status_code == 404
    )
    assert (
        lead.submit(f"/people/invitations/{rows[1]}/withdraw", None, "/people").status_code == 303
    )
    for row in ("x", "9" * 30, "0"):
        assert (
            lead.submit(f"/people/invitations/{row}/withdraw", None, "/people").status_code == 404
        )
    strange = {"role": "trainer", "team": ["x"]}
    assert lead.submit("/people/invitations", strange, "/people").status_code == 404


@ON_BOTH
def test_invitation_that_is_old_or_was_taken_back_is_none(
    house: House, made: Invitations, admin: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = made.invite(admin, Role.TRAINER, frozenset())
    found = made.invitation(token)
    assert found is not None
    assert made.invitation("x" * 1000) is None
    assert token not in str(list(made.pending(admin)))
    with monkeypatch.context() as patch:
        patch.setattr(invitations, "now_us", lambda: now_us() + 7 * 86_400_000_000 + 1)
        assert made.invitation(token) is None
        with pytest.raises(Refusal):
            made.accept(found, "Late", "late", NEW)
    made.withdraw(admin, found.row)
    assert made.invitation(token) is None
    with pytest.raises(Refusal):
        made.accept(found, "Late", "late", NEW)
    assert not house.own.withdraw_invitation(found.row)
    assert house.installation.store.login_in_use("late") is False


@ON_BOTH
def test_name_that_is_taken_does_not_use_the_invitation_up(
    house: House, made: Invitations, admin: Asker
) -> None:
    found = made.invitation(made.invite(admin, Role.TRAINER, frozenset(), "New@Example.com"))
    assert found is not None
    with pytest.raises(NameTaken):
        made.accept(found, house.trainer.name, "ignored", NEW)
    person = made.accept(found, "New", "ignored", NEW)
    assert person.login == "new@example.com", "the inviter fixed it"


@pytest.mark.parametrize("email", ["nobody", "@example.com", "a@", "a b@example.com"])
def test_strange_address_is_refused(made: Invitations, admin: Asker, email: str) -> None:
    with pytest.raises(ServerError, match="looks like"):
        made.invite(admin, Role.TRAINER, frozenset(), email)


def test_nobody_comes_back_by_a_link_they_made(
    house: House, made: Invitations, admin: Asker
) -> None:
    directory, store = Directory(house.installation.store), house.installation.store
    mallory = house.administration.add_person("Mallory", Role.ADMIN, "mallory", PASSWORD).person
    kept = made.invite(admin, Role.TRAINER, frozenset())
    for end in (
        lambda: directory.set_role(admin, mallory, Role.AUDITOR),
        lambda: directory.remove(admin, mallory),
    ):
        directory.set_role(admin, mallory, Role.ADMIN)
        asker = person_asking(store, mallory)
        invited = made.invite(asker, Role.ADMIN, frozenset())
        reset = made.make_reset(asker, house.auditor)
        end()
        assert made.invitation(invited) is None
        assert made.person_to_reset(reset) is None
    assert made.invitation(kept) is not None


def test_nobody_else_invites_or_resets(house: House, made: Invitations) -> None:
    for person in (house.trainer, house.auditor):
        asker = person_asking(house.installation.store, person)
        with pytest.raises(Refusal):
            made.invite(asker, Role.TRAINER, frozenset())
        with pytest.raises(Refusal):
            made.pending(asker)
        with pytest.raises(Refusal):
            made.make_reset(asker, house.other)


def test_teams_of_another_organisation_cannot_be_given(
    house: House, made: Invitations, admin: Asker
) -> None:
    other = house.installation.store.add_organisation("Other", 1)
    theirs = house.installation.store.of(other).add_team("Theirs")
    with pytest.raises(Refusal):
        made.invite(admin, Role.TRAINER, frozenset({theirs.id}))


@ON_BOTH
def test_reset_link_sets_a_password_once_and_ends_every_sign_in(
    house: House, browser: Open
) -> None:
    boss, otto = signed_in(browser(), "admin", PASSWORD), signed_in(browser(), "otto", PASSWORD)
    at = f"/people/{house.auditor.id.hex()}/reset"
    first = link_in(boss.submit(at, None, "/people"))
    path = link_in(boss.submit(at, {"factor": "1"}, "/people"))
    guest = browser()
    assert guest.get(first).status_code == 404, "a newer link ends the older one"
    assert guest.submit(path, {"password": "short"}, path).status_code == 400
    assert guest.submit(path, {"password": NEW}, path).headers["location"] == "/login"
    assert guest.get(path).status_code == 404
    assert guest.submit(path, {"password": PASSWORD}).status_code == 404
    assert otto.get("/sessions").status_code == 303
    assert otto.sign_in("otto", PASSWORD).status_code == 403
    signed_in(otto, "otto", NEW)


def test_reset_link_of_somebody_removed_is_none(
    house: House, made: Invitations, admin: Asker
) -> None:
    token = made.make_reset(admin, house.auditor)
    assert made.person_to_reset(token) == house.auditor
    assert made.person_to_reset("x" * 1000) is None
    Directory(house.installation.store).remove(admin, house.auditor)
    assert made.person_to_reset(token) is None
    with pytest.raises(Refusal):
        made.reset(token, house.auditor, NEW)
    gone = house.own.person(house.auditor.id)
    assert gone is not None
    with pytest.raises(ServerError, match="without a login"):
        made.make_reset(admin, gone)


def test_administrator_changes_roles_and_removes(house: House, browser: Open) -> None:
    boss = signed_in(browser(), "admin", PASSWORD)
    tim = f"/people/{house.other.id.hex()}"
    assert boss.submit(f"{tim}/role", {"role": "auditor"}, "/people").status_code == 303
    assert boss.submit(f"{tim}/role", {"role": "king"}, "/people").status_code == 404
    assert boss.submit(f"{tim}/remove", None, "/people").status_code == 303
    assert boss.submit(f"{tim}/remove", None, "/people").status_code == 404
    for strange in ("x", "z" * 32, "00" * 16):
        assert boss.submit(f"/people/{strange}/remove", None, "/people").status_code == 404
    me = next(p for p in house.own.people() if p.login == "admin")
    for path, fields in (("role", {"role": "trainer"}), ("remove", {})):
        form = dict(fields)
        answer = boss.submit(f"/people/{me.id.hex()}/{path}", form, "/people")
        assert (answer.status_code, "Somebody else must be" in answer.text) == (400, True)
    email = {"role": "trainer", "email": "nobody"}
    assert boss.submit("/people/invitations", email, "/people").status_code == 400
    pia = house.administration.add_person("Pia", Role.TRAINER, None, None).person
    answer = boss.submit(f"/people/{pia.id.hex()}/reset", None, "/people")
    assert "without a login has no password" in answer.text


def test_links_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERITYPE_PUBLIC_URL", "https://review.example.com")
    data = ("--data", str(tmp_path / "data"), "--json")
    run("init", *data)
    run("team", "add", "Red", *data)
    invited = ("user", "invite", "--role", "trainer", "--team", "Red", "--email", "a@b.c")
    made = json.loads(run(*invited, *data))
    assert made["link"].startswith("https://review.example.com/invitation/vti_")
    made = json.loads(run("user", "reset", "Administrator", "--second-factor", *data))
    assert made["link"].startswith("https://review.example.com/reset/vtr_")
    run("user", "reset", "Nobody", *data[:2], fails=1)
    run("user", "invite", "--role", "trainer", "--team", "Blue", *data[:2], fails=1)
    assert json.loads(run("organisation", "second-factor", "required", *data)) == {
        "second_factor_required": True
    }
    (found,) = json.loads(run("organisation", "list", *data))["organisations"]
    assert found["second_factor_required"] is True


def test_guessing_links_is_slow(browser: Open) -> None:
    mine = browser()
    codes = [mine.get(f"/{kind}/guess").status_code for kind in ("invitation", "reset") * 17]
    assert codes == [404] * 32 + [429] * 2
