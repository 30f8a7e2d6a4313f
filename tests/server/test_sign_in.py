"""Signing in: limits, second factors, sessions that end, passwords, forms of other sites."""

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import pyotp
import pytest

from server.clock import now_us
from server.console import signin
from server.records import Person, Role
from server.services.people import Directory, operator
from server.signin import gate, second_factor
from server.signin.gate import Gate
from server.signin.second_factor import Need, SecondFactors
from tests.server.browser import Browser, first_of
from tests.server.house import PASSWORD, House, serving
from tests.server.storages import EMBEDDED, ON_BOTH

SECRET = b"s" * 32
ANOTHER = "another long password"
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
def factors(house: House) -> SecondFactors:
    store, secret = house.installation.store, house.installation.keys.sign_in_secret
    return SecondFactors(store, Gate(store, secret), secret)


def enrolled(factors: SecondFactors, person: Person) -> tuple[pyotp.TOTP, tuple[str, ...]]:
    """A second factor that holds, enrolled two steps ago."""
    offer = factors.offer(person)
    assert offer is not None
    totp = pyotp.TOTP(offer.secret)
    taken = factors.confirm(person, totp.at(time.time() - 30), "a")
    assert taken.holds
    return totp, taken.recovery_codes


def signed_in(browser: Browser, login: str, password: str = PASSWORD) -> Browser:
    answer = browser.sign_in(login, password)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    return browser


@ON_BOTH
def test_limits_hold_over_restarts_and_for_all_nodes(house: House) -> None:
    store = house.installation.store
    for _ in range(8):
        assert Gate(store, SECRET).password("otto", "wrong", "1.1.1.1").wait_s == 0
    for node in (Gate(store, SECRET), Gate(store, SECRET)):
        assert 0 < node.password("otto", PASSWORD, "2.2.2.2").wait_s <= 300
        assert node.password("ada", PASSWORD, "2.2.2.2").person == house.trainer


def test_unknown_login_waits_like_a_known_one(house: House) -> None:
    door = Gate(house.installation.store, SECRET)
    known = [door.password("otto", "wrong", "1.1.1.1") for _ in range(10)]
    unknown = [door.password("nobody", "wrong", "2.2.2.2") for _ in range(10)]
    assert [t.wait_s > 0 for t in known] == [t.wait_s > 0 for t in unknown]


@ON_BOTH
def test_guesses_sent_side_by_side_all_count(house: House) -> None:
    door = Gate(house.installation.store, SECRET)
    with ThreadPoolExecutor(12) as pool:
        tried = list(pool.map(lambda n: door.password("otto", "wrong", f"1.1.1.{n}"), range(24)))
    assert sum(t.wait_s == 0 for t in tried) == 8


def test_address_that_guesses_many_logins_waits(house: House) -> None:
    door = Gate(house.installation.store, SECRET)
    tried = [door.password(f"l{n}", "wrong", f"2001:db8::{n:x}") for n in range(33)]
    assert [t.wait_s > 0 for t in tried] == [False] * 32 + [True], "one IPv6 network is one address"
    assert door.password("otto", PASSWORD, "2001:db8::1").wait_s > 0
    assert door.password("otto", PASSWORD, "2001:db8:0:1::1").person == house.auditor
    assert door.password("otto", PASSWORD, "not an address").person == house.auditor


def test_success_does_not_make_room_for_guesses(house: House) -> None:
    door = Gate(house.installation.store, SECRET)
    for n in range(32):
        assert door.password("ada", PASSWORD, "1.1.1.1").person, n
    waits = [door.password(f"l{n}", "wrong", "1.1.1.1").wait_s > 0 for n in range(33)]
    assert waits == [False] * 32 + [True]


