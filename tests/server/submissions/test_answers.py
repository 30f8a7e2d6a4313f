"""What a platform is answered about a submission, over real HTTP."""

import unicodedata
from typing import Any

import numpy as np
import pytest

from detector.simulation import draw_text
from server.records import Scope
from tests.server.submissions.work import Office, Work, keys_of, send, task, watched, written
from wire import events
from wire.codes import Category, InsertionHow, InsertionSeenBy
from wire.textclass import classes_of

PASTED_CHARS = 600


@pytest.fixture(scope="module")
def pasted(office: Office) -> Work:
    """Half of the text was typed, half came out of an assistant's window."""
    chain = office.clock_in()
    keys, text = keys_of(2, 600)
    at_us, tag = keys[-1].t_us + 5_000_000, 7
    length = PASTED_CHARS
    copy = events.Clipboard(at_us - 2_000_000, 1, length, 3, tag, Category.ASSISTANT, 2)
    paste = events.Insertion(
        at_us, InsertionHow.PASTE, InsertionSeenBy.SELECTION, length, 3, tag, 1
    )
    duration_ms = send(chain, [*watched(), *keys, copy, paste])
    office.score()
    foreign = written(("aaaa aaaaaaa aa aaaaa. aaa aaaaaaaaa, " * 40)[:length], 3)
    return Work(chain.session.hex(), text + foreign, duration_ms)


def of(found: dict[str, Any], origin: str) -> list[dict[str, Any]]:
    return [each for each in found["alignment"]["passages"] if each["origin"] == origin]


def test_a_text_typed_in_its_session_is_consistent(office: Office, work: Work) -> None:
    answer = office.ask("typed", work.session, text=work.text)
    found = answer.json()
    assert (answer.status_code, found["state"], found["answer"]) == (200, "answered", "consistent")
    assert (found["decided_by"], found["why"], found["number"]) == ("nobody", [], 1)
    assert found["length_chars"] == len(work.text)
    passages = found["alignment"]["passages"]
    assert [passages[0]["start"], passages[-1]["end"]] == [0, len(work.text)]
    ends = [each["end"] for each in passages[:-1]]
    assert ends == [each["start"] for each in passages[1:]]
    assert found["alignment"]["typed_chars"] > 0.9 * len(work.text)
    assert found["alignment"]["coverage"] == 1
    (evidence,) = found["evidence"]
    assert (evidence["session"], evidence["band"]) == (work.session, "consistent")
    assert evidence["model_version"]
    assert office.get(f"/{found['id']}").json() == found


def test_a_pasted_passage_is_pointed_at_with_where_it_came_from(
    office: Office, pasted: Work
) -> None:
    found = office.ask("pasted", pasted.session, text=pasted.text).json()
    assert found["answer"] == "under review"
    assert [why["code"] for why in found["why"]] == ["under_review"]
    (passage,) = of(found, "inserted")
    assert abs(passage["start"] - (len(pasted.text) - PASTED_CHARS)) < 30
    assert passage["end"] == len(pasted.text)
    source = passage["inserted"]
    assert (source["how"], source["copied_in"], source["allowed"]) == ("paste", "assistant", False)
    assert source["session"] == pasted.session
    assert found["alignment"]["not_allowed_chars"] == passage["end"] - passage["start"]


def test_a_text_of_somebody_else_cannot_be_determined(office: Office, work: Work) -> None:
    _, foreign = keys_of(9, 900)
    found = office.ask("foreign", work.session, text=foreign).json()
    assert found["answer"] == "cannot determine"
    assert [why["code"] for why in found["why"]] == ["not_explained"]
    assert found["alignment"]["unexplained_chars"] > 0.8 * len(foreign)


def test_a_text_longer_than_anything_typed_cannot_be_determined(office: Office, work: Work) -> None:
    more = written(draw_text(np.random.default_rng(10), 5_000), 10)
    found = office.ask("longer", work.session, text=work.text + more).json()
    assert found["answer"] == "cannot determine"
    assert of(found, "typed")[0]["start"] == 0
    assert max(each["end"] - each["start"] for each in of(found, "unexplained")) > 3_000


