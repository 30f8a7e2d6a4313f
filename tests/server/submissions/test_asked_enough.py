"""Each answer tells a little of what was typed: nobody learns the rest by asking on."""

import json

import pytest

from server.errors import Refusal
from server.records import Scope
from server.services.asking import Asker
from server.submissions.answering import Answering
from server.submissions.service import Submissions
from tests.server.submissions.work import Office, Work
from tests.server.tenancy.stores_submissions import new
from wire.problems import ProblemCode

MOST = 3
ASKER = Asker(1, "key:fishing", None, scopes=frozenset(Scope))


@pytest.fixture
def submissions(office: Office) -> Submissions:
    installation = office.house.installation
    answering = Answering(installation.store, installation.objects, installation.keys)
    return Submissions(installation.store, answering, MOST)


def ask(submissions: Submissions, identifier: str, session: str, text: str, **place: object) -> int:
    """Ask; the number of the answer."""
    body = {
        "identifier": identifier,
        "sessions": [{"session": session} | place],
        "classes": text,
    }
    found = submissions.ask(ASKER, json.dumps(body).encode())
    return found.submission.row


def test_variants_are_refused_and_what_was_asked_is_answered_still(
    office: Office, submissions: Submissions
) -> None:
    work = office.work(31, 300)
    rows = [ask(submissions, f"try-{n}", work.session, "aaa aa" + n * "a") for n in range(MOST)]
    part = [[0, 1_000]]
    for identifier, text, place in (
        ("try-new", "aaaaa aaa", {}),
        # The same text of another part tells something new.
        ("try-part", "aaa aa", {"intervals_ms": part}),
    ):
        with pytest.raises(Refusal, match="operator raise submissions_per_session_max") as refused:
            ask(submissions, identifier, work.session, text, **place)
        problem = refused.value.problem
        assert (problem.status, problem.code) == (409, ProblemCode.ASKED_ENOUGH)
        assert office.house.own.submission_called(identifier) is None
    assert ask(submissions, "try-0", work.session, "aaa aa") == rows[0]
    assert ask(submissions, "the-same-text", work.session, "aaa aa") > rows[-1]


def test_what_is_refused_is_a_line_in_the_audit_log_about_the_person(
    office: Office, submissions: Submissions
) -> None:
    work, own = office.work(32, 300), office.house.own
    for number in range(MOST):
        ask(submissions, f"line-{number}", work.session, "a" * (number + 1))
    with pytest.raises(Refusal):
        ask(submissions, "line-more", work.session, "aa.aa")
    lines = [
        line
        for line in own.audit_lines(0, 100_000)
        if line.action == "submission.refused" and line.subject == work.session
    ]
    assert [(line.actor, line.about) for line in lines] == [(ASKER.name, office.house.trainer.id)]


def test_it_is_refused_while_the_session_is_open_and_where_it_is_one_of_several(
    office: Office, submissions: Submissions, work: Work
) -> None:
    session = office.clock_in().session.hex()
    for number in range(MOST):
        ask(submissions, f"open-{number}", session, "a" * (number + 1))
    with pytest.raises(Refusal):
        ask(submissions, "open-more", session, "aa.aa")
    body = {
        "identifier": "of-two",
        "sessions": [{"session": office.work(33, 300).session}, {"session": session}],
        "classes": "aa.aa",
    }
    with pytest.raises(Refusal) as refused:
        submissions.ask(ASKER, json.dumps(body).encode())
    assert refused.value.problem.code is ProblemCode.ASKED_ENOUGH
    # Nothing of them waits for the errands of other tests.
    office.house.change("UPDATE submissions SET look_us = NULL WHERE identifier LIKE 'open-%'")


def test_a_platform_is_told_what_to_do(office: Office) -> None:
    most = office.house.installation.settings.submissions_per_session_max
    session, own = office.work(34, 300).session, office.house.own
    entry = own.session(bytes.fromhex(session))
    assert entry is not None
    for number in range(most):
        asked = new(entry, (number + 1).to_bytes(16, "big"), f"http-{number}")
        assert own.add_submission(asked, [entry.row])
    answer = office.ask("http-more", session, classes="aaa")
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("asked-enough")
    assert "identifier of an earlier one" in answer.json()["detail"]
    assert own.count_submissions(entry.row) == most