@ON_BOTH
def test_window_ends_and_old_attempts_go(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    door, started = Gate(house.installation.store, SECRET), now_us()
    for _ in range(9):
        door.password("otto", "wrong", "1.1.1.1")
    assert house.rows("attempts") == 2
    monkeypatch.setattr(gate, "now_us", lambda: started + 301_000_000)
    assert door.password("otto", PASSWORD, "1.1.1.1").person == house.auditor
    monkeypatch.setattr(gate, "now_us", lambda: started + 2 * 86_400_000_000)
    door.password("new", "wrong", "9.9.9.9")
    assert house.rows("attempts") == 2, "the old ones are gone"


@ON_BOTH
def test_code_works_once_and_only_for_its_person(house: House, factors: SecondFactors) -> None:
    totp, codes = enrolled(factors, house.auditor)
    other, _ = enrolled(factors, house.trainer)
    assert factors.offer(house.auditor) is None
    assert not factors.check(house.auditor, totp.at(time.time() - 30), "a").holds, "used to enrol"
    assert not factors.check(house.auditor, other.now(), "a").holds
    code = totp.now()
    assert factors.check(house.auditor, f"{code[:3]} {code[3:]}", "a").holds
    assert not factors.check(house.auditor, code, "a").holds
    assert not factors.check(house.auditor, totp.at(time.time() - 300), "a").holds
    assert len(set(codes)) == 10
    assert factors.check(house.auditor, codes[0].upper(), "a").holds
    assert not factors.check(house.auditor, codes[0], "a").holds
    assert not factors.check(house.trainer, codes[1], "a").holds
    assert factors.codes_left(house.auditor) == 9


def test_guessing_codes_is_slow(house: House, factors: SecondFactors) -> None:
    totp, _ = enrolled(factors, house.auditor)
    tried = [factors.check(house.auditor, f"{n:06}", f"1.1.1.{n}") for n in range(9)]
    assert [t.wait_s > 0 for t in tried] == [False] * 8 + [True]
    assert not factors.check(house.auditor, totp.now(), "b").holds
    offer = factors.offer(house.trainer)
    assert offer is not None
    tried = [factors.confirm(house.trainer, f"{n:06}", f"1.1.2.{n}") for n in range(9)]
    assert [t.wait_s > 0 for t in tried] == [False] * 8 + [True]


def test_secret_is_sealed_and_another_servers_key_opens_nothing(
    house: House, factors: SecondFactors
) -> None:
    totp, _ = enrolled(factors, house.auditor)
    stored = house.own.second_factor(house.auditor.id)
    assert stored is not None
    assert totp.secret.encode() not in stored.sealed
    assert totp.secret not in repr(stored)
    store = house.installation.store
    stranger = SecondFactors(store, Gate(store, SECRET), SECRET)
    assert not stranger.check(house.auditor, totp.now(), "a").holds


@ON_BOTH
def test_factor_that_holds_is_not_replaced_by_a_second_enrolment(
    house: House, factors: SecondFactors
) -> None:
    enrolled(factors, house.auditor)
    assert not house.own.begin_second_factor(house.auditor.id, b"x")
    assert not house.own.confirm_second_factor(house.auditor.id, 1, [], 1)
    assert not factors.confirm(house.trainer, "123456", "a").holds, "none was begun"
    assert not factors.check(house.trainer, "123456", "a").holds


def test_second_factor_from_enrolment_to_removal(
    house: House, browser: Open, factors: SecondFactors
) -> None:
    mine = signed_in(browser(), "otto")
    assert "Set up a second factor" in mine.get("/account").text
    page = mine.get("/account/second-factor").text
    assert '<img class="qr" src="data:image/svg+xml' in page
    secret = first_of(r'<code class="secret">([^<]+)<', page).replace(" ", "")
    assert secret in mine.get("/account/second-factor").text.replace(" ", ""), "the same until used"
    at = "/account/second-factor"
    assert mine.submit(at, {"code": "000000"}, "/account").status_code == 403
    totp = pyotp.TOTP(secret)
    answer = mine.submit(at, {"code": totp.at(time.time() - 30)}, "/account")
    codes = re.findall(r"<li><code>([^<]+)</code>", answer.text)
    assert len(codes) == 10
    assert mine.get(at).headers["location"] == "/account"
    assert mine.submit(at, {"code": totp.now()}, "/account").headers["location"] == "/account"

    again = browser()
    assert again.sign_in("otto", PASSWORD).headers["location"] == "/login/second"
    assert again.get("/sessions").status_code == 303, "half in is not in"
    assert again.get("/login/enrol").headers["location"] == "/login"
    assert again.submit("/login/second", {"code": "nonsense"}, "/login/second").status_code == 403
    assert again.submit("/login/second", {"code": codes[0]}, "/login/second").status_code == 303
    assert again.get("/sessions").status_code == 200
    assert "9 recovery codes are left" in again.get("/account").text

    wrong = mine.submit(f"{at}/remove", {"password": "wrong"}, "/account")
    assert wrong.status_code == 403
    gone = mine.submit(f"{at}/remove", {"password": PASSWORD}, "/account")
    assert gone.headers["location"] == "/login"
    assert again.get("/sessions").status_code == 303, "every sign-in ended"
    assert not factors.enrolled(house.auditor)


def test_organisation_that_asks_for_a_second_factor_gets_it(
    house: House, browser: Open, factors: SecondFactors
) -> None:
    directory, admin = Directory(house.installation.store), operator(1)
    before = signed_in(browser(), "otto")
    trainer = signed_in(browser(), "ada")
    directory.require_second_factor(admin, required=True)
    assert before.get("/sessions").status_code == 303, "was let in by less"
    assert trainer.get("/sessions").status_code == 200
    assert before.sign_in("otto", PASSWORD).headers["location"] == "/login/enrol"
    assert before.get("/login/second").headers["location"] == "/login"
    page = before.get("/login/enrol").text
    secret = first_of(r'<code class="secret">([^<]+)<', page).replace(" ", "")
    wrong = before.submit("/login/enrol", {"code": "000000"}, "/login/enrol")
    assert wrong.status_code == 403
    code = {"code": pyotp.TOTP(secret).now()}
    assert "Recovery codes" in before.submit("/login/enrol", code, "/login/enrol").text
    assert before.get("/sessions").status_code == 200
    directory.set_role(admin, house.trainer, Role.AUDITOR)
    assert trainer.get("/sessions").status_code == 303
    directory.require_second_factor(admin, required=False)
    assert factors.need(house.trainer) is Need.NOTHING


def test_half_a_sign_in_is_soon_over(
    house: House, browser: Open, factors: SecondFactors, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrolled(factors, house.auditor)
    mine = browser()
    mine.sign_in("otto", PASSWORD)
    assert mine.get("/login/second").status_code == 200
    token = mine.token("/login/second")
    later(monkeypatch, 601)
    assert mine.get("/login/second").status_code == 303
    for path in ("/login/second", "/login/enrol"):
        answer = mine.post(path, data={"csrf": token, "code": "1"})
        assert answer.headers["location"] == "/login"


def later(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    """The console's clock goes on."""

    class Clock:
        @staticmethod
        def time() -> float:
            return time.time() + seconds

    monkeypatch.setattr(signin, "time", Clock)


def test_sign_in_ends_when_idle_and_at_the_latest_when_its_time_is_up(
    browser: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle = signed_in(browser(), "otto")
    later(monkeypatch, 59 * 60)
    assert idle.get("/sessions").status_code == 200
    later(monkeypatch, 118 * 60)
    assert idle.get("/sessions").status_code == 200, "a request in between counts"
    later(monkeypatch, 179 * 60)
    assert idle.get("/sessions").status_code == 303
    later(monkeypatch, 0)
    busy = signed_in(browser(), "ada")
    for hour in range(1, 14):
        later(monkeypatch, hour * 3590)
        assert (busy.get("/sessions").status_code == 200) is (hour <= 12)


def test_sign_in_ends_everywhere_by_change_of_password_removal_and_wish(
    house: House, browser: Open
) -> None:
    here, there = signed_in(browser(), "otto"), signed_in(browser(), "otto")
    fields = {"password": PASSWORD, "new": "short"}
    assert here.submit("/account/password", fields, "/account").status_code == 400
    wrong = {"password": "wrong", "new": ANOTHER}
    assert here.submit("/account/password", wrong, "/account").status_code == 403
    fields = {"password": PASSWORD, "new": ANOTHER}
    assert here.submit("/account/password", fields, "/account").status_code == 200
    assert here.get("/sessions").status_code == 200
    assert there.get("/sessions").status_code == 303
    assert there.sign_in("otto", PASSWORD).status_code == 403
    signed_in(there, "otto", ANOTHER)
    assert here.submit("/account/sign-out", None, "/account").status_code == 303
    assert there.get("/sessions").status_code == 303
    signed_in(there, "otto", ANOTHER)
    Directory(house.installation.store).remove(operator(1), house.auditor)
    assert there.get("/sessions").status_code == 303
    assert there.sign_in("otto", ANOTHER).status_code == 403


def test_guessing_the_own_password_is_slow(browser: Open) -> None:
    mine = signed_in(browser(), "otto")
    fields = {"password": "wrong", "new": ANOTHER}
    answers = [mine.submit("/account/password", fields, "/account") for _ in range(9)]
    assert [answer.status_code for answer in answers] == [403] * 8 + [429]
    waits = ["retry-after" in answer.headers for answer in answers]
    assert waits == [False] * 8 + [True]


def test_cookie_is_rotated_and_named_for_its_host(
    house: House, browser: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = browser()
    before = mine.token()
    signed_in(mine, "otto")
    assert mine.token("/sessions") != before
    monkeypatch.setenv("VERITYPE_COOKIE_SECURE", "true")
    with serving(house.path) as address, Browser(address) as secure:
        set_cookie = secure.get("/login").headers["set-cookie"]
    assert set_cookie.startswith("__Host-veritype=")
    for part in ("secure", "httponly", "samesite=lax", "path=/"):
        assert part in set_cookie.lower()
    assert "domain" not in set_cookie.lower()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_form_from_another_sites_page_is_refused(browser: Open, origin: str) -> None:
    mine = browser()
    data = {"csrf": mine.token(), "login": "otto", "password": PASSWORD}
    answer = mine.post("/login", data=data, headers={"origin": origin})
    assert answer.status_code == 403
    assert "another site" in answer.text


def test_form_from_the_public_address_is_taken(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERITYPE_PUBLIC_URL", "https://review.example.com")
    with serving(house.path) as address, Browser(address) as mine:
        data = {"csrf": mine.token(), "login": "otto", "password": PASSWORD}
        origin = {"origin": "https://review.example.com"}
        assert mine.post("/login", data=data, headers=origin).status_code == 303
        own = {"origin": address}
        data = {"csrf": mine.token("/sessions")}
        assert mine.post("/logout", data=data, headers=own).status_code == 303


def test_account_pages_need_a_sign_in(client: httpx.Client) -> None:
    for path in ("/account", "/account/second-factor", "/people"):
        assert client.get(path).headers["location"] == "/login"
    for path in ("/login/second", "/login/enrol"):
        assert client.get(path).headers["location"] == "/login"
    assert client.post("/account/sign-out").status_code == 404


def test_made_up_recovery_codes_are_easy_to_copy() -> None:
    code = second_factor._new_recovery_code()
    assert re.fullmatch(r"[2-9a-hj-km-np-z]{6}-[2-9a-hj-km-np-z]{6}", code)
