"""Sign-in, rights and forms of the console, over HTTP."""

import re
from collections.abc import Iterator

import httpx
import pytest

from server.records import Role
from server.scoring.assessor import DetectorAssessor
from server.scoring.session import Scoring
from server.scoring.worker import do_next
from tests.server.device import Chain, digest_parts, screenshot
from tests.server.house import PASSWORD, House
from tests.server.kinds import SignedIn, SignIn, Typing
from tests.server.storages import EMBEDDED
from wire import events
from wire.codes import DeviceFactKind, ManualReason, ObjectKind
from wire.messages import encode_message, sign_blanking
from wire.objects import object_digest
from wire.textclass import pack_classes

PNG = b"\x89PNG\r\n\x1a\n"
PICTURE, BLANKED, UNNAMED = (PNG + bytes([n] * 50) for n in range(3))


@pytest.fixture
def storage() -> str:
    """One is enough: what these ask of storage is asked on both elsewhere, as in `tenancy`."""
    return EMBEDDED


@pytest.fixture(scope="module")
def assessor(one_thread: None) -> DetectorAssessor:
    return DetectorAssessor()


@pytest.fixture
def sign_in(address: str) -> Iterator[SignIn]:
    opened: list[SignedIn] = []

    def run(login: str, password: str = PASSWORD) -> SignedIn:
        client = SignedIn(base_url=address, verify=False, timeout=120)
        opened.append(client)
        client.last = client.post(
            "/login", data={"csrf": token(client), "login": login, "password": password}
        )
        return client

    yield run
    for client in opened:
        client.close()


def token(client: httpx.Client, path: str = "/login") -> str:
    return first_of(r'name="csrf" value="([^"]+)"', client.get(path).text)


