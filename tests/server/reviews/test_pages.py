"""The pages of reviewers and trainers over HTTP: blind until the verdict, everything after it."""

import html
import re
from collections.abc import Iterator

import pytest

from server.clock import now_us
from server.compaction.redacting import Redactor
from server.records import DAY_US, How, Role
from server.scoring.assessments import Assessed
from server.scoring.assessor import DetectorAssessor
from server.scoring.session import Scoring
from server.scoring.worker import do_next
from tests.server.browser import Browser, first_of, signed_in
from tests.server.device import Chain, digest_parts, screenshot
from tests.server.house import PASSWORD, House
from tests.server.kinds import Typing
from tests.server.storages import ON_SQLITE
from wire import events
from wire.codes import ObjectKind
from wire.decoding import decoder_of
from wire.objects import object_digest
from wire.textclass import pack_classes

pytestmark = ON_SQLITE
PICTURE, NOTE = b"\x89PNG\r\n\x1a\n" + bytes(50), b"slow page"
CLASSES = "aaaa aaa aaaaa. " * 12
TEXT = pack_classes(CLASSES)
REASON = "900 characters appear at once from an assistant's window, <b>and nothing</b> was typed."


@pytest.fixture(scope="module")
def assessor(one_thread: None) -> DetectorAssessor:
    return DetectorAssessor()


@pytest.fixture
def scored(chain: Chain, typing: Typing, house: House, assessor: DetectorAssessor) -> str:
    """A session with a picture and a note, and more people who may review it."""
    for data in (PICTURE, NOTE, TEXT):
        assert chain.device.put(chain.session, data).status_code == 201
    shot = screenshot(1_000_000, PICTURE)
    note = events.Attachment(65_000_000, ObjectKind.NOTE, 0, *digest_parts(NOTE))
    text = events.TextSubmitted(70_000_000, 1, 0, len(CLASSES), *digest_parts(TEXT))
    chain.send([*typing(0, 190), shot, note, text], final=True)
    installation = house.installation
    scoring = Scoring(installation.store, installation.objects, assessor, installation.keys)
    assert do_next(installation.store, scoring, "t")
    for name in ("olga", "lea"):
        role = Role.LEAD if name == "lea" else Role.AUDITOR
        house.administration.add_person(name.title(), role, name, PASSWORD)
    return chain.session.hex()


@pytest.fixture
def review(house: House, scored: str) -> str:
    """The one that opened when the flag was published."""
    (found,) = house.own.reviews(None, 2)
    assert (found.how, found.session) == (How.FLAG, bytes.fromhex(scored))
    return found.id.hex()


@pytest.fixture
def people(address: str) -> Iterator[dict[str, Browser]]:
    found = dict[str, Browser]()
    for login in ("ada", "otto", "olga", "lea", "tim", "admin"):
        found[login] = Browser(address)
    yield found
    for browser in found.values():
        browser.close()


def take(browser: Browser, login: str) -> str:
    signed_in(browser, login, PASSWORD)
    return browser.submit("/reviews/next", page="/reviews").headers["location"]


def say(browser: Browser, review: str, verdict: str, **more: str) -> int:
    at = f"/reviews/{review}"
    fields = {"verdict": verdict, "spans": "", "reason": REASON, **more}
    return browser.submit(f"{at}/verdict", fields, at).status_code


