"""The page over a real socket: who gets in, and what everybody else is told."""

import socket
import time

import pytest

from agent.page.gate import TICKET_S, Gate
from agent.page.server import BODY_MAX_BYTES, THREADS_MAX
from tests.agent.page.agent_loop import AgentLoop, screenshot
from tests.agent.page.client import Client, client_of

PRIVATE = ("/now", "/day", "/receipts", "/consents", "/sample", "/pictures/1")
PUBLIC = (
    "/",
    "/page.css",
    "/page.js",
    "/live.js",
    "/pictures.js",
    "/sample.js",
    "/elements.js",
    "/mark.svg",
)


@pytest.fixture
def stranger(agent: AgentLoop) -> Client:
    return client_of(agent.page.address())


@pytest.fixture
def client(stranger: Client) -> Client:
    assert stranger.enter().status == 200
    return stranger


@pytest.mark.parametrize("path", PUBLIC)
def test_the_document_and_its_scripts_say_nothing_and_load_nothing_from_elsewhere(
    stranger: Client, path: str
) -> None:
    answer = stranger.ask("GET", path)
    assert answer.status == 200
    policy = answer.fields["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert answer.fields["Cache-Control"] == "no-store"
    assert b"Robin" not in answer.body
    assert b"https://" not in answer.body


@pytest.mark.parametrize("path", PRIVATE)
def test_nothing_personal_is_told_without_both_secrets(client: Client, path: str) -> None:
    cookie, key = client.fields["Cookie"], client.fields["Veritype-Key"]
    client.fields = {}
    for fields in (
        {},
        {"Cookie": cookie},
        {"Veritype_Key": key},
        {"Cookie": cookie, "Veritype_Key": "x" * 43},
        {"Cookie": f"veritype-{client.port}={'x' * 43}", "Veritype_Key": key},
        {"Cookie": cookie.replace(str(client.port), "1"), "Veritype_Key": key},
        {"Cookie": "\x01;;=", "Veritype_Key": key},
    ):
        answer = client.ask("GET", path, **fields)
        assert answer.status == 403, fields
        assert set(answer.json()) == {"error"}


def test_a_ticket_works_once(stranger: Client) -> None:
    answer = stranger.enter()
    assert "HttpOnly" in answer.fields["Set-Cookie"]
    assert "SameSite=Strict" in answer.fields["Set-Cookie"]
    again = Client(stranger.port, stranger.ticket)
    assert again.enter().status == 403
    assert Client(stranger.port, "").enter().status == 403
    assert stranger.ask("GET", "/now").status == 200


def test_another_user_who_read_the_address_gets_nothing_and_uses_nothing_up(
    stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("agent.page.server.is_foreign", lambda *_: True)
        assert stranger.enter().status == 403
    assert stranger.enter().status == 200


def test_a_ticket_gets_too_old() -> None:
    now_s = 0.0
    gate = Gate(lambda: now_s)
    ticket = gate.ticket()
    now_s = TICKET_S + 1
    assert gate.enter(ticket) is None


@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1", "127.0.0.1:1", ""])
def test_a_name_that_was_rebound_to_this_machine_gets_nothing(client: Client, host: str) -> None:
    for path in (*PUBLIC, *PRIVATE):
        assert client.ask("GET", path, Host=host).status == 421
    assert client.ask("POST", "/do", b'{"do":"pause"}', Host=host).status == 421


@pytest.mark.parametrize(
    "fields",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Content_Type": "text/plain"},
    ],
)
def test_another_page_can_do_nothing(
    client: Client, agent: AgentLoop, fields: dict[str, str]
) -> None:
    assert client.ask("POST", "/do", b'{"do":"pause"}', **fields).status == 403
    assert [request.do for request in agent.asked] == []


def test_doing_needs_both_secrets_too(stranger: Client, agent: AgentLoop) -> None:
    assert stranger.do(do="pause").status == 403
    assert agent.asked == []


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/../server.py",
        "/%2e%2e/server.py",
        "/static/page.css",
        "/pictures/../now",
    ],
)
def test_an_unknown_path_is_no_file(client: Client, path: str) -> None:
    answer = client.ask("GET", path)
    assert answer.status in (404, 409)
    assert set(answer.json()) == {"error"}


def test_too_much_is_refused_before_it_is_read(client: Client) -> None:
    assert client.ask("POST", "/do", b"x" * (BODY_MAX_BYTES + 1)).status == 413
    assert client.ask("POST", "/do", b"", Content_Length="9" * 30).status == 413
    assert client.ask("POST", "/do", None, Transfer_Encoding="chunked").status == 411
    assert client.ask("GET", "/" + "x" * 70_000).status == 414
    assert client.ask("DELETE", "/now").status == 501
    assert client.ask("GET", "/now").status == 200


