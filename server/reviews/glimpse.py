"""What a reviewer sees of a session before they commit: its evidence, and nothing else of it.

Not the score, the band, the reasons, whose it is, when or in which project it was, or what others
said. Everything that is given here is listed here: nothing is taken out of a fuller view.
"""

from dataclasses import dataclass, replace

from server.errors import Refusal, not_found
from server.records import StoredObject
from server.reviews.reviewing import Held, Reviewing
from server.scoring.assessments import AssessedText
from server.scoring.facts import SessionFacts
from server.services.asking import Asker
from server.services.observing import observed_in_words
from server.services.review import Review
from wire.policy import Policy


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One session's evidence, for the reviewer who holds its review."""

    asker: Asker
    """Within whose sight is this session alone. Of its assessment only where submitted texts came
    from is asked for."""
    session: str
    held: Held


@dataclass(frozen=True, slots=True)
class BlindSession:
    """What stands on a reviewer's page beside the timeline."""

    facts: SessionFacts
    notes: tuple[tuple[int, str], ...]
    observes: tuple[str, ...]
    policy: Policy | None
    statements: tuple[str, ...]
    texts: tuple[AssessedText, ...]
    """Submitted texts: where their passages came from, which is evidence and no finding."""
    name: str | None
    """Whose it is, where the project's rules show that to a first reviewer."""
    redacted: bool
    """Whether classes of keys were deleted; not when, which would tell when it was recorded."""


class Glimpses:
    """Gives reviewers what they may see."""

    def __init__(self, reviewing: Reviewing, review: Review) -> None:
        self._reviewing = reviewing
        self._review = review

    def glimpse(self, asker: Asker, review_hex: str) -> Glimpse:
        """The session behind a review that they hold; raises `Refusal`."""
        held = self._reviewing.held(asker, review_hex)
        if held.review.session is None:
            raise not_found()
        return Glimpse(replace(asker, glimpse=held.review.session), held.review.session.hex(), held)

    def looked(self, asker: Asker, review_hex: str, digest: str, looked_ms: int) -> None:
        """Note for how long a picture was in view; the page tells it when it is left.

        By then the verdict may be given, and the session within the reviewer's own sight.
        """
        try:
            glimpse = self.glimpse(asker, review_hex)
        except Refusal:
            session = self._reviewing.committed(asker, review_hex).review.session
            if session is not None:
                self._review.closed(asker, session.hex(), digest, looked_ms)
            return
        self._review.closed(glimpse.asker, glimpse.session, digest, looked_ms)

    def page(self, glimpse: Glimpse) -> BlindSession:
        """What stands beside the timeline; that notes were read is logged."""
        view = self._review.session(glimpse.asker, glimpse.session)
        if view.facts is None:
            raise not_found()
        return BlindSession(
            facts=view.facts,
            notes=tuple(self._review.notes(glimpse.asker, glimpse.session)),
            observes=observed_in_words(view.line.observes),
            policy=self._review.policy(glimpse.asker, view.line),
            statements=glimpse.held.statements,
            texts=self._review.texts(glimpse.asker, glimpse.session),
            name=view.line.person_name if glimpse.held.named else None,
            redacted=self._review.redacted_us(glimpse.asker, glimpse.session) is not None,
        )

    def picture(self, glimpse: Glimpse, digest: str) -> tuple[StoredObject, bytes]:
        """A screenshot; the view is logged."""
        return self._review.picture(glimpse.asker, glimpse.session, digest)
