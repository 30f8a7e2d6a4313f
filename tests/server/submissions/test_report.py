"""The report of a session: the facts of its page, its decision, and how to check it."""

import base64
import dataclasses
import hashlib
import json
import re
from collections.abc import Iterator
from html import unescape

import pytest

from server.console.contexts import session_page
from server.console.report_chart import WIDTH, chart_of
from server.console.report_contexts import decision_lines
from server.records import Decision, Standing, Verdict
from server.services.asking import person_asking
from server.services.review import Review
from tests.server.browser import Browser, signed_in
from tests.server.house import PASSWORD, SCRIPT
from tests.server.submissions.work import Office, Work
from wire import events
from wire.codes import DeviceFactKind, InsertionHow, InsertionSeenBy

NOT_TOLD = {"id", "started_iso", "state", "band", "code", "unit"}
"""Of a page's fields those that are no text of it."""


@pytest.fixture(scope="module")
def told(office: Office) -> Work:
    """A session of which a platform was told something, with a paste, a loss and a fact."""
    paste = (InsertionHow.PASTE, InsertionSeenBy.SELECTION, 400, 1, 0, 1)
    work = office.work(
        41,
        500,
        [
            events.Insertion(50_000_000, *paste),
            events.DeviceFact(1, DeviceFactKind.VIRTUAL_MACHINE, 1),
        ],
    )
    assert office.ask("reported", work.session, text=work.text).status_code == 200
    return work


@pytest.fixture
def trainer(office: Office) -> Iterator[Browser]:
    with Browser(str(office.client.base_url)) as browser:
        yield signed_in(browser, "ada", PASSWORD)


def report_of(browser: Browser, session: str) -> str:
    answer = browser.get(f"/sessions/{session}/report")
    assert answer.status_code == 200
    return re.sub(r"Report made [^<]*UTC", "Report made", answer.text)


def text_of(page: str) -> str:
    """What is read on a page, with single spaces."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", page)))


def texts_in(value: object, name: str = "") -> Iterator[str]:
    """Every text of a page's context."""
    if name in NOT_TOLD or value is None or isinstance(value, bool | int | float):
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from texts_in(each)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from texts_in(getattr(value, field.name), field.name)


def test_a_report_has_every_field_of_the_sessions_page(
    office: Office, told: Work, trainer: Browser
) -> None:
    installation, ada = office.house.installation, office.house.trainer
    review = Review(installation.store, installation.objects)
    page = session_page(review, person_asking(installation.store, ada), told.session)
    report = text_of(report_of(trainer, told.session))
    found = page.assessed
    assert found is not None
    reasons = [*found.reasons, *found.counter_evidence]
    of_reasons = [text for one in reasons for text in (one.text, one.means, *one.innocent)]
    fields = [*texts_in(page), *of_reasons, found.promise, found.model_version]
    assert len(fields) > 30
    assert [text for text in fields if re.sub(r"\s+", " ", text).strip() not in report] == []
    for span in found.spans:
        assert f"{span.start_ms // 60_000 % 60:02}:{span.start_ms // 1000 % 60:02}" in report
    assert "pasted, where it was copied was not seen" in report
    assert "Runs in a virtual machine." in report


def test_a_report_names_nobody_but_whose_it_is(
    office: Office, told: Work, trainer: Browser
) -> None:
    own, others = (
        report_of(trainer, told.session),
        ("Otto", "Tim Trainer", "Administrator", "Sign out"),
    )
    assert [name for name in others if name in own] == []
    with Browser(str(office.client.base_url)) as browser:
        assert report_of(signed_in(browser, "admin", PASSWORD), told.session) == own
    assert SCRIPT not in own
    assert "<script" not in own
    assert "style=" not in own


def test_a_report_has_the_check_value_that_its_commands_print(
    office: Office, told: Work, trainer: Browser
) -> None:
    report = report_of(trainer, told.session)
    id_ = office.ask("reported", told.session, text=told.text).json()["id"]
    payload = base64.b64decode(json.loads(office.get(f"/{id_}/attestation").content)["payload"])
    assert f'<code class="value">{hashlib.sha256(payload).hexdigest()}</code>' in report
    assert f"veritype verify FILE --keys {office.client.base_url}".rstrip("/") in report
    assert f"veritype-server session verify {told.session}" in report


def test_a_report_of_what_is_not_scored_or_asked_about_says_so(
    office: Office, trainer: Browser
) -> None:
    chain = office.clock_in()
    assert "It is not scored yet" in report_of(trainer, chain.session.hex())
    alone = report_of(trainer, office.work(43, 60).session)
    assert "No platform has asked about a text of this session." in alone
    assert "There is no attestation" in alone


def test_nobody_sees_a_report_who_does_not_see_the_session(office: Office, told: Work) -> None:
    with Browser(str(office.client.base_url)) as nobody:
        answer = nobody.get(f"/sessions/{told.session}/report")
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
        for login in ("tim", "otto"):
            browser = signed_in(nobody, login, PASSWORD)
            assert browser.get(f"/sessions/{told.session}/report").status_code == 404


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        (Standing(under_review=False, decision=None), "No person has decided anything"),
        (Standing(under_review=True, decision=None), "People are looking at it"),
        (Standing(under_review=False, decision=None, nobody_decides=True), "was closed"),
        (
            Standing(under_review=False, decision=Decision(Verdict.KEEP, 1, by_silence=True)),
            "Decided: the work counts and is paid. Of 1 Jan 1970, 00:00 UTC. It is about the"
            " whole session. Nobody decided in time, so it fell to the trainer.",
        ),
        (
            Standing(
                under_review=True, decision=Decision(Verdict.REJECT_PAY, 1, ((0, 60_000_000),))
            ),
            "It is about 0:00:00 to 0:01:00. People are looking at it, or an appeal is open.",
        ),
    ],
)
def test_what_people_decided_is_said_in_sentences(standing: Standing, said: str) -> None:
    assert said in " ".join(decision_lines(standing))


def test_the_chart_keeps_within_its_paper() -> None:
    band = {"start_ms": 0, "end_ms": 60_000}
    chart = chart_of(
        {
            "end_ms": 60_000,
            "spans": [band | {"kind": "insertion"}],
            "coverage": [band | {"state": "lost"}],
            "focus": [band | {"category": "task"}],
            "typing": [[15_000, 80.0], [45_000, 120.5]],
            "bucket_ms": 30_000,
            "insertions": [
                {"t_ms": 60_000, "length_chars": None},
                {"t_ms": 0, "length_chars": 5_000},
            ],
        }
    )
    assert [bar.height for bar in chart.insertions] == [6.5, 80.0]
    assert (chart.fastest, chart.longest) == (121, 5_000)
    assert chart.spans[0].width == WIDTH
    assert [tick.said for tick in chart.ticks] == ["0:00:00", "0:01:00"]
    assert chart_of(
        {"end_ms": 0, "typing": [], "bucket_ms": 5_000}
        | dict.fromkeys(("spans", "coverage", "focus", "insertions"), ())
    ).ticks
