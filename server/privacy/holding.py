"""Legal holds, placed and lifted by somebody, each a line in the audit log."""

from collections.abc import Sequence

from server.errors import NotKnown, ServerError
from server.records.privacy import LegalHold
from server.storage.protocols import OrganisationStore

_REASON_MAX_CHARS = 500


class LegalHolds:
    """The holds of one organisation."""

    def __init__(self, own: OrganisationStore, actor: str) -> None:
        self._own = own
        self._actor = actor

    def place(
        self,
        now_us: int,
        *,
        person: str | None = None,
        session: str | None = None,
        project: str | None = None,
        reason: str,
        until_us: int | None = None,
        not_told_because: str | None = None,
    ) -> int:
        """Place one, on exactly one of a person (by name), a session (by id), a project (by name).

        Raises:
            ServerError: none or several are named, or the reason is missing or too long.
            NotKnown: there is no such person, session or project.
        """
        if len([each for each in (person, session, project) if each is not None]) != 1:
            raise ServerError("name one of a person, a session and a project")
        if not 0 < len(reason.strip()) <= _REASON_MAX_CHARS:
            raise ServerError("the reason has 1 to 500 characters")
        if until_us is not None and until_us <= now_us:
            raise ServerError("that day is over")
        hold = LegalHold(
            row=0,
            person=None if person is None else self._person(person),
            session=None if session is None else self._session(session),
            project=None if project is None else self._project(project),
            reason=reason.strip(),
            placed_by=self._actor,
            placed_us=now_us,
            until_us=until_us,
            lifted_by=None,
            lifted_us=None,
            not_told_because=not_told_because,
        )
        row = self._own.add_legal_hold(hold)
        self._own.audit(self._actor, "legal-hold.placed", f"{row}/{self._subject(hold)}")
        return row

    def lift(self, row: int, now_us: int) -> None:
        """End one; raises `NotKnown`."""
        hold = next((each for each in self._own.legal_holds() if each.row == row), None)
        if hold is None or not self._own.lift_legal_hold(row, self._actor, now_us):
            raise NotKnown("there is no such hold, or it was lifted; see 'legal-hold list'")
        self._own.audit(self._actor, "legal-hold.lifted", f"{row}/{self._subject(hold)}")

    def all(self) -> Sequence[LegalHold]:
        """All that there ever were, the newest first."""
        return self._own.legal_holds()

    def about(self, hold: LegalHold) -> str:
        """What a hold is on, in words."""
        if hold.person is not None:
            found = self._own.person(hold.person)
            return f"the person {found.name if found else hold.person.hex()}"
        if hold.project is not None:
            project = self._own.project(hold.project)
            return f"the project {project.name if project else hold.project.hex()}"
        return f"the session {self._subject(hold)}"

    def on(self, person: bytes, now_us: int) -> Sequence[LegalHold]:
        """Those in force that keep anything of a person from being erased."""
        sessions = {each.row: each.project for each in self._own.sessions_of(person)}
        return [
            hold
            for hold in self._own.legal_holds()
            if hold.in_force(now_us)
            and (
                hold.person == person
                or hold.session in sessions
                or (hold.project is not None and hold.project in sessions.values())
            )
        ]

    def _subject(self, hold: LegalHold) -> str:
        if hold.session is not None:
            found = self._own.session_numbered(hold.session)
            return found.id.hex() if found else str(hold.session)
        return (hold.person or hold.project or b"").hex()

    def _person(self, name: str) -> bytes:
        people = self._own.people(removed=True)
        found = next((each.id for each in people if each.name == name), None)
        if found is None:
            raise NotKnown("there is nobody of that name; see 'veritype-server user list'")
        return found

    def _session(self, session_hex: str) -> int:
        try:
            found = self._own.session(bytes.fromhex(session_hex))
        except ValueError:
            found = None
        if found is None:
            raise NotKnown("there is no such session; its id is in its page's address")
        return found.row

    def _project(self, name: str) -> bytes:
        found = next((each.id for each in self._own.projects() if each.name == name), None)
        if found is None:
            raise NotKnown("there is no project of that name; see 'veritype-server project list'")
        return found