def test_a_reviewer_sees_the_evidence_and_nothing_from_which_the_rest_follows(
    house: House, people: dict[str, Browser], scored: str, review: str
) -> None:
    otto = people["otto"]
    at = take(otto, "otto")
    assert at == f"/reviews/{review}"
    entry = house.own.session(bytes.fromhex(scored))
    line = house.own.line(bytes.fromhex(scored))
    assert entry is not None
    assert line is not None
    stored = house.own.assessment(entry.row)
    assert stored is not None
    page, drawn = otto.get(at).text, otto.get(f"{at}/timeline.json")
    hidden = (
        scored,
        entry.person.hex(),
        entry.project.hex(),
        "alert(1)",
        "Demo",
        "robability",
        "does not fit",
        "Promised for",
        stored.model_version,
        line.agent_version,
        "2026",
    )
    text = otto.get(f"{at}/texts/1").text
    assert f'href="{at}/texts/1"' in page
    assert 'data-testid="shape"' in text
    stretch = otto.get(f"{at}/stretch?from_ms=0&to_ms=20000").text
    assert "keys were pressed" in stretch
    assert "own typing" not in stretch, "how they type else is not for them"
    ada = signed_in(people["ada"], "ada", PASSWORD)
    assert "own typing" in ada.get(f"/sessions/{scored}/stretch?from_ms=0&to_ms=20000").text
    replayed = ada.get(f"/sessions/{scored}/replay.bin")
    assert (otto.get(f"{at}/replay.bin").content, 200) == (replayed.content, replayed.status_code)
    for told in (page, drawn.text, text, stretch):
        assert [mark for mark in hidden if mark in told] == []
    assert not {"started_ms", "offset_min"} & set(drawn.json())
    assert drawn.json()["spans"] == []
    assert "slow page" in page
    (shot,) = drawn.json()["screenshots"]
    assert shot["url"] == f"{at}/objects/{object_digest(PICTURE).hex()}"
    assert otto.get(shot["url"]).content == PICTURE
    digest, lines = object_digest(PICTURE).hex(), house.rows("audit_log")
    said = {"looked": f"{digest}:5"}
    assert otto.submit(f"{at}/looked", said, "/reviews").status_code == 204
    assert house.rows("audit_log") == lines + 1
    assert otto.get(f"/sessions/{scored}").status_code == 404
    assert otto.get(f"/sessions/{scored}/timeline.json").status_code == 404
    assert scored not in otto.get("/sessions").text
    queue = otto.get("/reviews").text
    assert [mark for mark in hidden[:5] if mark in queue] == []


def test_each_closer_look_is_counted(house: House, people: dict[str, Browser], review: str) -> None:
    otto = people["otto"]
    at = take(otto, "otto")
    for _ in range(2):
        assert otto.get(f"{at}/stretch?from_ms=1000&to_ms=5000").status_code == 200
    assert otto.get(f"{at}/replay.bin").status_code == 200
    assert say(otto, review, "keep") == 303
    (judged,) = house.own.judged(0)
    assert (judged.zooms, judged.replays) == (2, 1)


def test_a_reviewer_is_told_what_was_deleted_and_not_when(
    people: dict[str, Browser], house: House, scored: str, review: str
) -> None:
    """Of a session whose review opened after its classes had gone: by an appeal, say."""
    installation, otto = house.installation, people["otto"]
    redactor = Redactor(installation.store, installation.objects, installation.keys)
    assert redactor.redact(1, 1, now_us())
    at = take(otto, "otto")
    assert at == f"/reviews/{review}"
    page = otto.get(at).text
    assert 'data-testid="redacted">Since then the record of which kind of key' in page
    assert otto.get(f"{at}/timeline.json").json()["intervals"]
    text = otto.get(f"{at}/texts/1").text
    assert "The shape is no longer here: it was deleted, as the rules on keeping say." in text
    assert 'data-testid="shape"' not in text
    assert " UTC" not in text
    ada = signed_in(people["ada"], "ada", PASSWORD).get(f"/sessions/{scored}/texts/1").text
    assert "it was deleted on" in ada


def test_everything_is_shown_after_the_verdict_and_to_the_trainer_all_along(
    people: dict[str, Browser], scored: str, review: str
) -> None:
    def main_of(browser: Browser) -> str:
        text = browser.get(f"/sessions/{scored}").text
        text = text[text.index("<main") : text.index("</main>")]
        return re.sub(r'data-csrf="[^"]+"', "", text)

    ada, otto = signed_in(people["ada"], "ada", PASSWORD), people["otto"]
    before = main_of(ada)
    take(otto, "otto")
    assert say(otto, review, "reject-the-pay", spans="0:00:01 - 0:02:00\n\n") == 303
    assert main_of(otto) == main_of(ada) == before
    looked = otto.submit(f"/reviews/{review}/looked", {"looked": f"{'0' * 64}:1"}, "/reviews")
    assert looked.status_code == 204, "the page is left after the verdict"
    done = otto.get(f"/reviews/{review}/done").text
    assert "You: Reject the pay, 0:00:01 to 0:02:00" in done
    assert "&lt;b&gt;and nothing" in done
    assert "Not decided yet" in done
    assert otto.get(f"/reviews/{review}").status_code == 404, "it is no longer theirs"
    olga = people["olga"]
    assert take(olga, "olga") == f"/reviews/{review}"
    assert "Reject the pay, 0:00" not in olga.get(f"/reviews/{review}").text
    assert olga.get(f"/reviews/{review}/done").status_code == 404
    assert say(olga, review, "reject-the-pay") == 303
    assert "Reviewer 1: Reject the pay" in olga.get(f"/reviews/{review}/done").text
    assert "this is not paid. About 0:00:01 to 0:02:00" in olga.get(f"/reviews/{review}/done").text
    assert review in otto.get("/reviews").text


