"""What a session's report may show: all that its page shows, its decision and its attestations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.clock import now_us
from server.console.contexts import SessionPage, session_page
from server.console.rendering import clock
from server.console.report_chart import Chart, chart_of
from server.console.review_wording import DECISION_TITLES
from server.console.spans import spans_text
from server.console.text_contexts import way_in
from server.console.timeline import timeline_of
from server.language import _, moment, number
from server.records import GivenAnswer, Standing, Submission
from server.services.asking import Asker
from server.services.review import Review
from server.submissions.wording import ANSWER_TITLES
from wire.attestation import payload_digest

_LISTED_MAX = 200


@dataclass(frozen=True, slots=True)
class Attested:
    """A submission's newest attestation."""

    identifier: str
    submission: str
    answer: str
    answered: str
    number: int
    check: str
    """SHA-256 of its payload, in hex."""


@dataclass(frozen=True, slots=True)
class InsertedRow:
    """An insertion, as the timeline has it."""

    when: str
    length: str
    came: str


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One session on paper. It has no chart and no insertions until it is scored."""

    session: SessionPage
    made: str
    address: str
    """Where the session's page is."""
    server: str
    chart: Chart | None
    insertions: tuple[InsertedRow, ...]
    decision: tuple[str, ...]
    attested: tuple[Attested, ...]


def report_page(review: Review, asker: Asker, session: str, server: str) -> ReportPage:
    """The context of a session's report."""
    page = session_page(review, asker, session)
    timeline = timeline_of(review, asker, session) if page.assessed else None
    return ReportPage(
        session=page,
        made=moment(now_us()),
        address=f"{server}/sessions/{session}",
        server=server,
        chart=chart_of(timeline) if timeline else None,
        insertions=_insertions(timeline["insertions"]) if timeline else (),
        decision=decision_lines(review.standing(asker, session)) if page.assessed else (),
        attested=_attested(review.answers(asker, session)) if page.assessed else (),
    )


def _insertions(found: Sequence[Mapping[str, Any]]) -> tuple[InsertedRow, ...]:
    return tuple(_inserted(each) for each in found[:_LISTED_MAX])


def _inserted(each: Mapping[str, Any]) -> InsertedRow:
    length = each["length_chars"]
    return InsertedRow(
        when=clock(each["t_ms"]),
        length=_("not seen") if length is None else number(length),
        came=way_in(each["how"], each["source"]),
    )


def decision_lines(standing: Standing) -> tuple[str, ...]:
    """How the session stands with people, in sentences."""
    said = []
    decision = standing.decision
    if decision is not None:
        said.append(_(DECISION_TITLES[decision.verdict]))
        said.append(_("Of %(when)s.", when=moment(decision.decided_us)))
        said.append(_("It is about %(stretches)s.", stretches=spans_text(decision.spans_us)))
        if decision.by_silence:
            said.append(_("Nobody decided in time, so it fell to the trainer."))
    if standing.under_review:
        said.append(_("People are looking at it, or an appeal is open."))
    elif standing.nobody_decides:
        said.append(_("Its review was closed; nobody will decide."))
    elif decision is None:
        said.append(_("No person has decided anything about it, and nobody has to."))
    return tuple(said)


def _attested(found: Sequence[tuple[Submission, GivenAnswer]]) -> tuple[Attested, ...]:
    return tuple(
        Attested(
            identifier=submission.identifier,
            submission=submission.id.hex(),
            answer=_(ANSWER_TITLES[given.answer]),
            answered=moment(given.answered_us),
            number=given.number,
            check=payload_digest(given.attestation),
        )
        for submission, given in found
    )