def first_of(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found is not None, pattern
    return found[1]


@pytest.fixture
def scored(chain: Chain, typing: Typing, house: House, assessor: DetectorAssessor) -> str:
    for picture in (PICTURE, BLANKED, UNNAMED):
        assert chain.device.put(chain.session, picture).status_code == 201
    pictures = [screenshot(1_000_000, PICTURE), screenshot(2_000_000, BLANKED)]
    named = (*digest_parts(BLANKED), 0, 0, 0, 0)
    blanking = events.Blanking(3_000_000, ObjectKind.IMAGE, *named)
    remote = events.DeviceFact(0, DeviceFactKind.REMOTE_DESKTOP, 1)
    chain.send([*typing(0, 190), *pictures, blanking, remote], final=True)
    assert do_next(
        house.installation.store,
        Scoring(
            house.installation.store, house.installation.objects, assessor, house.installation.keys
        ),
        "t",
    )
    return chain.session.hex()


def test_pages_need_a_sign_in(client: httpx.Client, scored: str) -> None:
    for path in ("/", "/sessions", f"/sessions/{scored}"):
        assert client.get(path).status_code == 303
    for path in (f"/sessions/{scored}/timeline.json", f"/sessions/{scored}/objects/{'0' * 64}"):
        assert client.get(path).status_code == 404


def test_notes_and_time_by_hand_are_shown_to_both_and_the_reading_is_logged(
    chain: Chain, typing: Typing, house: House, assessor: DetectorAssessor, sign_in: SignIn
) -> None:
    note, gone, unnamed = b"slow <b>page</b>", b"a blanked note", b"an unnamed note"
    for text in (note, gone, unnamed):
        assert chain.device.put(chain.session, text).status_code == 201
    written = [
        events.Attachment(at, ObjectKind.NOTE, 0, *digest_parts(text))
        for at, text in ((65_000_000, note), (2, gone))
    ]
    blanking = events.Blanking(3, ObjectKind.NOTE, *digest_parts(gone), 0, 0, 0, 0)
    by_hand = events.ManualTime(4, -3_600_000_000, 1_800, ManualReason.MEETING)
    chain.send([*typing(0, 50), *written, blanking, by_hand], final=True)
    assert do_next(
        house.installation.store,
        Scoring(
            house.installation.store, house.installation.objects, assessor, house.installation.keys
        ),
        "t",
    )
    before = house.rows("audit_log")
    for number, login in enumerate(("admin", "ada"), before + 1):
        page = sign_in(login).get(f"/sessions/{chain.session.hex()}").text
        shown = first_of(r'(?s)data-testid="notes">(.*?)</section>', page)
        assert "slow &lt;b&gt;page&lt;/b&gt;" in shown
        assert "30 min 00 s from 1:00:00 before clock-in: in a meeting" in shown
        assert "blanked note" not in page
        assert "unnamed note" not in page
        assert "Added by hand, not observed" in page
        assert house.rows("audit_log") == number


def test_submitted_texts_are_shown_by_places_and_lengths_alone(
    chain: Chain, typing: Typing, house: House, assessor: DetectorAssessor, sign_in: SignIn
) -> None:
    classes = "aaaa aaaaaaaa aaa, aa aaaaaa. aaaaa aaa ".replace(",", ".") * 8
    packed = pack_classes(classes)
    assert chain.device.put(chain.session, packed).status_code == 201
    parts = digest_parts(packed)
    sent = events.TextSubmitted(65_000_000, 1, 0, len(classes), *parts)
    lost = events.TextSubmitted(66_000_000, 2, 0, 12, *digest_parts(b"never came"))
    chain.send([*typing(0, 190), sent, lost], final=True)
    assert do_next(
        house.installation.store,
        Scoring(
            house.installation.store, house.installation.objects, assessor, house.installation.keys
        ),
        "t",
    )
    page = sign_in("admin").get(f"/sessions/{chain.session.hex()}").text
    shown = first_of(r'(?s)data-testid="texts">(.*?)</section>', page)
    assert shown.count("<tr>") == 2, "a header and the text whose classes came"
    assert f"{len(classes)}" in shown
    assert "characters from character" in shown
    assert "not known" in shown
    assert "Not counted: too little was seen." in shown
    assert "aaaa aaaa" not in page


def test_facts_about_the_device_are_shown_as_context(sign_in: SignIn, scored: str) -> None:
    page = sign_in("admin").get(f"/sessions/{scored}").text
    shown = first_of(r'(?s)data-testid="device">(.*?)</section>', page)
    assert "Seen or steered from elsewhere." in shown
    assert "no sign of guilt" in shown


def test_wrong_password_and_unknown_login_look_alike(sign_in: SignIn) -> None:
    wrong, unknown = sign_in("admin", "wrong password"), sign_in("nobody", "wrong password")
    assert wrong.last.status_code == unknown.last.status_code == 403
    assert "wrong" in wrong.last.text
    blank = re.compile(r'value="[^"]*"')
    assert blank.sub("", wrong.last.text) == blank.sub("", unknown.last.text)


def test_person_without_password_cannot_sign_in(sign_in: SignIn, house: House) -> None:
    house.administration.add_person("Pia", Role.TRAINER, None, None)
    assert sign_in("Pia", "").last.status_code == 403


def test_guessing_a_password_locks_the_login_for_a_while(sign_in: SignIn) -> None:
    statuses = [sign_in("admin", "wrong password").last.status_code for _ in range(9)]
    assert statuses == [403] * 8 + [429]
    locked = sign_in("admin").last
    assert locked.status_code == 429
    assert 0 < int(locked.headers["retry-after"]) <= 24 * 3600
    assert sign_in("ada").last.status_code == 303


def test_forms_without_the_token_are_refused(sign_in: SignIn, client: httpx.Client) -> None:
    answer = client.post("/login", data={"login": "admin", "password": PASSWORD})
    assert answer.status_code == 403
    signed_in = sign_in("admin")
    assert signed_in.post("/logout", data={"csrf": "guess"}).status_code == 403
    assert signed_in.get("/sessions").status_code == 200
    form = {"csrf": token(signed_in, "/sessions")}
    assert signed_in.post("/logout", data=form).status_code == 303
    assert signed_in.get("/sessions").status_code == 303


def test_form_of_any_size_is_not_read(client: httpx.Client) -> None:
    answer = client.post("/login", data={"login": "x" * 10_000})
    assert answer.status_code == 413


def test_cookie_is_out_of_reach_of_scripts(sign_in: SignIn) -> None:
    cookie = sign_in("admin").last.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_forged_cookie_signs_nobody_in(client: httpx.Client) -> None:
    client.cookies.set("veritype", "eyJwZXJzb24iOiAiMDAifQ==.aaaa.bbbb")
    assert client.get("/sessions").status_code == 303


def test_trainer_sees_only_own_sessions(sign_in: SignIn, scored: str, house: House) -> None:
    own, other, boss = sign_in("ada"), sign_in("tim"), sign_in("admin")
    for client, status in ((own, 200), (boss, 200), (other, 404), (sign_in("otto"), 404)):
        assert client.get(f"/sessions/{scored}").status_code == status
        assert client.get(f"/sessions/{scored}/timeline.json").status_code == status
    assert scored in own.get("/sessions").text
    assert scored not in other.get("/sessions").text


def test_trainer_and_administrator_get_the_same_evidence(sign_in: SignIn, scored: str) -> None:
    def page(login: str) -> str:
        client = sign_in(login)
        text = client.get(f"/sessions/{scored}").text
        text = text[text.index("<main") : text.index("</main>")]
        return re.sub(r'data-csrf="[^"]+"', "", text)

    assert page("ada") == page("admin")


def test_each_view_of_a_picture_is_logged_before_it_is_given(
    sign_in: SignIn, scored: str, house: House
) -> None:
    path = f"/sessions/{scored}/objects/{object_digest(PICTURE).hex()}"
    before = house.rows("audit_log")
    assert sign_in("tim").get(path).status_code == 404
    assert house.rows("audit_log") == before
    answer = sign_in("admin").get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert house.rows("audit_log") == before + 1


@pytest.mark.parametrize("picture", ["blanked", "unnamed"])
def test_picture_blanked_or_named_by_no_event_is_shown_to_nobody(
    sign_in: SignIn, scored: str, picture: str
) -> None:
    digest = object_digest({"blanked": BLANKED, "unnamed": UNNAMED}[picture]).hex()
    for login in ("ada", "admin"):
        client = sign_in(login)
        assert client.get(f"/sessions/{scored}/objects/{digest}").status_code == 404
        shots = client.get(f"/sessions/{scored}/timeline.json").json()["screenshots"]
        assert [(shot["outcome"], shot["url"] is None) for shot in shots] == [
            ("taken", False),
            ("blanked", True),
        ]


def test_what_the_trainer_blanks_after_the_end_is_blanked_for_everybody(
    sign_in: SignIn, chain: Chain, scored: str
) -> None:
    partly = PNG + bytes([9] * 50)
    client = sign_in("admin")

    def seen(picture: bytes) -> int:
        return client.get(f"/sessions/{scored}/objects/{object_digest(picture).hex()}").status_code

    def outcome() -> str:
        shots = client.get(f"/sessions/{scored}/timeline.json").json()["screenshots"]
        return f"{shots[0]['outcome']}: {shots[0]['url']}"

    assert (seen(PICTURE), seen(partly)) == (200, 404)
    blank_late(chain, PICTURE, object_digest(partly))
    assert outcome() == "not sent yet: None"
    assert chain.device.put(chain.session, partly).status_code == 201
    assert (seen(PICTURE), seen(partly)) == (404, 200)
    assert outcome().startswith("partly blanked: /sessions/")
    blank_late(chain, partly, bytes(32))
    assert (seen(PICTURE), seen(partly)) == (404, 404)
    assert outcome() == "blanked: None"


def blank_late(chain: Chain, picture: bytes, kept: bytes) -> None:
    notice = sign_blanking(
        session=chain.session,
        object_kind=ObjectKind.IMAGE,
        digest=object_digest(picture),
        kept=kept,
        blanked_us=5,
        key=chain.device.key,
    )
    device = chain.device
    path, body = "/agent/v1/blankings", encode_message(notice)
    assert device.online.post(path, content=body, headers=device.auth).status_code == 201


def test_nothing_of_an_open_session_is_shown(sign_in: SignIn, chain: Chain, typing: Typing) -> None:
    chain.send(typing(0, 190))
    session = chain.session.hex()
    assert sign_in("otto").get(f"/sessions/{session}").status_code == 404
    for login in ("ada", "admin"):
        client = sign_in(login)
        assert "nobody sees a score" in client.get(f"/sessions/{session}").text
        assert client.get(f"/sessions/{session}/timeline.json").status_code == 404


def test_names_are_escaped(sign_in: SignIn, scored: str) -> None:
    for path in ("/sessions", f"/sessions/{scored}"):
        text = sign_in("admin").get(path).text
        assert "&lt;script&gt;alert(1)" in text
        assert "<script>alert(1)" not in text


@pytest.mark.parametrize("path", ["/login", "/sessions/nope", "/nope", "/v1/nope", "/healthz"])
def test_every_answer_carries_the_security_fields(client: httpx.Client, path: str) -> None:
    fields = client.get(path).headers
    assert "default-src 'self'" in fields["content-security-policy"]
    assert "unsafe" not in fields["content-security-policy"]
    assert fields["x-content-type-options"] == "nosniff"
    assert fields["x-frame-options"] == "DENY"
    assert fields["cache-control"] == "no-store"


def test_assets_are_cached_and_compressed(client: httpx.Client) -> None:
    text = client.get("/login").text
    css = first_of(r'href="(/static/console.css\?v=\w+)"', text)
    answer = client.get(css)
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    assert client.get("/static/timeline-tables.js").headers["cache-control"] == "no-cache"
    assert client.get("/static/..%2fcli.py").status_code == 404


@pytest.mark.parametrize("before", ["-1", "x", "9" * 30, "1;--"])
def test_strange_cursors_are_refused(sign_in: SignIn, before: str) -> None:
    assert sign_in("admin").get("/sessions", params={"before": before}).status_code == 404
