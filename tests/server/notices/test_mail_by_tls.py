"""`smtp_security = "tls"`: TLS before the first word, against a real mail server."""

import logging
import ssl
from collections.abc import Iterator

import msgspec
import pytest

from server.notices.mailing import Mail
from server.notices.postman import Postman
from server.records.notices import Mailing
from tests.server.house import House
from tests.server.notices.mailbox import Mailbox, mail_server
from tests.server.notices.test_mail import (
    HOUR_US,
    an_admin_with_an_address,
    mailing,
    now,
    paused,
    settings,
)
from tests.server.storages import ON_SQLITE

pytestmark = [
    ON_SQLITE,
    # The mail server of the tests does not see that the connection was TLS from the start.
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS"),
]


@pytest.fixture
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    with mail_server(tmp_path_factory.mktemp("tls"), from_the_start=True) as box:
        yield box


def mail(house: House, box: Mailbox, trust: ssl.SSLContext, security: str = "tls") -> Mail:
    by_tls = msgspec.structs.replace(settings(box), smtp_security=security)
    return Mail(house.installation.store, Postman(by_tls, trust))


def try_all(sending: Mail, at_us: int) -> None:
    while sending.do_next(at_us):
        pass


def test_a_server_whose_certificate_holds_gets_the_mail(house: House, mailbox: Mailbox) -> None:
    mia = an_admin_with_an_address(house)
    paused(house)
    try_all(mail(house, mailbox, mailbox.trust), now())
    (got,) = mailbox.received
    assert (got["to"], got["subject"]) == ("mia@example.com", "A webhook is paused")
    assert mailing(house, mia) is Mailing.SENT


def test_a_certificate_of_nobody_trusted_is_refused_and_the_mail_goes_later(
    house: House, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    mia = an_admin_with_an_address(house)
    paused(house)
    with caplog.at_level(logging.WARNING):
        try_all(mail(house, mailbox, ssl.create_default_context()), now())
    said = [each.getMessage() for each in caplog.records if each.name.startswith("server.")]
    assert said == ["the mail server's certificate does not hold: nothing was sent"]
    assert mailbox.received == []
    assert mailing(house, mia) is Mailing.WAITING
    sending = mail(house, mailbox, mailbox.trust)
    assert not sending.do_next(now())
    try_all(sending, now() + HOUR_US)
    assert len(mailbox.received) == 1
    assert mailing(house, mia) is Mailing.SENT


def test_a_certificate_for_another_name_is_refused(
    house: House, tmp_path_factory: pytest.TempPathFactory, caplog: pytest.LogCaptureFixture
) -> None:
    mia = an_admin_with_an_address(house)
    paused(house)
    folder = tmp_path_factory.mktemp("another")
    with mail_server(folder, from_the_start=True, name="mail.example.com") as box:
        try_all(mail(house, box, box.trust), now())
    assert "certificate does not hold" in caplog.text
    assert box.received == []
    assert mailing(house, mia) is Mailing.WAITING


def test_a_port_that_speaks_no_tls_from_the_start_is_named(
    house: House, tmp_path_factory: pytest.TempPathFactory, caplog: pytest.LogCaptureFixture
) -> None:
    mia = an_admin_with_an_address(house)
    paused(house)
    with mail_server(tmp_path_factory.mktemp("starttls")) as box:
        try_all(mail(house, box, box.trust), now())
    assert "look at smtp_port and smtp_security" in caplog.text
    assert box.received == []
    assert mailing(house, mia) is Mailing.WAITING
