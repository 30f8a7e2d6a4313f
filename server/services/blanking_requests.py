"""A picture that was sent can be blanked no more by its device: its trainer asks, somebody decides.

Granted, it is shown to nobody from then on, like one that was blanked before it left; its bytes go
when its time is over, and whether it was taken stands on the timeline.
"""

from collections.abc import Sequence

from server.clock import now_us
from server.errors import Refusal, not_found
from server.language import N_
from server.records import Sight
from server.records.blankings import REASON_MAX_CHARS, BlankingRequest
from server.services.asking import Asker
from server.services.naming import named_id
from server.storage.protocols import OrganisationStore, Store
from wire.problems import ProblemCode

_MOST = 200
_OPEN_MOST = 100


class AskedBlankings:
    """Requests, and what is decided of them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def mine(self, asker: Asker) -> Sequence[BlankingRequest]:
        """One's own, the newest first."""
        return self._of(asker).blanking_requests_of(asker.person, _MOST) if asker.person else []

    def ask(self, asker: Asker, session_hex: str, digest: bytes, reason: str) -> None:
        """Ask for a picture of one's own session that is here; raises `Refusal`."""
        store = self._of(asker)
        own = Sight(person=asker.person)
        line = store.line(named_id(session_hex), own) if asker.person else None
        picture = store.object(line.row, digest) if line is not None else None
        if line is None or picture is None or not picture.content_type.startswith("image/"):
            raise not_found()
        said = _words(reason)
        waiting = [each for each in self.mine(asker) if each.decided_us is None]
        if len(waiting) >= _OPEN_MOST:
            raise _conflict(N_("Too many of your requests wait already; some must be decided."))
        if not store.ask_blanking(line.row, line.person, digest, said, now_us()):
            raise _conflict(N_("You asked for this picture already."))
        store.audit(asker.name, "blanking.asked", line.id.hex(), about=asker.person)

    def waiting(self, asker: Asker) -> Sequence[BlankingRequest]:
        """All that wait, the oldest first; for administrators."""
        asker.need_administrator()
        return self._of(asker).open_blanking_requests(_MOST)

    def decide(self, asker: Asker, request_row: int, answer: str, *, granted: bool) -> None:
        """Grant or decline one; to decline needs a sentence. Raises `Refusal`."""
        asker.need_administrator()
        said = answer.strip()[:REASON_MAX_CHARS] if granted else _words(answer)
        store = self._of(asker)
        decided = store.decide_blanking(request_row, said, now_us(), granted=granted)
        if decided is None:
            raise not_found(N_("There is no such request, or somebody decided it meanwhile."))
        action = "blanking.granted" if granted else "blanking.declined"
        store.audit(asker.name, action, decided.session.hex(), about=decided.person)

    def _of(self, asker: Asker) -> OrganisationStore:
        return self._store.of(asker.organisation)


def _words(text: str) -> str:
    said = text.strip()
    if not 0 < len(said) <= REASON_MAX_CHARS:
        raise Refusal(
            ProblemCode.INVALID_REQUEST,
            400,
            N_("Say why, in at most %(most)s characters."),
            values={"most": REASON_MAX_CHARS},
        )
    return said


def _conflict(why: str) -> Refusal:
    return Refusal(ProblemCode.CONFLICT, 409, why)
