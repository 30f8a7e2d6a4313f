"""`/v1/submissions`: was this human work?"""

from typing import Annotated, Any

import msgspec
from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Query, Request, Response, Security
from pydantic.dataclasses import dataclass

from server.clock import iso_utc
from server.errors import overloaded
from server.http.bodies import too_large
from server.http.paging import PageAsked, Paging
from server.records import Answer, Scope, Submission
from server.routes.v1.asking import AskerOf
from server.routes.v1.strict import StrictRoute
from server.services.asking import Asker
from server.submissions.aligning import Aligned, AlignedPart
from server.submissions.answering import Current
from server.submissions.asked import SubmissionRequest
from server.submissions.judging import Judged, SessionEvidence
from server.submissions.service import Submissions
from server.submissions.wording import WHY
from wire import limits
from wire.dsse import Envelope

ATTESTATION_TYPE = "application/vnd.dsse.envelope.v1+json"
_REFERENCE = "#/components/schemas/{name}"
_RETRY_AFTER_S = "30"
_THREADS = 4
_WAITING_MAX = 64
_LATER_S = 5
_EXAMPLE = {
    "identifier": "task-4711",
    "sessions": [{"session": "5f3c1e0a9b7d4826a1c0ffee12345678", "tasks": [3]}],
    "text": "What the person handed in.",
    "person": "0b9d8f7e6a5c4d3e2f1a0b9c8d7e6f5a",
}


@dataclass(frozen=True, slots=True)
class InsertionOut:
    """The insertion that a passage came by; `copied_in` is the kind of window it was copied in."""

    session: str
    at_ms: int
    how: str
    copied_in: str
    allowed: bool


@dataclass(frozen=True, slots=True)
class PassageOut:
    """A range of the text with one origin: `typed`, `inserted` or `unexplained`.

    In code points of the text normalised to NFC with CR LF as one line end; `end` is exclusive.
    """

    start: int
    end: int
    origin: str
    confidence: float
    inserted: InsertionOut | None


@dataclass(frozen=True, slots=True)
class PartOut:
    """The parts of a session that the text was compared with; milliseconds from clock-in."""

    session: str
    intervals_ms: list[tuple[int, int]]
    policy_version: int


@dataclass(frozen=True, slots=True)
class AlignmentOut:
    """Where the characters came from; the passages cover the whole text."""

    length_chars: int
    typed_chars: int
    inserted_chars: int
    not_allowed_chars: int
    unexplained_chars: int
    coverage: float
    """Share of the parts that was observed, pauses left out."""
    passages: list[PassageOut]
    parts: list[PartOut]


@dataclass(frozen=True, slots=True)
class EvidenceOut:
    """A session in brief, as it was when it was answered.

    Without the scope `assessments:read` all but `session`, `policy_version` and `coverage` is null.
    """

    session: str
    policy_version: int
    coverage: float
    band: str | None
    main_reason: str | None
    reasons: list[str] | None
    counter_evidence: list[str] | None
    model_version: str | None
    features_version: str | None


@dataclass(frozen=True, slots=True)
class WhyOut:
    """One thing that the answer rests on."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class SubmissionOut:
    """A submission. All but what was asked is null until it is answered."""

    id: str
    identifier: str
    state: str
    """`pending`: a session is not closed and scored yet; or `answered`."""
    answer: Answer | None
    decided_by: str | None
    """`people`, or `nobody`: then the answer is what the evidence comes to."""
    decided_at: str | None
    why: list[WhyOut] | None
    asked_at: str
    answered_at: str | None
    number: int
    """How often it was answered: a later answer takes the place of an earlier one."""
    person: str
    project: str
    length_chars: int
    alignment: AlignmentOut | None
    evidence: list[EvidenceOut] | None


@dataclass(frozen=True, slots=True)
class SubmissionLineOut:
    """A submission in a list."""

    id: str
    identifier: str
    state: str
    answer: Answer | None
    asked_at: str
    answered_at: str | None
    person: str
    project: str


@dataclass(frozen=True, slots=True)
class SubmissionsOut:
    """A page of submissions, newest first; `next` is the cursor of the page after."""

    submissions: list[SubmissionLineOut]
    next: str | None


def _request_schema() -> dict[str, Any]:
    (schema,), parts = msgspec.json.schema_components([SubmissionRequest])
    named = {f"#/$defs/{name}": part for name, part in parts.items()}
    return dict(_inlined(schema, named))


def _inlined(schema: Any, named: dict[str, Any]) -> Any:
    """Without references: FastAPI puts it into a document of its own names."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _inlined(named[schema["$ref"]], named)
        return {key: _inlined(value, named) for key, value in schema.items()}
    return [_inlined(each, named) for each in schema] if isinstance(schema, list) else schema


