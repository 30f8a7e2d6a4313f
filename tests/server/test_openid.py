"""Signing in at an organisation's own provider, good ones and bad ones."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey

from server.console import elsewhere
from server.errors import ProviderTrouble, ServerError
from server.operation.keys import load_server_keys
from server.records import Role
from server.services.administration import Administration
from server.services.invitations import Invitations
from server.services.people import Directory, operator
from server.signin import openid
from server.signin.openid import OpenId
from tests.server.browser import Browser, signed_in
from tests.server.house import PASSWORD, House
from tests.server.oidc_provider import CLIENT, SECRET, Provider, providing, shared_secret
from tests.server.storages import EMBEDDED, ON_BOTH
from tests.server.test_cli import run

Open = Callable[[], Browser]
EMAIL = "new@example.com"


@pytest.fixture
def storage() -> str:
    """One is enough: what these ask of storage is asked on both elsewhere, as in `tenancy`."""
    return EMBEDDED


@pytest.fixture(scope="module")
def served() -> Iterator[Provider]:
    with providing() as made:
        yield made


@pytest.fixture
def provider(served: Provider, house: House) -> Provider:
    """As it is when nothing is wrong, and the first organisation's."""
    good = Provider(key=served.key)
    for name in ("claims", "signing", "algorithm", "published", "token_status", "keys_body"):
        setattr(served, name, getattr(good, name))
    openid_of(house).set_provider(1, served.issuer, CLIENT, SECRET)
    return served


@pytest.fixture
def browser(address: str) -> Iterator[Open]:
    with ExitStack() as opened:
        yield lambda: opened.enter_context(Browser(address))


def openid_of(house: House) -> OpenId:
    keys = load_server_keys(house.path / "keys")
    return OpenId(house.installation.store, keys.sign_in_secret)


def away(mine: Browser, start: str = "/login/openid") -> dict[str, str]:
    """What the browser is sent to the provider with."""
    answer = mine.get(start)
    assert answer.status_code == 303, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def back(mine: Browser, provider: Provider, asked: dict[str, str]) -> httpx.Response:
    """The person said yes there."""
    address = urlsplit(provider.authorize(asked))
    assert address.path == "/login/openid/callback"
    return mine.get(f"{address.path}?{address.query}")


def goes_in(mine: Browser, provider: Provider, start: str = "/login/openid") -> bool:
    answer = back(mine, provider, away(mine, start))
    inside = answer.headers.get("location") == "/"
    assert inside or answer.status_code == 403
    assert inside is (mine.get("/sessions").status_code == 200)
    return inside


def invite(house: House, email: str | None = None, organisation: int = 1) -> str:
    made = Invitations(house.installation.store)
    return made.invite(operator(organisation), Role.AUDITOR, frozenset(), email)


def test_nobody_gets_in_who_was_not_invited(
    house: House, provider: Provider, browser: Open
) -> None:
    assert "Sign in with your organisation" in browser().get("/login").text
    assert not goes_in(browser(), provider)
    assert house.rows("identities") == 0


@ON_BOTH
def test_invited_address_gets_in_and_stays_the_same_person(
    house: House, provider: Provider, browser: Open
) -> None:
    invite(house, EMAIL)
    assert goes_in(browser(), provider)
    person = house.own.person_of_login("NEW@example.com")
    assert person is not None
    assert (person.name, person.role, person.login) == ("New Person", Role.AUDITOR, EMAIL)
    # Another address later, even one that is not verified: the subject counts.
    provider.claims = {"email": "other@example.com", "email_verified": False}
    assert goes_in(browser(), provider)
    # And another subject with the same address is somebody else.
    provider.claims = {"sub": "subject-2"}
    assert not goes_in(browser(), provider)
    Directory(house.installation.store).remove(operator(1), person)
    provider.claims = {}
    assert not goes_in(browser(), provider)


def test_invitation_link_goes_on_at_the_provider(
    house: House, provider: Provider, browser: Open
) -> None:
    token = invite(house)
    mine = browser()
    page = mine.get(f"/invitation/{token}").text
    assert f"/login/openid?invitation={token}" in page
    provider.claims = {"email_verified": "true"}
    assert goes_in(mine, provider, f"/login/openid?invitation={token}")
    (bound,) = [p for p in house.own.people() if p.name == "New Person"]
    assert bound.login is None, "an address that nobody verified is no login"
    late = browser().get(f"/login/openid?invitation={token}")
    assert late.status_code == 404


