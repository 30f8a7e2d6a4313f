"""The list of reviews over HTTP: nothing in it tells one kind of session from another."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import msgspec
import pytest

from server.clock import now_us
from server.records import (
    DAY_US,
    How,
    Job,
    NewReview,
    Person,
    ReviewRules,
    Role,
    StoredAssessment,
    StoredCard,
    Truth,
    Why,
)
from server.reviews.card import Card, Seen, Spot
from server.reviews.deadlines import ReviewDeadlines
from server.reviews.reviewing import OUT_OF_ORDER
from server.scoring.assessments import not_assessed
from server.scoring.assessor import DetectorAssessor
from server.scoring.facts import SessionFacts
from server.scoring.session import Scoring
from server.scoring.worker import do_next
from tests.server.browser import Browser, signed_in
from tests.server.device import Chain
from tests.server.house import PASSWORD, POLICY, House
from tests.server.kinds import Typing
from tests.server.reviews.conftest import Joining, SessionOf
from tests.server.reviews.test_flow import REASON
from tests.server.storages import ON_SQLITE
from wire.policy import AllowedUse

pytestmark = ON_SQLITE
RULES = ReviewRules(7 * DAY_US, 14 * DAY_US)
PASTED = Card(
    (
        Spot(Seen.INSERTED, 430_000, 430_000, 412, "assistant"),
        Spot(Seen.ELSEWHERE, 300_000, 420_000, None, "assistant"),
        Spot(Seen.TYPED, 500_000, 620_000, 600, "", 31),
    ),
    0.97,
)
CALM = Card(
    (
        Spot(Seen.TYPED, 0, 60_000, 300, "", 0),
        Spot(Seen.QUIET, 60_000, 180_000),
        Spot(Seen.UNOBSERVED, 200_000, 230_000),
    ),
    1.0,
)
FACTS = SessionFacts(3_600.0, 3_480.0, 60.0, 120, 0, 0, 0.1, {}, ())
Opening = Callable[..., str]


@pytest.fixture
def opening(house: House, session_of: SessionOf, joining: Joining) -> Opening:
    """Opens a review of a session with a card, of somebody new each time; its id."""
    numbers = iter(range(99))

    def make(
        how: How = How.FLAG,
        card: Card = PASTED,
        stake: float = 60.0,
        person: Person | None = None,
    ) -> str:
        own, at = house.own, next(numbers)
        trainer = person or joining(f"Trainer Zeno {at}", Role.TRAINER)
        row = session_of(trainer).row
        if how is How.CONTROL:
            assert own.mark_control(row, Truth.PASTED, "x", 1)
        listed(house, row, card, "strong" if how is How.FLAG else "consistent")
        began_us = now_us() - DAY_US // 2
        probability = 0.9731 if how is How.FLAG else None
        new = NewReview(how, 1.0, probability, stake, RULES, began_us=began_us)
        review = own.review_numbered(own.open_review(row, new, now_us()) or 0)
        assert review is not None
        return review.id.hex()

    return make


def listed(house: House, row: int, card: Card, band: str) -> None:
    """Score a session of which there is no evidence."""
    house.change(
        "INSERT INTO scoring_jobs (session, organisation, due_us, claimed_until_us, attempts, done,"
        " worker, claims) VALUES (:row, 1, 0, 9, 1, false, 'w', 1)",
        row=row,
    )
    document = msgspec.json.encode(not_assessed())
    made = StoredAssessment("model-7", "f", band, "pasted_from_assistant", document, 1)
    stored = StoredCard(msgspec.json.encode(card), card.kinds)
    job, facts = Job(1, row, 1, "w", 1, 0, Why.CLOSED), msgspec.json.encode(FACTS)
    assert house.own.finish_job(job, facts, made, None, stored)


@pytest.fixture
def otto(address: str) -> Iterator[Browser]:
    browser = Browser(address)
    yield signed_in(browser, "otto", PASSWORD)
    browser.close()


@pytest.fixture
def others(address: str, house: House) -> Iterator[dict[str, Browser]]:
    found = dict[str, Browser]()
    for name, role in (("olga", Role.AUDITOR), ("lea", Role.LEAD)):
        house.administration.add_person(name.title(), role, name, PASSWORD)
    for login in ("olga", "lea", "admin"):
        found[login] = signed_in(Browser(address), login, PASSWORD)
    yield found
    for browser in found.values():
        browser.close()


def cases(page: str) -> list[str]:
    """The items of the list, without what differs from each to each: ids and tokens."""
    items = re.findall(
        r'<li class="card case".*?</li>\s*(?=<li class="card case"|</ol>\s*\n)', page, re.S
    )
    bare = [re.sub(r'value="[^"]*"', "value", item) for item in items]
    return [re.sub(r"\(\d+\)", "()", item) for item in bare]


def claim(browser: Browser, review: str) -> str:
    answer = browser.submit("/reviews/claim", {"review": review}, "/reviews")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def say(browser: Browser, review: str, verdict: str, **more: str) -> None:
    fields = {"verdict": verdict, "spans": "", "reason": REASON, **more}
    at = f"/reviews/{review}"
    assert browser.submit(f"{at}/verdict", fields, at).status_code == 303


def test_flags_and_what_is_mixed_in_between_look_the_same(otto: Browser, opening: Opening) -> None:
    hows = (How.FLAG, How.RANDOM, How.COMPANY, How.CONTROL)
    for card in (PASTED, CALM):
        for how in hows:
            opening(how, card, stake=90.0 if card is PASTED else 10.0)
    found = cases(otto.get("/reviews").text)
    assert len(found) == 2 * len(hows)
    assert len(set(found[: len(hows)])) == len(set(found[len(hows) :])) == 1
    # Another session's card has other words in the same form.
    form = [re.sub(r">[^<]*<", "><", item) for item in found]
    assert form[0].count("<li>") - form[-1].count("<li>") == 0
    assert re.findall(r"<(\w+)([^>]*)>", form[0]) == re.findall(r"<(\w+)([^>]*)>", form[-1])


def test_the_list_tells_nothing_of_whose_when_and_what_was_found(
    house: House, otto: Browser, opening: Opening
) -> None:
    reviews = [opening(), opening(How.CONTROL)]
    page = otto.get("/reviews").text
    main = page[page.index("<main") :]
    rows = [house.own.review(bytes.fromhex(each)) for each in reviews]
    assert all(each in main for each in reviews)
    hidden = ["Zeno", "Demo", "strong", "band", "0.97", "robability", "2026", "control", 'flag"']
    for row in rows:
        assert row is not None
        assert row.session is not None
        assert row.trainer is not None
        hidden += [row.session.hex(), row.trainer.hex(), str(row.stake)]
    hidden += [project.id.hex() for project in house.own.projects()]
    assert [mark for mark in hidden if mark in main] == []
    assert "412 characters appeared at 0:07:10. Copied in an assistant&#39;s window." in main
    assert "Waits for less than a day" in main


def test_a_case_is_chosen_and_somebody_else_is_told_that_it_is_gone(
    otto: Browser, others: dict[str, Browser], opening: Opening
) -> None:
    first, second = opening(stake=90), opening(stake=10)
    assert claim(otto, second) == f"/reviews/{second}"
    assert claim(otto, first) == f"/reviews/{second}", "one case at a time"
    held = otto.get("/reviews").text
    assert "You hold a review" in held
    assert "Take it" not in held
    gone = others["olga"].submit("/reviews/claim", {"review": second}, "/reviews")
    assert (gone.status_code, "Somebody else took it" in gone.text) == (409, True)
    assert others["olga"].submit("/reviews/claim", {"review": "x"}, "/reviews").status_code == 404


def test_whoever_gave_back_too_much_reads_why_on_the_list(otto: Browser, opening: Opening) -> None:
    for _ in range(6):
        opening()
    for _ in range(5):
        at = otto.submit("/reviews/next", page="/reviews").headers["location"]
        otto.submit(f"{at}/release", {}, at)
    told = otto.submit("/reviews/next", page="/reviews")
    assert (told.status_code, "go on tomorrow" in told.text) == (409, True)


def test_what_was_chosen_and_cleared_goes_to_a_second_reviewer(
    house: House, otto: Browser, opening: Opening
) -> None:
    # So much was cleared lately that no draw asks for a second look.
    reviews = [opening(stake=90 - n) for n in range(OUT_OF_ORDER + 2)]
    claim(otto, reviews[-1])
    say(otto, reviews[-1], "keep")
    (found,) = house.own.committed_reviews(0, 9)
    (event,) = [each for each in found.events if each.verdict]
    assert (event.again, event.again_with) == (True, 1.0)
    assert found.head.decision is None


def test_a_case_opens_when_its_last_session_is_judged(
    house: House, otto: Browser, opening: Opening
) -> None:
    first, second = (opening(stake=90 - n, person=house.trainer) for n in range(2))
    assert "2 sessions of one person" in otto.get("/reviews").text
    claim(otto, second)
    assert "One of 2 sessions of one person" in otto.get(f"/reviews/{first}").text
    say(otto, first, "reject-the-pay")
    done = otto.get(f"/reviews/{first}/done").text
    assert "You hold others of this case" in done
    assert "/sessions/" not in done[done.index("<main") :]
    say(otto, second, "reject-the-pay")
    for each in (first, second):
        assert "with its score and whose it is" in otto.get(f"/reviews/{each}/done").text


def test_projects_are_chosen_by_their_rules_and_not_by_their_names(
    house: House, otto: Browser, opening: Opening
) -> None:
    opening()
    assert 'name="rules"' not in otto.get("/reviews").text, "there is nothing to choose"
    other = replace_rules(AllowedUse(ai_grammar_help=True, ai_translation=True))
    house.administration.add_project("Secret Name", other)
    page = otto.get("/reviews").text
    assert "AI is allowed for: grammar, translation." in page
    assert "Secret Name" not in page
    assert [len(cases(otto.get(f"/reviews?rules={n}").text)) for n in (0, 1, 7)] == [1, 0, 1]
    for query, count in (
        ("kind=inserted", 1),
        ("kind=quiet", 0),
        ("kind=no-such", 1),
        ("age=day", 1),
        ("age=longer", 0),
        ("age=nonsense&case=nonsense&page=x", 1),
        ("case=one", 1),
        ("case=several", 0),
        ("page=1", 0),
    ):
        assert len(cases(otto.get(f"/reviews?{query}").text)) == count, query
    assert "Nothing of this kind waits" in otto.get("/reviews?age=longer").text


def replace_rules(allowed: AllowedUse) -> bytes:
    return msgspec.json.encode(msgspec.structs.replace(POLICY, allowed=allowed))


def test_a_long_list_has_pages(otto: Browser, opening: Opening) -> None:
    for n in range(21):
        opening(stake=90 - n)
    first = otto.get("/reviews?kind=inserted")
    assert len(cases(first.text)) == 20
    assert 'href="/reviews?kind=inserted&amp;page=1"' in first.text
    assert len(cases(otto.get("/reviews?kind=inserted&page=1").text)) == 1


def test_stretches_are_ticked_and_typed(
    house: House, otto: Browser, others: dict[str, Browser], opening: Opening
) -> None:
    review = opening()
    at = claim(otto, review)
    form = {"verdict": "reject-the-pay", "reason": "copied", "stretch": "0:07:00 - 0:07:20"}
    kept = otto.submit(f"{at}/verdict", form, at)
    assert kept.status_code == 400
    assert 'value="0:07:00 - 0:07:20" checked' in kept.text
    say(otto, review, "reject-the-pay", stretch="0:07:00 - 0:07:20", spans="0:08:20 - 0:10:20")
    (found,) = house.own.committed_reviews(0, 9)
    spans = found.events[-1].spans_us
    assert spans == ((420_000_000, 440_000_000), (500_000_000, 620_000_000))
    (judged,) = house.own.judged(0)
    assert (judged.zooms, judged.replays, judged.ahead) == (0, 0, 0)
    assert judged.looked_us is not None
    quality = others["lea"].get("/reviews/quality").text
    assert "Otto Auditor" in quality


def test_what_nobody_had_the_time_for_is_counted_and_told(
    house: House, others: dict[str, Browser], opening: Opening
) -> None:
    opening()
    house.administration.policies.limit_reviews("Demo", 3)
    deadlines = ReviewDeadlines(house.installation.store)
    assert deadlines.do_next(now_us() + 15 * DAY_US)
    page = others["admin"].get("/reviews/quality").text
    row = re.search(r"<td>Demo</td>(.*?)</tr>", page, re.S)
    assert row is not None
    assert re.findall(r">(\d+)<", row[1]) == ["3", "1", "1"]
    told = [each.kind.value for each in house.own.announcements(0, 99)]
    assert "reviews.unreviewed" in told


def test_open_reviews_stand_by_name_for_who_does_not_review_them(
    house: House, otto: Browser, others: dict[str, Browser], opening: Opening
) -> None:
    opening()
    opening(How.CONTROL)
    page = others["admin"].get("/reviews/open").text
    assert "Trainer Zeno 0" in page
    assert "Trainer Zeno 1" not in page, "a control is told to nobody"
    assert "Strong evidence" in page
    assert "Waits for a reviewer" in page
    for query, found in (
        ("band=strong&age=day&kind=inserted", True),
        ("band=consistent", False),
        ("person=00", False),
        ("person=zz&project=&band=zz", True),
        ("page=1", False),
    ):
        shown = others["admin"].get(f"/reviews/open?{query}").text
        assert ('<span class="band strong">' in shown) is found, query
    assert "No review is open" in others["lea"].get("/reviews/open").text
    assert otto.get("/reviews/open").status_code == 404
    assert "/reviews/open" in others["lea"].get("/reviews").text


@pytest.fixture(scope="module")
def assessor(one_thread: None) -> DetectorAssessor:
    return DetectorAssessor()


def test_a_session_that_was_scored_before_cards_were_made_gets_one(
    chain: Chain, typing: Typing, house: House, assessor: DetectorAssessor, otto: Browser
) -> None:
    chain.send(typing(0, 190), final=True)
    installation = house.installation
    scoring = Scoring(installation.store, installation.objects, assessor, installation.keys)
    assert do_next(installation.store, scoring, "t")
    entry = house.own.session(chain.session)
    assert entry is not None
    made = house.own.card(entry.row)
    assert made is not None
    new = replace(NewReview(How.RANDOM, 0.01, 0.1, 60.0, RULES), began_us=now_us() - 5)
    if not house.own.reviews(None, 1):
        assert house.own.open_review(entry.row, new, now_us()) is not None
    house.change("UPDATE facts SET card = NULL, kinds = NULL")
    assert "without a pause of 5 seconds" in otto.get("/reviews").text
    assert house.own.card(entry.row) == made
    house.change("UPDATE facts SET card = NULL, kinds = NULL")
    house.change("UPDATE batches SET sealed = :no", no=b"no")
    assert "it is not summed up yet" in otto.get("/reviews").text
    assert house.own.card(entry.row) is None
