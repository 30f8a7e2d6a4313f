"""Webhooks in the console: added, tested at a real receiver, changed, removed."""

from collections.abc import Iterator

import pytest

from server.clock import now_us
from server.installation import open_installation
from server.webhooks.delivering import Deliveries
from server.webhooks.endpoints import rules_of
from server.webhooks.posting import Poster
from tests.server.browser import Browser, first_of
from tests.server.house import House, serving
from tests.server.storages import ON_SQLITE
from tests.server.webhooks.receiver import Receiver

pytestmark = ON_SQLITE
SECRET = r'data-testid="secret">(whsec_[^<]+)<'
KINDS = ["review.decided", "session.scored"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


@pytest.fixture
def address(house: House) -> Iterator[str]:
    """A server that may send to this machine."""
    with (house.path / "server.toml").open("a") as settings:
        settings.write('webhook_plain_http = true\nwebhook_networks = "127.0.0.0/8"\n')
    with serving(house.path) as found:
        yield found


def deliver(house: House) -> None:
    """What the errand does."""
    installation = open_installation(house.path)
    poster = Poster(rules_of(installation.settings))
    errand = Deliveries(installation.store, installation.keys.sign_in_secret, poster)
    while errand.do_next(now_us()):
        pass
    errand.end()
    installation.store.close()


def test_a_webhook_is_added_tested_changed_and_removed(
    house: House, admin: Browser, receiver: Receiver
) -> None:
    page = admin.submit("/webhooks", {"url": receiver.url, "kind": KINDS}, "/webhooks").text
    secret = first_of(SECRET, page)
    (endpoint,) = house.own.endpoints(0, 2)
    at = f"/webhooks/{endpoint.id.hex()}"
    assert secret not in admin.get(at).text
    asked = admin.submit(f"{at}/test", {}, at)
    assert asked.headers["location"] == f"{at}?test=1#log"
    assert "data-waits" in admin.get(f"{at}?test=1").text
    deliver(house)
    assert [got.line.split()[0] for got in receiver.received] == ["POST"]
    told = admin.get(f"{at}?test=1").text
    assert "Delivered" in told
    assert "status 200" in told
    assert "data-waits" not in told
    admin.submit(f"{at}/change", {"url": receiver.url, "kind": KINDS[:1]}, at)
    assert {kind.value for kind in house.own.endpoints(0, 2)[0].kinds} == {"review.decided"}
    other = first_of(SECRET, admin.submit(f"{at}/secret", {}, at).text)
    assert other != secret
    admin.submit(f"{at}/pause", {}, at)
    assert "Go on sending" in admin.get(at).text
    admin.submit(f"{at}/resume", {}, at)
    assert "Pause it" in admin.get(at).text
    again = admin.submit(f"{at}/replay", {"first": "1", "last": "9"}, at)
    assert again.status_code == 303
    assert admin.submit(f"{at}/remove", {}, at).headers["location"] == "/webhooks"
    assert house.own.endpoints(0, 2) == []
    assert admin.get(at).status_code == 404


def test_what_nothing_is_sent_to_is_said_beside_what_was_typed(
    house: House, admin: Browser, receiver: Receiver
) -> None:
    for url, kinds in (("https://10.1.2.3/x", KINDS), (receiver.url, []), ("ftp://a", KINDS)):
        answer = admin.submit("/webhooks", {"url": url, "kind": kinds}, "/webhooks")
        assert answer.status_code == 400, url
        assert 'role="alert"' in answer.text
        assert f'value="{url}"' in answer.text
        assert answer.text.count(" checked") == len(kinds)
    unknown = {"url": receiver.url, "kind": "x"}
    assert admin.submit("/webhooks", unknown, "/webhooks").status_code == 404
    admin.submit("/webhooks", {"url": receiver.url, "kind": KINDS}, "/webhooks")
    at = f"/webhooks/{house.own.endpoints(0, 2)[0].id.hex()}"
    changed = admin.submit(f"{at}/change", {"url": "https://10.1.2.3/", "kind": KINDS}, at)
    assert (changed.status_code, 'value="https://10.1.2.3/"' in changed.text) == (400, True)
    replayed = admin.submit(f"{at}/replay", {"first": "7", "last": "x"}, at)
    assert (replayed.status_code, 'name="first" value="7"' in replayed.text) == (400, True)


def test_a_failure_is_told_in_words(house: House, admin: Browser, receiver: Receiver) -> None:
    receiver.answer = b"HTTP/1.1 503 No\r\nContent-Length: 4\r\n\r\nbusy"
    admin.submit("/webhooks", {"url": receiver.url, "kind": KINDS}, "/webhooks")
    at = f"/webhooks/{house.own.endpoints(0, 2)[0].id.hex()}"
    admin.submit(f"{at}/test", {}, at)
    deliver(house)
    told = admin.get(at).text
    assert "not by 2xx (status 503" in told
    assert "busy" in told
    assert "Tried again" in told
    assert "Failing since" in admin.get("/webhooks").text
