"""What a platform asks about a submission, as it comes in.

The text is classed here, in memory, and dropped: what leaves this module holds classes. No error
repeats what was sent.
"""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta

from server.errors import Refusal
from wire import limits
from wire.errors import MessageInvalid, WireError
from wire.messages import decode_message
from wire.problems import ProblemCode
from wire.textclass import classes_of, pack_classes

IDENTIFIER_PATTERN = r"^[!-~]{1,120}$"
"""Printable ASCII without spaces: a name, and no place for prose."""
_LONGEST_MS = 31 * 86_400_000
Identifier = Annotated[str, Meta(pattern=IDENTIFIER_PATTERN)]
Hex32 = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]
Milliseconds = Annotated[int, Meta(ge=0, le=_LONGEST_MS)]
Interval = tuple[Milliseconds, Milliseconds]
_Stretches = Meta(max_length=limits.SUBMISSION_STRETCHES_MAX)


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A session that a text came from; neither tasks nor intervals: the whole of it."""

    session: Hex32
    tasks: Annotated[tuple[Annotated[int, Meta(ge=1, lt=1 << 32)], ...], _Stretches] = ()
    """Numbers of the session's tasks, as their markers have them."""
    intervals_ms: Annotated[tuple[Interval, ...], _Stretches] = ()
    """Milliseconds from clock-in, end exclusive."""


class SubmissionRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of `POST /v1/submissions`: one of `text` and `classes`."""

    identifier: Identifier
    """The platform's own name of the submission."""
    sessions: Annotated[
        tuple[Place, ...], Meta(min_length=1, max_length=limits.SUBMISSION_SESSIONS_MAX)
    ]
    """In the order of the work; all of one person and one project."""
    text: str | None = None
    """Classed in memory and dropped."""
    classes: str | None = None
    """Or its class sequence (docs/submissions.md): then the text never leaves the platform."""
    person: Hex32 | None = None
    """Who handed it in: refused if the sessions are somebody else's."""
    project: Hex32 | None = None
    """What it was handed in for: refused if the sessions are another project's."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, less the text."""

    identifier: str
    places: tuple[Place, ...]
    classes: str
    person: bytes | None
    project: bytes | None


def read_asked(body: bytes) -> Asked:
    """Read a request and class its text.

    Raises:
        Refusal: it does not hold to its form, is empty or too long; the detail names the place.
    """
    try:
        request = decode_message(body, SubmissionRequest, limits.SUBMISSION_MAX_BYTES)
        classes = _classes(request)
    except MessageInvalid:
        raise
    except (WireError, UnicodeError) as error:
        raise invalid("The text or its classes are no text and no classes.") from error
    for place in request.sessions:
        _check(place)
    if len({place.session for place in request.sessions}) < len(request.sessions):
        raise invalid("A session is named twice; give all its intervals in one place.")
    return Asked(
        request.identifier,
        request.sessions,
        classes,
        bytes.fromhex(request.person) if request.person else None,
        bytes.fromhex(request.project) if request.project else None,
    )


def invalid(detail: str) -> Refusal:
    """A request that does not hold to its form."""
    return Refusal(ProblemCode.INVALID_REQUEST, 400, detail)


def _classes(request: SubmissionRequest) -> str:
    if (request.text is None) == (request.classes is None):
        raise invalid("Give one of text and classes, and not both.")
    given = request.text if request.text is not None else request.classes or ""
    if len(given) > limits.SUBMISSION_MAX_CHARS:
        detail = f"A submission has at most {limits.SUBMISSION_MAX_CHARS:,} characters."
        raise Refusal(ProblemCode.TOO_LARGE, 413, detail)
    classes = classes_of(given) if request.text is not None else given
    pack_classes(classes)
    if not classes:
        raise invalid("The text is empty.")
    return classes


def _check(place: Place) -> None:
    if place.tasks and place.intervals_ms:
        raise invalid("Give tasks or intervals_ms of a session, and not both.")
    if any(start >= end for start, end in place.intervals_ms):
        raise invalid("An interval ends before it begins.")
