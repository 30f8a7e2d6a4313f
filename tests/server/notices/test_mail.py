"""Notices by mail: once, to an address that is somebody's, over TLS that is verified."""

import re
import ssl
import time
from collections.abc import Iterator

import msgspec
import pytest

from server.errors import Refusal, ServerError
from server.notices import postman
from server.notices.addresses import MailAddresses
from server.notices.mailing import ATTEMPTS_MAX, CONFIRMED_WITHIN_US, Mail
from server.notices.postman import Postman
from server.notices.telling import Telling
from server.operation.config import Settings
from server.records import Happened, Role
from server.records.notices import Mailing
from tests.server.house import House
from tests.server.notices.mailbox import PASSWORD, USER, Mailbox, mail_server
from tests.server.storages import ON_SQLITE
from tests.server.webhooks.happening import happen

pytestmark = ON_SQLITE
HOUR_US = 3_600_000_000


def now() -> int:
    return time.time_ns() // 1_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    with mail_server(tmp_path_factory.mktemp("mail")) as box:
        yield box


@pytest.fixture
def mailbox(server: Mailbox) -> Mailbox:
    server.received.clear()
    server.refusal = ""
    return server


def settings(mailbox: Mailbox) -> Settings:
    return Settings(
        public_url="https://review.example.com",
        smtp_host="localhost",
        smtp_port=mailbox.port,
        smtp_user=USER,
        smtp_password=PASSWORD,
        smtp_from="veritype@example.com",
    )


@pytest.fixture
def mail(house: House, mailbox: Mailbox) -> Mail:
    return Mail(house.installation.store, Postman(settings(mailbox), mailbox.trust))


def paused(house: House, mailed: bool = True) -> None:
    """Something that administrators are told."""
    happen(house, kind=Happened.WEBHOOK_PAUSED, at_us=now())
    assert Telling(house.installation.store, by_mail=mailed).do_next(now())


def an_admin_with_an_address(house: House) -> bytes:
    made = house.administration.add_person("Mia Mail", Role.ADMIN, "mia@example.com", None)
    return made.person.id


def mailing(house: House, person: bytes) -> Mailing:
    return house.own.notices(person, None, 1)[0].mail


def test_a_notice_is_mailed_once_and_says_little(
    house: House, mail: Mail, mailbox: Mailbox
) -> None:
    mia = an_admin_with_an_address(house)
    paused(house)
    assert mail.do_next(now())
    assert mail.do_next(now()), "the first administrator has no address"
    assert not mail.do_next(now())
    (got,) = mailbox.received
    assert (got["to"], got["from"]) == ("mia@example.com", "veritype@example.com")
    assert got["subject"] == "A webhook is paused"
    assert got["auto-submitted"] == "auto-generated"
    text = got.get_content()
    assert "https://review.example.com/notices" in text
    assert not [word for word in ("Mia", "Demo", "Test", "ab" * 16) if word in str(got)]
    assert mailing(house, mia) is Mailing.SENT
    states = {mailing(house, p.id) for p in house.own.people() if p.role is Role.ADMIN}
    assert states == {Mailing.SENT, Mailing.NONE}


def test_a_mail_is_written_in_the_language_of_who_gets_it(
    house: House, mail: Mail, mailbox: Mailbox
) -> None:
    mia = an_admin_with_an_address(house)
    house.own.set_language(mia, "it")
    paused(house)
    assert mail.do_next(now())
    assert mail.do_next(now())
    (got,) = mailbox.received
    assert got["subject"] == "Un webhook è in pausa"
    assert "https://review.example.com/notices" in got.get_content()
    person = house.own.person(mia)
    assert person is not None
    MailAddresses(house.installation.store).ask(person, "mia@example.org", now())
    assert mail.do_next(now())
    assert mailbox.received[-1]["subject"] == "Conferma il tuo indirizzo e-mail"


