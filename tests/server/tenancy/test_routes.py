"""Every route, as every role of another organisation: nothing is shown, stored or told apart."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import httpx
import msgspec
import pytest
from sqlalchemy import select

from server.app import build_app
from server.clock import now_us
from server.installation import open_installation
from server.operation.keys import hash_of_code, new_pairing_code
from server.records import Role
from server.scoring.assessor import DetectorAssessor
from server.services.administration import Administration
from server.storage.tables import metadata
from tests.server.browser import Browser
from tests.server.device import Chain, Device
from tests.server.house import PASSWORD, POLICY, House
from tests.server.kinds import Typing
from tests.server.storages import EMBEDDED
from tests.server.tenancy import calls_reviews, stores_submissions
from tests.server.tenancy.calls import CALLS, routes_of
from tests.server.tenancy.first import NOTE, furnish
from tests.server.tenancy.naming import Call, Ids

REFUSED = {401, 403, 404}
_JSON = {"content-type": "application/json"}


@pytest.fixture
def storage() -> str:
    """What storage lets through is asked method by method on both, in `test_stores.py`."""
    return EMBEDDED


@dataclass
class Asking:
    """Somebody who asks, and the device that they could have."""

    name: str
    client: Browser
    device: Device
    fields: dict[str, str]


@pytest.fixture(scope="module")
def assessor(one_thread: None) -> DetectorAssessor:
    return DetectorAssessor()


@pytest.fixture
def first(
    house: House, chain: Chain, typing: Typing, assessor: DetectorAssessor, address: str
) -> Ids:
    """What the first organisation holds."""
    return furnish(house, chain, typing, assessor)


@pytest.fixture
def strangers(house: House, address: str) -> Iterator[list[Asking]]:
    """Every role of a second organisation, a platform key with every scope, a device, nobody."""
    installation = house.installation
    made = Administration(installation.store, installation.settings, None)
    boss = made.add_organisation("Second", "boss", PASSWORD)
    own = installation.store.of(boss.person.organisation)
    made.add_project("Second's", msgspec.json.encode(POLICY))
    key = made.add_platform_key("every scope")
    roles = (Role.TRAINER, Role.AUDITOR, Role.LEAD)
    for role in roles:
        made.add_person(f"Second {role.value}", role, f"second-{role.value}", PASSWORD)
    trainer = next(p for p in own.people() if p.role is Role.TRAINER)
    code = new_pairing_code()
    own.add_pairing_code(hash_of_code(code), trainer.id, now_us() + 60_000_000)
    with ExitStack() as opened:

        def browser() -> Browser:
            return opened.enter_context(Browser(address))

        device = Device(browser())
        device.enrol(code)
        found = [
            Asking("nobody", browser(), device, {}),
            Asking("device", browser(), device, device.auth),
            Asking("key", browser(), device, {"authorization": f"Bearer {key}"}),
        ]
        for login in ("boss", *(f"second-{role.value}" for role in roles)):
            client = browser()
            assert client.sign_in(login, PASSWORD).status_code == 303
            found.append(Asking(login, client, device, {}))
        yield found


def ask(asking: Asking, method: str, call: Call) -> httpx.Response:
    """Send a call as somebody; forms carry the right token."""
    data = None
    if call.form is not None:
        data = {"csrf": asking.client.token()} | dict(call.form)
    return asking.client.request(
        method,
        call.path,
        params=dict(call.params) or None,
        content=call.content,
        data=data,
        headers=asking.fields | (_JSON if call.path.startswith("/v1/") else {}),
    )


def told(answer: httpx.Response) -> tuple[int, str, str]:
    """What can be told from an answer, less what is drawn anew each time."""
    text = re.sub(r'name="csrf" value="[^"]*"', "", answer.text)
    return answer.status_code, answer.headers.get("location", ""), text


def stored(house: House, organisation: int) -> dict[str, str]:
    """All that is stored of an organisation, table by table."""
    found = {}
    with house.database.reading.connect() as connection:
        for table in metadata.tables.values():
            column = table.c.get("organisation", table.c.get("id"))
            if table.name == "attempts" or column is None:
                continue
            rows = connection.execute(select(table).where(column == organisation)).all()
            lines = sorted(repr(tuple(row)) for row in rows)
            found[table.name] = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return found


def marks(house: House, ids: Ids) -> Sequence[str]:
    """What would name anything of the first organisation."""
    people = [person.name.split(" <")[0] for person in house.own.people()]
    names = [name for name in people if name != "Administrator"]
    digests = [ids.session.hex(), ids.project.hex(), ids.person.hex(), ids.digest.hex()]
    return [*names, *digests, "Demo", NOTE.decode(), stores_submissions.IDENTIFIER]


def test_every_route_has_a_call(house: House) -> None:
    app = build_app(open_installation(house.path))
    found = set(routes_of(app))
    assert found - set(CALLS) == set(), "say in calls.py what this route could show of others"
    assert set(CALLS) - found == set(), "no such route any more"


def test_another_organisation_reaches_nothing_by_any_route(
    house: House, first: Ids, strangers: list[Asking]
) -> None:
    before = stored(house, 1)
    for asking in strangers:
        signed_out = {"/logout", "/account/sign-out"}
        for (method, path), case in CALLS.items():
            if path in signed_out:
                continue
            call = case(first, asking.device)
            answer = ask(asking, method, call)
            where = f"{asking.name}: {method} {path}: {answer.status_code}"
            assert answer.status_code < 500, where
            shown = [mark for mark in marks(house, first) if mark in answer.text]
            assert not set(shown) - set(call.path.split("/")), f"{where} shows {shown}"
            if not call.names:
                continue
            made_up = ask(asking, method, case(Ids.made_up(first), asking.device))
            assert told(answer) == told(made_up), where
            to_sign_in = answer.headers.get("location") == "/login"
            assert answer.status_code in REFUSED or to_sign_in, where
        assert stored(house, 1) == before, asking.name


def test_what_people_of_one_organisation_may_not_see_looks_made_up(
    house: House, first: Ids, address: str
) -> None:
    house.administration.add_person("Lea Lead", Role.LEAD, "lea", PASSWORD)
    nothing = Device(None)
    shown = ("", "/timeline.json", "/stretch", "/replay.bin")
    sessions = [f"/sessions/{{session}}{tail}" for tail in shown]
    picture = "/sessions/{session}/objects/{digest}"
    people = [key for key in CALLS if key[1].startswith("/people/") and key[0] == "POST"]
    # A lead without a team invites nobody, so that an open invitation is hidden too.
    reviews = [key for key in calls_reviews.CALLS if "{review}" in key[1]]
    texts = ("/sessions/{session}/texts/{number}", "/sessions/{session}/submissions/{submission}")
    report = "/sessions/{session}/report"
    pages = [("GET", path) for path in (*sessions, picture, *texts, report)]
    hidden = {login: [*people, *pages, *reviews] for login in ("tim", "lea", "otto")}
    before = stored(house, 1)
    for login, keys in hidden.items():
        with Browser(address) as client:
            client.sign_in(login, PASSWORD)
            asking = Asking(login, client, nothing, {})
            for key in keys:
                answer = ask(asking, key[0], CALLS[key](first, nothing))
                made_up = ask(asking, key[0], CALLS[key](Ids.made_up(first), nothing))
                assert answer.status_code == 404, (login, key)
                assert told(answer) == told(made_up), (login, key)
    assert stored(house, 1) == before


def test_key_without_scopes_learns_no_more_by_a_real_id(
    house: House, first: Ids, client: httpx.Client
) -> None:
    own = house.administration
    fields = {"authorization": f"Bearer {own.add_platform_key('none', frozenset())}"}
    for (method, path), case in CALLS.items():
        if path.startswith("/v1/") and path != "/v1/openapi.json":
            device = Device(None)
            real = client.request(method, case(first, device).path, headers=fields)
            made_up = client.request(method, case(Ids.made_up(first), device).path, headers=fields)
            assert real.status_code == 403
            assert real.text == made_up.text
