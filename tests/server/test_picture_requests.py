"""A trainer asks for a picture that was sent to be blanked; an administrator decides."""

from collections.abc import Iterator

import pytest

from server.scoring.assessor import DetectorAssessor
from server.scoring.session import Scoring
from server.scoring.worker import do_next
from tests.server.browser import Browser, first_of, signed_in
from tests.server.device import Chain, screenshot
from tests.server.house import PASSWORD, House
from tests.server.kinds import Typing
from tests.server.storages import ON_BOTH
from wire.objects import object_digest

pytestmark = ON_BOTH
PICTURES = [b"\x89PNG\r\n\x1a\n" + bytes([n]) * 50 for n in range(2)]
DIGESTS = [object_digest(each).hex() for each in PICTURES]
WHY = "A letter of <b>somebody else</b> is in view."


@pytest.fixture
def scored(chain: Chain, typing: Typing, house: House, one_thread: None) -> str:
    """A session with two pictures."""
    for data in PICTURES:
        assert chain.device.put(chain.session, data).status_code == 201
    shots = [screenshot(n * 1_000_000, data) for n, data in enumerate(PICTURES)]
    chain.send([*typing(0, 190), *shots], final=True)
    installation = house.installation
    scoring = Scoring(
        installation.store, installation.objects, DetectorAssessor(), installation.keys
    )
    assert do_next(installation.store, scoring, "t")
    return chain.session.hex()


@pytest.fixture
def people(address: str) -> Iterator[dict[str, Browser]]:
    found = {login: Browser(address) for login in ("ada", "tim", "admin")}
    for login, browser in found.items():
        signed_in(browser, login, PASSWORD)
    yield found
    for browser in found.values():
        browser.close()


def ask(browser: Browser, session: str, digest: str, reason: str = WHY) -> int:
    at = f"/me/pictures/{session}"
    fields = {"picture": digest, "reason": reason}
    return browser.submit(at, fields, "/account").status_code


def test_a_granted_request_blanks_the_picture_and_a_declined_one_says_why(
    people: dict[str, Browser], scored: str, house: House
) -> None:
    ada, tim, admin = people["ada"], people["tim"], people["admin"]
    assert scored in ada.get("/me/pictures").text
    page = ada.get(f"/me/pictures/{scored}").text
    for digest in DIGESTS:
        assert f'src="/sessions/{scored}/objects/{digest}"' in page
    assert "Nothing waits" in admin.get("/pictures").text
    assert ask(ada, scored, DIGESTS[0], "  ") == 400
    assert [ask(ada, scored, digest) for digest in DIGESTS] == [303, 303]
    assert ask(ada, scored, DIGESTS[0]) == 409, "once for each picture"
    assert "Waits for your organisation." in ada.get("/me/pictures").text
    listed = admin.get("/pictures").text
    assert listed.count("A letter of &lt;b&gt;somebody else&lt;/b&gt; is in view.") == 2
    granted, declined = (
        first_of(f"objects/{digest}.*?/pictures/(\\d+)/grant", listed.replace("\n", " "))
        for digest in DIGESTS
    )
    assert admin.submit(f"/pictures/{declined}/decline", {"answer": ""}).status_code == 400
    said = {"answer": "It is the task itself."}
    assert admin.submit(f"/pictures/{declined}/decline", said, "/pictures").status_code == 303
    assert admin.submit(f"/pictures/{granted}/grant", {"answer": ""}, "/account").status_code == 303
    assert admin.submit(f"/pictures/{granted}/decline", said, "/account").status_code == 404
    for browser in (ada, admin):
        at = f"/sessions/{scored}/objects"
        assert [browser.get(f"{at}/{digest}").status_code for digest in DIGESTS] == [404, 200]
    mine = ada.get("/me/pictures").text
    assert "shown to nobody any more" in mine
    assert "It is the task itself." in mine
    assert DIGESTS[0] not in ada.get(f"/me/pictures/{scored}").text
    shots = ada.get(f"/sessions/{scored}/timeline.json").json()["screenshots"]
    assert [shot["outcome"] for shot in shots] == ["blanked", "taken"]
    assert scored not in tim.get("/me/pictures").text


def test_nobody_else_asks_or_decides(people: dict[str, Browser], scored: str) -> None:
    ada, tim, admin = people["ada"], people["tim"], people["admin"]
    assert ask(tim, scored, DIGESTS[0]) == 404
    assert ask(admin, scored, DIGESTS[0]) == 404
    assert ask(ada, scored, "0" * 64) == 404
    assert ask(ada, scored, "no digest") == 404
    assert ask(ada, scored, DIGESTS[0]) == 303
    for browser in (ada, tim):
        assert browser.get("/pictures").status_code == 404
        answer = browser.submit("/pictures/1/grant", {"answer": "x"}, "/account")
        assert answer.status_code == 404
    assert tim.get(f"/me/pictures/{scored}").status_code == 404