def test_what_cannot_be_sent_now_is_tried_again_and_given_up_visibly(
    house: House, mail: Mail, mailbox: Mailbox
) -> None:
    mia = an_admin_with_an_address(house)
    paused(house)
    mailbox.refusal = "451 later"
    at_us = now()
    for _ in range(2):
        mail.do_next(at_us)
    assert mailing(house, mia) is Mailing.WAITING
    assert not mail.do_next(at_us)
    for _ in range(ATTEMPTS_MAX):
        at_us += 100 * HOUR_US
        mail.do_next(at_us)
    assert mailing(house, mia) is Mailing.GIVEN_UP
    assert house.installation.store.backlog(at_us).mail_given_up == 1
    assert mailbox.received == []


def test_a_refusal_for_good_is_not_tried_again(house: House, mail: Mail, mailbox: Mailbox) -> None:
    mia = an_admin_with_an_address(house)
    paused(house)
    mailbox.refusal = "550 nobody here"
    while mail.do_next(now()):
        pass
    assert mailing(house, mia) is Mailing.GIVEN_UP


def test_nothing_is_sent_to_a_server_that_is_not_verified_or_not_there(
    house: House, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postman, "_TIMEOUT_S", 0.3)
    mia = an_admin_with_an_address(house)
    paused(house)
    good = settings(mailbox)
    strange = ssl.create_default_context()
    store = house.installation.store
    nobody = msgspec.structs.replace(good, smtp_port=1)
    wrong = msgspec.structs.replace(good, smtp_password="another")
    plain = msgspec.structs.replace(good, smtp_security="none")
    for number, each in enumerate(
        (
            Postman(good, strange),
            Postman(nobody, mailbox.trust),
            Postman(wrong, mailbox.trust),
            Postman(plain, mailbox.trust),
            Postman(msgspec.structs.replace(good, smtp_security="tls"), mailbox.trust),
        )
    ):
        at_us = now() + number * 100 * HOUR_US
        while Mail(store, each).do_next(at_us):
            pass
        assert mailing(house, mia) is not Mailing.SENT
    assert mailbox.received == []


def test_an_address_counts_when_its_owner_opened_the_link(
    house: House, mail: Mail, mailbox: Mailbox
) -> None:
    addresses, ada, tim = MailAddresses(house.installation.store), house.trainer, house.other
    for bad in ("nobody", "a b@example.com", "a@example.com\r\nBcc: x@example.com", ""):
        with pytest.raises(ServerError):
            addresses.ask(ada, bad, now())
    addresses.ask(ada, "Ada@Example.com", now())
    with pytest.raises(ServerError, match="ten minutes"):
        addresses.ask(ada, "somebody.else@example.com", now())
    assert addresses.told_at(ada)["address"] is None
    assert mail.do_next(now())
    (got,) = mailbox.received
    assert got["to"] == "ada@example.com"
    found = re.search(r"https://review\.example\.com/account/mail/(\S+)", got.get_content())
    assert found
    for person, token, at_us in (
        (tim, found[1], now()),
        (ada, "x" * 1_000, now()),
        (ada, found[1], now() + CONFIRMED_WITHIN_US),
    ):
        with pytest.raises(Refusal):
            addresses.confirm(person, token, at_us)
    addresses.confirm(ada, found[1], now())
    assert addresses.told_at(ada)["address"] == "ada@example.com"
    with pytest.raises(Refusal):
        addresses.confirm(ada, found[1], now())
    addresses.forget(ada)
    assert addresses.told_at(ada) == {
        "address": None,
        "asked": None,
        "given_up": False,
        "own": False,
    }


def test_somebody_removed_gets_no_mail(house: House, mail: Mail, mailbox: Mailbox) -> None:
    mia = an_admin_with_an_address(house)
    paused(house)
    house.own.remove_person(mia, 1)
    while mail.do_next(now()):
        pass
    assert mailbox.received == []


def test_without_a_mail_server_nothing_waits(house: House) -> None:
    paused(house, mailed=False)
    assert not Mail(house.installation.store, Postman(Settings())).do_next(now())
    assert house.installation.store.claim_mail(now(), now() + 1) is None