def test_classes_are_as_good_as_their_text(office: Office, work: Work) -> None:
    by_text = office.ask("either", work.session, text=work.text)
    by_classes = office.ask("either", work.session, classes=classes_of(work.text))
    assert by_classes.status_code == 200
    assert by_classes.json() == by_text.json()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hebrew", "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd. " * 30),
        (
            "arabic",
            "\u0645\u0631\u062d\u0628\u0627 \u0628\u0643\u0645. " * 40,
        ),
        ("chinese", "\u4eba\u5de5\u667a\u80fd\u7684\u8bc4\u4f30\u5de5\u4f5c\u3002" * 40),
        ("emoji", "\U0001f469\u200d\U0001f4bb \U0001f600 ok. " * 40),
        ("combining", "e\u0301le\u0300ve n\u0303. " * 40),
        ("lines", "one\r\ntwo\r\n" * 40),
    ],
)
def test_any_script_is_answered_in_code_points_of_its_normal_form(
    office: Office, work: Work, name: str, text: str
) -> None:
    found = office.ask(name, work.session, text=text).json()
    normal = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    assert found["answer"] == "cannot determine"
    assert found["length_chars"] == len(normal)
    assert found["alignment"]["passages"][-1]["end"] == len(normal)


def test_only_the_named_parts_of_a_session_count(office: Office) -> None:
    keys, text = keys_of(4, 700)
    half_us = keys[-1].t_us // 2
    end_us = keys[-1].t_us + 1
    chain = office.clock_in()
    markers = [*task(1, 0, half_us), *task(2, half_us, end_us)]
    send(chain, [*watched(), *keys, *markers])
    office.score()
    session = chain.session.hex()
    whole = office.ask("whole", {"session": session, "tasks": [1, 2]}, text=text).json()
    assert whole["answer"] == "consistent", whole["why"]
    parts = [[0, half_us // 1000], [half_us // 1000, end_us // 1000 + 1]]
    timed = office.ask("timed", {"session": session, "intervals_ms": parts}, text=text).json()
    assert timed["answer"] == "consistent"
    first = office.ask("first", {"session": session, "tasks": [1]}, text=text).json()
    assert first["answer"] == "cannot determine"
    assert first["alignment"]["parts"][0]["intervals_ms"] == [[0, -(-half_us // 1000)]]
    assert of(first, "typed")[0]["start"] == 0
    assert of(first, "unexplained")[-1]["end"] == len(text)
    unknown = office.ask("no such task", {"session": session, "tasks": [3]}, text=text)
    assert unknown.status_code == 400
    unknown = office.ask("no-such-task", {"session": session, "tasks": [3]}, text=text)
    assert unknown.status_code == 409


def test_sessions_of_one_person_are_judged_together(office: Office, work: Work) -> None:
    other = office.work(5, 700)
    alone = office.ask("alone", work.session, text=work.text + other.text).json()
    assert alone["answer"] == "cannot determine"
    both = office.ask("both", work.session, other.session, text=work.text + other.text).json()
    assert both["answer"] == "consistent"
    assert [each["session"] for each in both["evidence"]] == [work.session, other.session]


def test_bands_and_reasons_need_their_own_scope(office: Office, work: Work) -> None:
    scopes = {Scope.SUBMISSIONS_WRITE, Scope.SUBMISSIONS_READ}
    key = office.key(scopes)
    found = office.ask("scoped", work.session, text=work.text, key=key).json()
    assert found["answer"] == "consistent"
    (evidence,) = found["evidence"]
    assert (evidence["band"], evidence["reasons"], evidence["model_version"]) == (None, None, None)
    assert evidence["coverage"] > 0


def test_submissions_are_listed_newest_first_page_by_page(office: Office, work: Work) -> None:
    names = [f"listed-{n}" for n in range(3)]
    for name in names:
        assert office.ask(name, work.session, text=work.text).status_code == 200
    first = office.get("?limit=2").json()
    assert [each["identifier"] for each in first["submissions"]] == names[:0:-1]
    second = office.get(f"?limit=2&cursor={first['next']}").json()
    assert second["submissions"][0]["identifier"] == names[0]
    assert second["submissions"][0]["answer"] == "consistent"