@pytest.mark.parametrize("body", [b"", b"[]", b'{"do":1}', b"\xff", b'{"do":"pause","x":1}'])
def test_what_is_no_order_is_refused(client: Client, body: bytes) -> None:
    assert client.ask("POST", "/do", body).status == 400


@pytest.mark.parametrize("order", [{"do": "clock-in"}, {"do": "mode", "mode": "telepathy"}])
def test_the_page_can_ask_for_no_more_than_its_buttons(
    client: Client, agent: AgentLoop, order: dict[str, object]
) -> None:
    answer = client.do(**order)
    assert answer.status == 409
    assert "does not know" in answer.json()["error"]
    assert agent.asked == []


def test_idle_connections_do_not_pile_up(client: Client) -> None:
    idle = [socket.create_connection(("127.0.0.1", client.port)) for _ in range(THREADS_MAX + 4)]
    until_s = time.monotonic() + 30
    try:
        refused = 0
        while refused < 4:
            assert time.monotonic() < until_s, "more connections than places are served"
            refused = sum(_is_closed(each) for each in idle)
    finally:
        for each in idle:
            each.close()
    while client.ask_or_none() != 200:
        assert time.monotonic() < until_s, "the places are not given back"


def _is_closed(connection: socket.socket) -> bool:
    connection.settimeout(0.05)
    try:
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def test_what_is_recorded_is_told_event_by_event(client: Client, agent: AgentLoop) -> None:
    agent.clock_in()
    agent.take_picture(screenshot())
    now = client.ask("GET", "/now?after=0").json()
    assert now["status"]["state"] == "recording"
    kinds = [event["kind"] for event in now["live"]["events"]]
    assert kinds == ["Marker", "Screenshot"]
    assert now["live"]["events"][1]["outcome"] == "taken"
    assert "digest_0" not in now["live"]["events"][1]
    later = client.ask("GET", f"/now?after={now['live']['last']}").json()
    assert later["live"]["events"] == []


def test_a_waiting_picture_is_shown_blanked_and_let_go(client: Client, agent: AgentLoop) -> None:
    agent.clock_in()
    agent.take_picture(screenshot())
    (picture,) = client.ask("GET", "/now").json()["pictures"]
    number = picture["number"]
    assert client.ask("GET", f"/pictures/{number}").body == screenshot()
    outside = client.do(do="blank", number=number, regions=[[640, 0, 5, 5]])
    assert (outside.status, "outside" in outside.json()["error"]) == (409, True)
    assert client.do(do="blank", number=number, regions=[[0, 0, 50, 50]]).status == 200
    assert client.ask("GET", f"/pictures/{number}").body != screenshot()
    assert client.do(do="release", number=number).status == 200
    assert client.do(do="blank", number=number).status == 200
    assert client.ask("GET", f"/pictures/{number}").status == 409
    assert client.ask("GET", "/now").json()["pictures"] == []


def test_hours_receipts_and_consents_are_shown(client: Client, agent: AgentLoop) -> None:
    agent.clock_in()
    assert client.ask("GET", "/day").json()["total"]["observed_s"] == 0
    agent.work(70)
    agent.acknowledge()
    receipts = client.ask("GET", "/receipts").json()
    assert receipts["sent"]["batches"] == 2
    assert receipts["sent"]["batch_bytes"] > 500
    (session,) = receipts["sessions"]
    assert (session["project"], session["batches"], session["wrong"]) == ("Essays", 2, [])
    (consent,) = client.ask("GET", "/consents").json()
    assert consent["version"] == 3
    assert "While you are clocked in, and only then" in consent["text"]


def test_coarse_pictures_are_a_choice_that_is_kept(client: Client) -> None:
    assert client.ask("GET", "/now").json()["pixelate"] is False
    assert client.do(do="pixelate", on=True).status == 200
    assert client.ask("GET", "/now").json()["pixelate"] is True


def test_an_agent_that_does_not_answer_is_told_apart(client: Client, agent: AgentLoop) -> None:
    agent.hang()
    assert client.ask("GET", "/now").status == 409


def test_the_page_ends_with_the_agent(client: Client, agent: AgentLoop) -> None:
    used = [agent.page.in_use]
    agent.page.close()
    used.append(agent.page.in_use)
    assert used == [True, False]
    with pytest.raises(ConnectionRefusedError):
        client.ask("GET", "/")
