"""Who is told what: the table holds, and nobody else hears of it."""

import pytest

from server.notices.audience import Audience
from server.notices.telling import Telling
from server.notices.whom import TELLINGS
from server.records import (
    Decision,
    EventKind,
    Happened,
    How,
    NewReview,
    Reviewer,
    ReviewEvent,
    ReviewHead,
    ReviewRules,
    Role,
    Stage,
    Verdict,
)
from server.records.announcements import Announcement
from tests.server.browser import Browser, signed_in
from tests.server.device import Chain
from tests.server.house import PASSWORD, SCRIPT, House
from tests.server.webhooks.happening import AT_US, happen

NEW = NewReview(How.FLAG, 1.0, 0.9, 1.0, ReviewRules(AT_US, AT_US))


@pytest.fixture
def review(house: House, chain: Chain) -> bytes:
    """The id of a review of the trainer's session."""
    entry = house.own.session(chain.session)
    assert entry is not None
    row = house.own.open_review(entry.row, NEW, AT_US)
    assert row is not None
    found = house.own.review_numbered(row)
    assert found is not None
    return found.id


def told(house: House, kind: Happened, subject: bytes) -> dict[str, str]:
    """By login, or name, where each reads of it."""
    names = {person.id: person.login or person.name for person in house.own.people()}
    found = Audience(house.own).notices_of(Announcement(1, AT_US, kind, subject.hex()))
    return {names[notice.person]: notice.path for notice in found}


def step(house: House, review: bytes, event: ReviewEvent, head: ReviewHead) -> None:
    found = house.own.review(review)
    assert found is not None
    assert house.own.step_review(found, event, head, [])


def test_each_kind_reaches_those_in_the_table(house: House, chain: Chain, review: bytes) -> None:
    house.administration.add_person("Lea Lead", Role.LEAD, "lea", PASSWORD)
    flag = f"/flags/{review.hex()}"
    assert told(house, Happened.REVIEW_OPENED, review) == {"otto": "/reviews"}
    assert told(house, Happened.STATEMENT_ASKED, review) == {"ada": flag}
    assert told(house, Happened.APPEAL_DECIDED, review) == {"ada": flag}
    assert told(house, Happened.APPEAL_OPENED, review) == {"otto": "/reviews", "lea": "/reviews"}
    assert told(house, Happened.DEADLINE_NEAR, review) == {"otto": "/reviews", "lea": "/reviews"}
    session = f"/sessions/{chain.session.hex()}"
    assert told(house, Happened.HOLD_LAPSED, chain.session) == {"ada": session}
    assert told(house, Happened.WEBHOOK_PAUSED, review) == {"admin": "/notices"}
    assert told(house, Happened.TIMESHEET_DISPUTED, review) == {"lea": "/notices"}
    assert told(house, Happened.CORRECTION_DECLINED, review) == {"lea": "/notices"}
    assert told(house, Happened.SESSION_SCORED, chain.session) == {}
    for kind, telling in TELLINGS.items():
        assert telling.subject.isascii()
        assert telling.whom
        strange = told(house, kind, bytes(16))
        assert "ada" not in strange, kind


def test_whoever_holds_a_review_is_told_of_its_deadline_alone(house: House, review: bytes) -> None:
    house.own.claim_reviews(
        Reviewer(house.auditor.id, senior=False), now_us=AT_US, until_us=AT_US + 9
    )
    path = f"/reviews/{review.hex()}"
    assert told(house, Happened.DEADLINE_NEAR, review) == {"otto": path}
    asked = ReviewEvent(
        EventKind.COMMITTED, AT_US, house.auditor.id, Verdict.ASK_TRAINER, text="why"
    )
    step(house, review, asked, ReviewHead(Stage.TRAINER, AT_US + 9))
    assert told(house, Happened.DEADLINE_NEAR, review) == {"ada": f"/flags/{review.hex()}"}
    assert "ada" in told(house, Happened.REVIEW_DECIDED, review), "who was asked hears the end"


@pytest.mark.parametrize(("verdict", "hears"), [(Verdict.KEEP, False), (Verdict.REJECT_PAY, True)])
def test_a_trainer_hears_of_a_decision_that_costs_something_and_not_of_a_look(
    house: House, review: bytes, verdict: Verdict, hears: bool
) -> None:
    house.own.claim_reviews(
        Reviewer(house.auditor.id, senior=False), now_us=AT_US, until_us=AT_US + 9
    )
    event = ReviewEvent(EventKind.COMMITTED, AT_US, house.auditor.id, verdict, text="why")
    head = ReviewHead(Stage.DECIDED, None, Decision(verdict, AT_US))
    step(house, review, event, head)
    assert ("ada" in told(house, Happened.REVIEW_DECIDED, review)) is hears


def test_a_subject_that_is_none_holds_up_nothing_behind_it(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    happen(house, kind=Happened.HOLD_LAPSED, subject="no hex")
    happen(house, kind=Happened.WEBHOOK_PAUSED)
    telling = Telling(house.installation.store, by_mail=False)
    assert telling.do_next(AT_US)
    assert not telling.do_next(AT_US)
    assert house.rows("notices") == 1
    assert "an announcement names nothing" in caplog.text


def test_the_console_shows_notices_to_their_person_until_they_were_seen(
    house: House, address: str
) -> None:
    happen(house, 2, Happened.WEBHOOK_PAUSED)
    Telling(house.installation.store, by_mail=False).do_next(AT_US)
    house.administration.add_person("Ann Admin", Role.ADMIN, "ann", PASSWORD)
    with Browser(address) as browser:
        assert browser.get("/notices").headers["location"] == "/login"
        signed_in(browser, "otto", PASSWORD)
        assert "There is nothing yet" in browser.get("/notices").text
        assert "new)" not in browser.get("/sessions").text
        assert browser.submit("/notices/read", {"up_to": "99"}, "/account").status_code == 303
    house.change("UPDATE notices SET person = :p", p=house.auditor.id)  # as if they were his
    with Browser(address) as browser:
        signed_in(browser, "otto", PASSWORD)
        assert "Notices (2 new)" in browser.get("/sessions").text
        page = browser.get("/notices").text
        assert page.count("A webhook is paused") == 2
        newest = house.own.notices(house.auditor.id, None, 1)[0].row
        browser.submit("/notices/read", {"up_to": str(newest)}, "/notices")
        assert "new)" not in browser.get("/notices").text
        assert browser.get(f"/notices?before={newest}").text.count("is paused") == 1
        for bad in ("x", "9" * 19, "-1", "²"):
            assert browser.get("/notices", params={"before": bad}).status_code == 404
    assert house.own.unread(house.auditor.id) == 0


def test_the_address_for_mail_is_set_on_the_account_page(house: House, address: str) -> None:
    with Browser(address) as browser:
        signed_in(browser, "ada", PASSWORD)
        assert "no mail is sent" in browser.get("/account").text
        refused = browser.submit("/account/mail", {"address": SCRIPT}, "/account")
        assert refused.status_code == 400
        assert SCRIPT not in refused.text
        set_up = browser.submit("/account/mail", {"address": "ada@example.com"}, "/account")
        assert set_up.headers["location"] == "/account"
        assert "Open the link that was sent to ada@example.com" in browser.get("/account").text
        assert "This is my address" in browser.get("/account/mail/guess").text
        guessed = browser.submit("/account/mail/guess", {}, "/account/mail/guess")
        assert guessed.status_code == 404
        browser.submit("/account/mail/remove", {}, "/account")
        assert "ada@example.com" not in browser.get("/account").text