def test_invitation_for_another_address_is_not_taken(
    house: House, provider: Provider, browser: Open
) -> None:
    token = invite(house, "somebody@example.com")
    assert not goes_in(browser(), provider, f"/login/openid?invitation={token}")
    assert house.own.person_of_login(EMAIL) is None


def test_person_whose_login_is_the_verified_address_is_bound(
    house: House, provider: Provider, browser: Open
) -> None:
    added = house.administration.add_person("Nia", Role.AUDITOR, "New@Example.com", PASSWORD)
    provider.claims = {"email_verified": False}
    assert not goes_in(browser(), provider)
    provider.claims = {}
    assert goes_in(browser(), provider)
    assert house.own.person_of_identity(provider.issuer, "subject-1") == added.person
    signed_in(browser(), "New@Example.com", PASSWORD)


@ON_BOTH
def test_name_that_is_in_use_is_told_and_the_invitation_stays(
    house: House, provider: Provider, browser: Open
) -> None:
    invite(house, EMAIL)
    provider.claims = {"name": "Otto Auditor"}
    assert not goes_in(browser(), provider)
    provider.claims = {"name": " "}
    assert goes_in(browser(), provider)
    assert house.own.person_of_login(EMAIL) is not None


def other_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "one"})


WRONG: Sequence[dict[str, object]] = [
    {"claims": {"nonce": "another"}},
    {"claims": {"nonce": None}},
    {"claims": {"aud": "another"}},
    {"claims": {"aud": [CLIENT, "another"], "azp": "another"}},
    {"claims": {"iss": "https://another.example"}},
    {"claims": {"exp": int(time.time()) - 3600}},
    {"claims": {"exp": None}},
    {"claims": {"sub": None}},
    {"claims": {"sub": 5}},
    {"claims": {"sub": "x" * 300}},
    {"claims": {"sub": "a\0b"}},
    {"claims": {"name": "a\0b"}},
    {"claims": {"email": "a\0b@example.com"}},
    {"algorithm": "none"},
    {"algorithm": "HS256", "signing": "shared"},
    {"signing": "other"},
    {"keys_body": b'{"keys": []}'},
    {"keys_body": b"{}"},
    {"token_status": 400},
]


def test_half_a_surrogate_pair_is_no_name() -> None:
    # The provider of these tests cannot say it: its own encoder refuses.
    assert [openid._is_kept(each) for each in ("\ud800", "a\udfff", "\U0001f600")] == [
        False,
        False,
        True,
    ]


def test_what_does_not_hold_lets_nobody_in(house: House, provider: Provider, browser: Open) -> None:
    invite(house, EMAIL)
    for wrong in WRONG:
        right = {name: getattr(provider, name) for name in wrong}
        for name, value in wrong.items():
            made = {"shared": shared_secret, "other": other_key}.get(str(value))
            setattr(provider, name, made() if made else value)
        assert not goes_in(browser(), provider), wrong
        assert house.rows("identities") == 0
        assert house.own.person_of_login(EMAIL) is None
        for name, value in right.items():
            setattr(provider, name, value)
    assert goes_in(browser(), provider), "nothing else was wrong"


