"""One submitted text, for the people of a session: where its passages came from, and its shape.

The shape is read from the recording, where the agent stored the classes of what it saw being
submitted. Of what a platform hands in nothing of the kind is kept once it is answered; its shape
is shown if the recording holds the same one, which the keyed digest tells.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from server.errors import not_found
from server.records import Submission
from server.scoring.assessments import AssessedText
from server.services.asking import Asker
from server.services.review import Review
from server.submissions.aligning import Aligned
from server.submissions.commitments import Commitments
from server.submissions.judging import Judged
from server.submissions.origins import Part, parts_handed_in, parts_seen
from wire.decoding import decoder_of

_NUMBER_MAX_CHARS = 6


@dataclass(frozen=True, slots=True)
class SeenText:
    """A text that the agent saw being submitted."""

    number: int
    """Which of the session's, counted from 1."""
    text: AssessedText
    parts: tuple[Part, ...]
    classes: str | None
    """None: they are not kept any more."""
    kept_days: int | None
    """So long after the last decision the shape is kept."""
    redacted_us: int | None
    """When the classes of the session were deleted."""


@dataclass(frozen=True, slots=True)
class HandedInText:
    """A text that a platform handed in as written in a session."""

    submission: Submission
    aligned: Aligned | None
    """None: it is not answered yet."""
    why: tuple[str, ...]
    """What the answer rests on: codes of `server.submissions.wording.WHY`."""
    parts: tuple[Part, ...]
    classes: str | None
    """None: the recording does not hold the same text."""


class Texts:
    """Submitted texts of the sessions that somebody may see."""

    def __init__(self, review: Review, commitments: Commitments) -> None:
        self._review = review
        self._commitments = commitments

    def seen(self, asker: Asker, session: str, number: str) -> SeenText:
        """One of those that the agent saw; that it was read is in the audit log.

        Raises:
            Refusal: the session is not the asker's to see or not scored, or there is no such text.
        """
        texts = self._review.texts(asker, session)
        if not number.isdecimal() or len(number) > _NUMBER_MAX_CHARS:
            raise not_found()
        if not 1 <= int(number) <= len(texts):
            raise not_found()
        text = texts[int(number) - 1]
        line = self._review.session(asker, session).line
        policy = self._review.policy(asker, line)
        return SeenText(
            number=int(number),
            text=text,
            parts=parts_seen(text, session),
            classes=_classes_of(text, self._review.submitted(asker, session)),
            kept_days=policy.retention.class_sequences_days if policy else None,
            redacted_us=self._review.redacted_us(asker, session),
        )

    def handed_in(self, asker: Asker, session: str, submission: str) -> HandedInText:
        """One that a platform handed in; what of the recording is read is in the audit log.

        Raises:
            Refusal: the session is not the asker's to see or not scored, or has none of that id.
        """
        named = self._review.submissions(asker, session)
        one = next((each for each in named if each.id.hex() == submission), None)
        if one is None:
            raise not_found()
        answers = self._review.answers(asker, session)
        given = next((each for asked, each in answers if asked.id == one.id), None)
        if one.alignment is None or given is None:
            return HandedInText(one, None, (), (), None)
        aligned = decoder_of(Aligned).decode(one.alignment)
        return HandedInText(
            submission=one,
            aligned=aligned,
            why=decoder_of(Judged).decode(given.document).why,
            parts=parts_handed_in(aligned.parts),
            classes=self._same(asker, session, one),
        )

    def _same(self, asker: Asker, session: str, one: Submission) -> str | None:
        """The classes of a text in the recording that is this one."""
        for _, classes in self._review.submitted(asker, session):
            digest = self._commitments.digest(asker.organisation, one.id, classes)
            if hmac.compare_digest(digest, one.commitment):
                return classes
        return None


def _classes_of(text: AssessedText, submitted: Sequence[tuple[int, str]]) -> str | None:
    wanted = (text.submitted_ms, text.length_chars)
    return next((c for at_ms, c in submitted if (at_ms, len(c)) == wanted), None)