def test_a_form_that_is_filled_in_wrongly_says_so_and_keeps_what_was_written(
    people: dict[str, Browser], review: str
) -> None:
    otto = people["otto"]
    at = take(otto, "otto")
    for wrong, why in (
        ({"verdict": "hang-them"}, "Choose one of the verdicts."),
        ({"spans": "from nine to five"}, "Line 1 is no stretch"),
        ({"spans": "0:00:01 - 0:00:02\n0:09:00 - 0:04:00"}, "line 2 ends before it begins"),
        ({"reason": "copied"}, "in at least 40 characters"),
    ):
        fields = {"verdict": "keep", "spans": "", "reason": REASON, **wrong}
        answer = otto.submit(f"{at}/verdict", fields, at)
        assert answer.status_code == 400
        assert why in answer.text
        kept = wrong.get("spans") or wrong.get("reason")
        assert kept is None or kept in answer.text
    assert otto.submit(f"{at}/release", {}, at).headers["location"] == "/reviews"
    assert otto.submit("/reviews/next", page="/reviews").headers["location"] == "/reviews"


def test_a_first_reviewer_sees_the_name_only_where_the_project_says_so(
    house: House, people: dict[str, Browser], review: str
) -> None:
    house.change("UPDATE reviews SET blind_first = false")
    otto, olga = people["otto"], people["olga"]
    assert "Ada &lt;script&gt;" in otto.get(take(otto, "otto")).text
    assert say(otto, review, "exclude-the-data") == 303
    assert "Ada" not in olga.get(take(olga, "olga")).text
    assert say(olga, review, "exclude-the-data") == 303
    (found,) = house.own.committed_reviews(0, 9)
    verdicts = [event for event in found.events if event.verdict]
    assert [event.may_evaluate for event in verdicts] == [False, True]


def test_a_trainer_answers_and_appeals_on_their_own_pages(
    house: House, people: dict[str, Browser], scored: str, review: str
) -> None:
    ada, otto, olga = (people[name] for name in ("ada", "otto", "olga"))
    signed_in(ada, "ada", PASSWORD)
    assert review in ada.get("/flags").text
    assert ada.submit("/hours/zone", {"zone": "Asia/Kolkata"}, "/hours").status_code == 303
    started = ada.get("/me").text
    assert "Nothing needs your attention" in started
    assert "Your session waits for reviewers" in started
    at = f"/flags/{review}"
    assert scored in ada.get(at).text
    take(otto, "otto")
    places = first_of(r'<ol class="places">(.*?)</ol>', ada.get(at).text)
    seen = re.findall(r"<li>(.*?)(?: <button|</li>)", otto.get(f"/reviews/{review}").text)
    assert re.findall(r"<li>(.*?)</li>", places) == seen[: len(re.findall("<li>", places))]
    said = {"text": "I typed it from <i>paper</i>."}
    assert ada.submit(f"{at}/statement", said, at).headers["location"] == at
    assert "&lt;i&gt;paper" in ada.get(at).text
    assert "&lt;i&gt;paper" in otto.get(f"/reviews/{review}").text
    assert "no decision here" in ada.submit(f"{at}/appeal", said, at).text
    assert say(otto, review, "reject-the-pay") == 303
    assert REASON[:20] not in ada.get(at).text, "not while others have yet to speak"
    take(olga, "olga")
    assert say(olga, review, "reject-the-pay") == 303
    shown = ada.get(at).text
    assert "This work is not paid." in shown
    assert "That admits nothing either." in shown
    assert "Asia/Kolkata" in shown, "a deadline is said in the reader's own zone"
    started = ada.get("/me").text
    assert "1 thing needs your attention" in started
    assert "Decided against you; you can appeal" in started
    assert shown.count(REASON[:20]) == 2
    assert "Otto" not in shown
    house.change("UPDATE reviews SET due_us = 5")
    assert "Send" not in ada.get(at).text
    assert "Nothing needs your attention" in ada.get("/me").text
    house.change("UPDATE review_events SET at_us = at_us - :gone", gone=99 * DAY_US)
    late = ada.submit(f"{at}/appeal", said, at.replace("/flags/" + review, "/flags"))
    assert (late.status_code, "The time to appeal is over." in late.text) == (409, True)
    tim = signed_in(people["tim"], "tim", PASSWORD)
    assert tim.get(at).status_code == 404
    assert "None of your sessions" in tim.get("/flags").text
    assert review not in tim.get("/me").text