def test_answer_that_was_not_asked_for_is_refused(
    house: House, provider: Provider, browser: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    invite(house, EMAIL)
    mine = browser()
    asked = away(mine)
    stranger = browser()
    assert back(stranger, provider, asked).status_code == 403, "begun in another browser"
    assert back(mine, provider, asked | {"state": "another"}).status_code == 403
    assert back(mine, provider, asked).status_code == 403, "a state works once"
    asked = away(mine)
    assert mine.get("/login/openid/callback", params={"state": asked["state"]}).status_code == 403
    asked = away(mine)
    wrong = {"state": asked["state"], "code": "guess"}
    assert mine.get("/login/openid/callback", params=wrong).status_code == 403
    asked = away(mine)
    mixed = urlsplit(provider.authorize(asked)).query + "&iss=https://another.example"
    assert mine.get(f"/login/openid/callback?{mixed}").status_code == 403
    asked = away(mine)
    with monkeypatch.context() as patch:
        patch.setattr(elsewhere, "_KEPT_S", -1)
        assert back(mine, provider, asked).status_code == 403, "too long ago"
    assert house.rows("identities") == 0
    assert goes_in(mine, provider)


def test_provider_that_is_gone_is_told_and_passwords_work(
    house: House, provider: Provider, browser: Open
) -> None:
    mine = browser()
    for published in (
        {"issuer": "https://another.example"},
        {"token_endpoint": None},
        {"jwks_uri": "http://not-a-loopback.example/keys"},
    ):
        provider.published = published
        assert mine.get("/login/openid").status_code == 503
    provider.published = {}
    asked = away(mine)
    provider.keys_body = b"[" * 10
    assert back(mine, provider, asked).status_code == 503
    asked = away(mine)
    provider.keys_body = b"[]"
    assert back(mine, provider, asked).status_code == 503
    asked = away(mine)
    provider.keys_body = b" " * 1_000_001
    assert back(mine, provider, asked).status_code == 503
    issuer = provider.issuer
    asked = away(mine)
    house.own.set_identity_provider("http://127.0.0.1:1", CLIENT, sealed(house))
    answer = mine.get("/login/openid")
    assert answer.status_code == 503
    assert "does not answer; try again later" in answer.text
    assert "Sign in with a password" in answer.text
    assert back(mine, provider, asked).status_code == 503
    signed_in(browser(), "otto", PASSWORD)
    house.own.set_identity_provider(issuer, CLIENT, b"not sealed by us")
    assert mine.get("/login/openid").status_code == 503


def sealed(house: House) -> bytes:
    found = house.own.identity_provider()
    assert found is not None
    assert SECRET.encode() not in found.sealed_secret
    assert "sealed_secret" not in repr(found)
    return found.sealed_secret


def test_nothing_crosses_to_another_organisation(
    house: House, provider: Provider, browser: Open
) -> None:
    installation = house.installation
    other = Administration(installation.store, installation.settings)
    second = other.add_organisation("Second", "boss", PASSWORD).person.organisation
    other.add_person("Nia", Role.ADMIN, EMAIL, PASSWORD)
    token = invite(house, EMAIL, second)
    mine = browser()
    assert 'href="/login/organisation"' in mine.get("/login").text
    assert mine.get("/login/openid").status_code == 404, "which one is not said"
    assert mine.get("/login/organisation", params={"name": "Second"}).status_code == 404
    assert "Your organisation" in mine.get("/login/organisation").text
    page = mine.get("/login/organisation", params={"name": "test"}).text
    assert 'href="/login/openid?organisation=test"' in page
    assert not goes_in(mine, provider, "/login/openid?organisation=test")
    assert mine.get(f"/login/openid?invitation={token}").status_code == 404, "it has no provider"
    assert house.rows("identities") == 0
    # The same subject at the same provider is another person in each organisation.
    openid_of(house).set_provider(second, provider.issuer, CLIENT, SECRET)
    assert goes_in(mine, provider, "/login/openid?organisation=SECOND")
    assert not goes_in(browser(), provider, "/login/openid?organisation=test")
    # An invitation of one is no way into the other.
    crossed = browser()
    asked = away(crossed, f"/login/openid?invitation={invite(house)}")
    house.own.remove_identity_provider()
    assert back(crossed, provider, asked).status_code == 403


@pytest.mark.parametrize(
    "issuer", ["http://login.example.com", "login.example.com", "", "https://"]
)
def test_provider_over_plain_http_is_refused(house: House, issuer: str) -> None:
    with pytest.raises(ServerError, match="https://"):
        openid_of(house).set_provider(1, issuer, CLIENT, SECRET)


def test_provider_that_does_not_answer_is_not_set(house: House) -> None:
    with pytest.raises(ProviderTrouble):
        openid_of(house).set_provider(1, "http://127.0.0.1:1", CLIENT, SECRET)
    assert house.own.identity_provider() is None


def test_provider_from_the_command_line(served: Provider, tmp_path: Path) -> None:
    served.published = {}
    data = ("--data", str(tmp_path / "data"), "--json")
    run("init", *data)
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET + "\n")
    run("oidc", "show", *data[:2], fails=1)
    flags = ("--client-id", CLIENT, "--client-secret-file", str(secret))
    made = json.loads(run("oidc", "set", served.issuer, *flags, *data))
    assert made["callback"] == "/login/openid/callback"
    shown = run("oidc", "show", *data)
    assert json.loads(shown) == {"issuer": served.issuer, "client_id": CLIENT}
    assert SECRET not in shown
    run("oidc", "remove", *data)
    run("oidc", "remove", *data[:2], fails=1)