def submissions_router(submissions: Submissions, asker_of: AskerOf, paging: Paging) -> APIRouter:
    """The routes about submissions."""
    router = APIRouter(prefix="/v1", tags=["submissions"], route_class=StrictRoute)
    Writer = Annotated[Asker, Security(asker_of, scopes=[Scope.SUBMISSIONS_WRITE.value])]  # noqa: N806
    Reader = Annotated[Asker, Security(asker_of, scopes=[Scope.SUBMISSIONS_READ.value])]  # noqa: N806
    room = CapacityLimiter(_THREADS)
    takes = {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _request_schema(), "example": _EXAMPLE}},
        }
    }

    @router.post(
        "/submissions",
        openapi_extra=takes,
        responses={202: {"model": SubmissionOut, "description": "A session is not scored yet."}},
    )
    async def ask(request: Request, asker: Writer, response: Response) -> SubmissionOut:
        """Ask whether a submission was human work; the same question has the same answer.

        Answered at once if its sessions are closed and scored; else 202, and it is answered when
        they are: ask `GET /v1/submissions/{id}`, or wait for the webhook `submission.answered`. The
        text is classed in memory and dropped. An identifier that was handed in with another text is
        refused (409), and so is another text about a session that was asked about too often.
        """
        body = await request.body()
        if len(body) > limits.SUBMISSION_MAX_BYTES:
            raise too_large()
        # Threads of their own: many texts at once must not hold up what others ask.
        if room.statistics().tasks_waiting >= _WAITING_MAX:
            raise overloaded(_LATER_S)
        found = await to_thread.run_sync(submissions.ask, asker, body, limiter=room)
        if found.given is None:
            response.status_code = 202
            response.headers["retry-after"] = _RETRY_AFTER_S
        return _submission_out(asker, found)

    @router.get("/submissions")
    def listed(asker: Reader, asked: Annotated[PageAsked, Depends(paging)]) -> SubmissionsOut:
        """Submissions, newest first."""
        found = submissions.listed(asker, asked.to_read, asked.after(asker, int))
        page = asked.page(asker, found, lambda one: one.row)
        return SubmissionsOut([_line_out(one) for one in page.items], page.next)

    @router.get("/submissions/{submission_id}")
    def submission(submission_id: str, asker: Reader) -> SubmissionOut:
        """One submission with its newest answer."""
        return _submission_out(asker, submissions.submission(asker, submission_id))

    @router.get(
        "/submissions/{submission_id}/attestation",
        response_class=Response,
        responses={
            200: {
                "description": "The signed statement.",
                "content": {ATTESTATION_TYPE: {"schema": msgspec.json.schema(Envelope)}},
            }
        },
    )
    def attestation(
        submission_id: str,
        asker: Reader,
        number: Annotated[int | None, Query(ge=1, lt=1 << 31)] = None,
    ) -> Response:
        """The signed statement about the newest answer, or about an earlier one by its number.

        An in-toto Statement in a DSSE envelope; docs/attestation.md says how to check it.
        """
        given = submissions.attestation(asker, submission_id, number)
        return Response(given.attestation, media_type=ATTESTATION_TYPE)

    return router


def _submission_out(asker: Asker, found: Current) -> SubmissionOut:
    submission, judged, aligned = found.submission, found.judged, found.aligned
    decided_us = judged.decided_us if judged else None
    return SubmissionOut(
        id=submission.id.hex(),
        identifier=submission.identifier,
        state=_state(submission),
        answer=judged.answer if judged else None,
        decided_by=_decided_by(judged) if judged else None,
        decided_at=iso_utc(decided_us) if decided_us is not None else None,
        why=[WhyOut(code, WHY[code]) for code in judged.why] if judged else None,
        asked_at=iso_utc(submission.asked_us),
        answered_at=iso_utc(found.given.answered_us) if found.given else None,
        number=submission.answers,
        person=submission.person.hex(),
        project=submission.project.hex(),
        length_chars=submission.length_chars,
        alignment=_alignment_out(aligned, submission.length_chars) if aligned else None,
        evidence=[_evidence_out(asker, one) for one in judged.sessions] if judged else None,
    )


def _state(submission: Submission) -> str:
    return "answered" if submission.answers else "pending"


def _decided_by(judged: Judged) -> str:
    return "people" if judged.decided_by_people else "nobody"


def _alignment_out(aligned: Aligned, length_chars: int) -> AlignmentOut:
    return AlignmentOut(
        length_chars=length_chars,
        typed_chars=aligned.typed_chars,
        inserted_chars=aligned.inserted_chars,
        not_allowed_chars=aligned.not_allowed_chars,
        unexplained_chars=aligned.unexplained_chars,
        coverage=aligned.coverage,
        passages=[_passage_out(part) for part in aligned.parts],
        parts=[
            PartOut(place.session, list(place.intervals_ms), place.policy_version)
            for place in aligned.places
        ],
    )


def _passage_out(part: AlignedPart) -> PassageOut:
    source = part.inserted
    inserted = source and InsertionOut(
        source.session, source.at_ms, source.how, source.copied_in, source.allowed
    )
    return PassageOut(part.start, part.end, part.origin, part.confidence, inserted or None)


def _evidence_out(asker: Asker, one: SessionEvidence) -> EvidenceOut:
    assessed = Scope.ASSESSMENTS_READ in asker.scopes
    return EvidenceOut(
        session=one.session,
        policy_version=one.policy_version,
        coverage=one.coverage,
        band=one.band if assessed else None,
        main_reason=one.main_reason if assessed else None,
        reasons=list(one.reasons) if assessed else None,
        counter_evidence=list(one.counter_evidence) if assessed else None,
        model_version=one.model_version if assessed else None,
        features_version=one.features_version if assessed else None,
    )


def _line_out(one: Submission) -> SubmissionLineOut:
    return SubmissionLineOut(
        one.id.hex(),
        one.identifier,
        _state(one),
        one.answer,
        iso_utc(one.asked_us),
        iso_utc(one.answered_us) if one.answered_us is not None else None,
        one.person.hex(),
        one.project.hex(),
    )
