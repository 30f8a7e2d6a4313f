"""A trainer's own pages: what needs them, what they agreed to, receipts of their sessions."""

from collections.abc import Iterator

import msgspec
import pytest

from server.clock import now_us
from tests.server.browser import Browser, signed_in
from tests.server.device import Chain
from tests.server.house import PASSWORD, House
from tests.server.storages import ON_SQLITE
from wire.decoding import decoder_of
from wire.messages import Acknowledgement
from wire.policy import Screenshots
from wire.receipts import ReceiptFile
from wire.server_keys import KeyRing
from wire.signing import VerifyKey

pytestmark = ON_SQLITE


@pytest.fixture
def ada(address: str) -> Iterator[Browser]:
    with Browser(address) as browser:
        yield signed_in(browser, "ada", PASSWORD)


def test_a_trainer_begins_with_what_needs_them_and_others_with_the_sessions(
    ada: Browser, address: str
) -> None:
    assert ada.get("/").headers["location"] == "/me"
    assert "Nothing needs your attention" in ada.get("/me").text
    with Browser(address) as nobody:
        for path in ("/", "/me", "/me/consents", "/me/receipts"):
            assert nobody.get(path).headers["location"] == "/login"
        assert nobody.get(f"/me/receipts/{'0' * 32}").status_code == 404
        admin = signed_in(nobody, "admin", PASSWORD)
        assert admin.get("/").headers["location"] == "/overview"
        assert 'href="/me"' not in admin.get("/sessions").text


def test_what_was_agreed_to_is_listed_with_its_rules_and_what_was_new(
    ada: Browser, chain: Chain, house: House
) -> None:
    device = chain.device
    (project,) = house.own.projects()
    page = ada.get("/me/consents").text
    assert "Demo: version 1 accepted" in page
    assert "What was new" not in page
    pictures = Screenshots(interval_s=60)
    more = msgspec.structs.replace(project.policy, version=2, screenshots=pictures)
    house.own.add_policy(project.id, more, 1, "admin", now_us())
    assert device.consent(more).status_code == 200
    address = f"/agent/v1/consents/{project.id.hex()}"
    assert device.online.delete(address, headers=device.auth).status_code == 200
    page = ada.get("/me/consents").text
    assert page.index("Demo: withdrawn") < page.index("version 2") < page.index("version 1")
    assert "What was new" in page
    with Browser(str(ada.base_url)) as tim:
        signed_in(tim, "tim", PASSWORD)
        assert "Nothing yet" in tim.get("/me/consents").text


def test_receipts_are_those_that_the_device_was_given_and_hold(ada: Browser, chain: Chain) -> None:
    given = [chain.send([], start_us=n * 1_000_000, end_us=(n + 1) * 1_000_000) for n in range(3)]
    at = f"/me/receipts/{chain.session.hex()}"
    assert at in ada.get("/me/receipts").text
    answer = ada.get(at)
    assert "attachment" in answer.headers["content-disposition"]
    file = decoder_of(ReceiptFile).decode(answer.content)
    ring = KeyRing(VerifyKey(bytes.fromhex(file.server_key)), file.handovers)
    (session,) = file.sessions
    assert [line.signature for line in session.receipts] == [one.signature.hex() for one in given]
    assert not session.closed
    for line in session.receipts:
        Acknowledgement(
            bytes.fromhex(session.session),
            line.sequence,
            bytes.fromhex(line.digest),
            line.received_us,
            b"",
            0,
            bytes.fromhex(line.server_key_id),
            bytes.fromhex(line.signature),
        ).verify_by(ring)
    with Browser(str(ada.base_url)) as other:
        for login in ("tim", "admin"):
            signed_in(other, login, PASSWORD)
            assert other.get(at).status_code == 404, "receipts are for the session's own trainer"
            assert chain.session.hex() not in other.get("/me/receipts").text
