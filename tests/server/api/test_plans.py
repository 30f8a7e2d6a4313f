"""What platforms and reviewers ask is found by an index, however much is stored.

The walk goes by the published document: a route that is added is looked at too, with everything
that narrows it.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations

import httpx
import pytest

from bench.api.population import Population, populate
from server.http.paging import PageAsked, Paging
from server.records import Role
from server.routes.documented import Document
from server.routes.v1.examples import resolved
from server.services.asking import Asker
from tests.server.browser import Browser, signed_in
from tests.server.house import PASSWORD, House, browsing, serving
from tests.server.plans import Reads, reading
from tests.server.tenancy import calls_announce, calls_reviews, stores_submissions

FEW = Population(sessions=40, people=3, projects=2, open=3, waiting=2)
SESSION = FEW.session(3)
QUERY: Mapping[str, str] = {
    "person": FEW.person(0).hex(),
    "project": FEW.project(0).hex(),
    "week": "2025-W10",
    "number": "1",
}
SMALL = frozenset(
    (
        # They do not grow with the work that is done: `scoring_states` has open sessions alone.
        *("organisations", "projects", "webhook_endpoints", "zones", "scoring_states"),
        # What was found already.
        *("anon_1", "numbered", "CONSTANT"),
    )
)
OWN = ("/me", "/me/consents", "/me/receipts", "/me/receipts?before=20", "/me/pictures")
REVIEWS = ("/reviews", "/reviews?kind=inserted&age=day&case=one&page=1", "/reviews/open")
CONSOLE = ("/sessions", "/sessions?before=20", *REVIEWS, "/flags", "/hours", "/notices", *OWN)
ADMINISTRATED = (
    *("/overview", "/overview?days=364", "/projects", "/hours?state=open", "/exports"),
    *("/audit", "/audit?actor=operator&from=2025-01-01&to=2025-12-31", "/webhooks", "/keys"),
)
"""Pages of the organisation. Those on which a person is chosen read all of its people."""
BY_ID = frozenset(("/v1/people", "/v1/projects", "/v1/devices"))
WITHOUT_A_NUMBER = frozenset(("/v1/hours",))
"""Its place in the list is a day and more."""
NOT_THERE = frozenset(
    (
        "/v1/submissions/{submission_id}",
        "/v1/submissions/{submission_id}/attestation",
        "/v1/webhooks/{webhook_id}/deliveries/{number}",
    )
)


@pytest.fixture(scope="module")
def ids(shared: House) -> Mapping[str, str]:
    """What the paths of detail routes name."""
    populate(shared.database.writing, FEW)
    own = shared.own
    entry = own.session(SESSION)
    assert entry is not None
    stores_submissions.furnish(own, entry, SESSION)
    for number, person in enumerate((FEW.person(0), shared.trainer.id)):
        shared.change(
            "INSERT INTO timesheets (organisation, id, person, week, state, version, changed_us,"
            " changed_by) VALUES (1, :id, :person, 739314, 'open', 1, 1, 'a test')",
            id=SESSION if number == 0 else bytes(16),
            person=person,
        )
    calls_announce.furnish(own, SESSION)
    return {
        "session_id": SESSION.hex(),
        "person_id": FEW.person(0).hex(),
        "device_id": FEW.device(0).hex(),
        "project_id": FEW.project(0).hex(),
        "submission_id": "0" * 32,
        "webhook_id": SESSION.hex(),
        "review_id": calls_reviews.opened(own, SESSION).hex(),
        "timesheet_id": SESSION.hex(),
        "number": "1",
    }


@pytest.fixture(scope="module")
def client(shared: House, ids: Mapping[str, str]) -> Iterator[httpx.Client]:
    with serving(shared.path) as address, browsing(address) as made:
        made.headers["authorization"] = f"Bearer {shared.platform_key}"
        yield made


def values_of(parameter: Document, schemas: Document) -> Iterator[str]:
    """What is tried of a parameter: each word that it takes, or one value."""
    schema, name = parameter["schema"], parameter["name"]
    if name in ("from", "to"):
        day = "2025-03-01" if name == "from" else "2025-03-29"
        kinds = [each.get("format") for each in (schema, *schema.get("anyOf", ()))]
        yield day if "date" in kinds else f"{day}T00:00:00Z"
        return
    for each in (schema, *schema.get("anyOf", ())):
        each = resolved(each, schemas)
        if "enum" in each:
            yield from each["enum"]
            return
    yield QUERY[name]


def narrowed(parameters: list[Document], schemas: Document) -> Iterator[Mapping[str, str]]:
    """Nothing, each alone and every pair of what may narrow a list; what must be given always."""
    chosen = [p for p in parameters if p["in"] == "query" and p["name"] not in ("cursor", "limit")]
    needed = [p for p in chosen if p.get("required")]
    free = [p for p in chosen if not p.get("required")]
    for count in range(3):
        for some in combinations(free, count):
            rows: list[dict[str, str]] = [{}]
            for each in (*needed, *some):
                rows = [row | {each["name"]: v} for row in rows for v in values_of(each, schemas)]
            yield from rows


def cursor_of(shared: House, path: str) -> str:
    """A cursor that the list at a path would give."""
    secret = Paging(shared.installation.keys.sign_in_secret)._secret
    asked, asker = PageAsked(path, None, 1, secret), Asker(1, "", None)
    if path in BY_ID:
        page = asked.page(asker, [0, 0], lambda _: bytes(16))
    else:
        page = asked.page(asker, [0, 0], lambda _: 5)
    assert page.next
    return page.next


def test_no_route_of_the_platform_reads_a_table_that_grows(
    shared: House, client: httpx.Client, ids: Mapping[str, str]
) -> None:
    document = client.get("/v1/openapi.json").json()
    asked = 0
    for path, item in document["paths"].items():
        if "get" not in item or not path.startswith("/v1/"):
            continue
        parameters, at = item["get"]["parameters"], path.format_map(ids)
        pages: list[dict[str, str]] = [{}]
        if any(each["name"] == "cursor" for each in parameters) and path not in WITHOUT_A_NUMBER:
            pages.append({"cursor": cursor_of(shared, at)})
        for narrow in narrowed(parameters, document["components"]["schemas"]):
            for more in pages:
                with reading(shared, served=True) as reads:
                    answer = client.get(at, params={**narrow, **more})
                assert answer.status_code == (404 if path in NOT_THERE else 200), (path, narrow)
                check(reads, path, narrow, more)
                asked += 1
    assert asked > 100


@pytest.mark.parametrize("login", ["ada", "otto", "lea"])
def test_no_list_of_the_console_reads_a_table_that_grows(
    shared: House, client: httpx.Client, login: str
) -> None:
    if login == "lea":
        shared.administration.add_person("Lea Lead", Role.LEAD, "lea", PASSWORD)
    with Browser(str(client.base_url)) as browser:
        signed_in(browser, login, PASSWORD)
        for path in CONSOLE:
            with reading(shared, served=True) as reads:
                answer = browser.get(path)
            assert answer.status_code in (200, 404), path
            check(reads, path)


def test_requests_about_pictures_are_found_without_reading_those_decided(
    shared: House, client: httpx.Client
) -> None:
    with Browser(str(client.base_url)) as browser:
        signed_in(browser, "admin", PASSWORD)
        with reading(shared, served=True) as reads:
            assert browser.get("/pictures").status_code == 200
        check(reads, "/pictures")


def check(reads: Reads, *what: object) -> None:
    assert reads.asked, what
    assert reads.scanned() <= SMALL, what
    assert reads.walked() <= SMALL, what


def test_no_page_of_an_organisation_reads_a_table_that_grows(
    shared: House, client: httpx.Client
) -> None:
    with Browser(str(client.base_url)) as browser:
        signed_in(browser, "admin", PASSWORD)
        for path in ADMINISTRATED:
            with reading(shared, served=True) as reads:
                answer = browser.get(path)
            assert answer.status_code == 200, path
            assert reads.scanned() <= SMALL, path
            assert reads.walked() <= SMALL | {"people", "devices"}, path