def test_a_question_stands_first_on_the_trainer_s_page_until_it_is_answered(
    house: House, people: dict[str, Browser], scored: str, review: str
) -> None:
    ada, otto = signed_in(people["ada"], "ada", PASSWORD), people["otto"]
    take(otto, "otto")
    assert say(otto, review, "ask-the-trainer") == 303
    page = ada.get("/me").text
    assert page.index("You are asked to say something") < page.index("Everything of mine")
    assert "that admits nothing" in page
    assert "6 days left" in page
    flag = ada.get(f"/flags/{review}").text
    entry = house.own.session(bytes.fromhex(scored))
    assert entry is not None
    stored = house.own.assessment(entry.row)
    assert stored is not None
    found = decoder_of(Assessed).decode(stored.document)
    for reason in found.reasons:
        assert reason.means in html.unescape(flag)
    at = f"/flags/{review}"
    assert ada.submit(f"{at}/statement", {"text": "From paper."}, at).status_code == 303
    page = ada.get("/me").text
    assert "Nothing needs your attention" in page
    assert "Waiting for others" in page


def test_who_does_not_review_has_no_such_pages(people: dict[str, Browser], review: str) -> None:
    nobody = people["ada"]
    for path in ("/reviews", f"/reviews/{review}", f"/reviews/{review}/done", "/flags"):
        assert nobody.get(path).headers["location"] == "/login"
    assert nobody.get("/reviews/quality").headers["location"] == "/login"
    assert nobody.get(f"/flags/{review}").headers["location"] == "/login"
    for login in ("ada", "admin"):
        client = signed_in(people[login], login, PASSWORD)
        assert client.get("/reviews").status_code == 404
        assert client.submit("/reviews/next", page="/account").status_code == 404
        assert client.get(f"/reviews/{review}/timeline.json").status_code == 404
    lea, otto = (signed_in(people[name], name, PASSWORD) for name in ("lea", "otto"))
    assert otto.get("/reviews/quality").status_code == 404
    for client in (lea, people["admin"]):
        assert "Cohen" in client.get("/reviews/quality").text
    assert lea.get("/reviews").status_code == 200


def test_platforms_read_decisions_and_never_who_said_what(
    house: House, people: dict[str, Browser], scored: str, review: str
) -> None:
    otto = people["otto"]
    for login in ("otto", "olga"):
        take(people[login], login)
        assert say(people[login], review, "exclude-the-data", spans="0:00:01 - 0:01:00") == 303
    otto.headers["authorization"] = f"Bearer {house.platform_key}"
    found = otto.get("/v1/reviews").json()
    assert found["next"] is None
    (one,) = found["reviews"]
    assert otto.get(f"/v1/reviews/{review}").json() == one
    assert (one["session"], one["how"], one["stage"]) == (scored, "flag", "decided")
    assert one["decision"]["verdict"] == "exclude-the-data"
    assert one["decision"]["stretches"] == [{"start_s": 1.0, "end_s": 60.0}]
    assert REASON[:10] not in otto.get(f"/v1/reviews/{review}").text
    assert otto.get(f"/v1/reviews/{'0' * 32}").status_code == 404
    assert one["due_at"] is not None, "until then the trainer can appeal"
