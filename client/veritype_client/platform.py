"""The platform API as methods: what a key with the right scopes may ask."""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from types import TracebackType
from typing import Generic, Self, TypeVar
from urllib.parse import quote

import msgspec

from veritype_client.answers import (
    Assessment,
    Device,
    Invitation,
    Person,
    Place,
    PolicyVersion,
    Project,
    Session,
    State,
    Submission,
    SubmissionLine,
)
from veritype_client.errors import Unreachable
from veritype_client.transport import TIMEOUT_S, TRIES, Params, Transport, decoded

T = TypeVar("T", bound=msgspec.Struct)
_LOOK_S = 2.0


class _Kind(Generic[T]):
    """Decodes one kind of answer, and lists of it; made once, since that is what costs."""

    def __init__(self, kind: type[T]) -> None:
        self.one: msgspec.json.Decoder[T] = msgspec.json.Decoder(kind)
        self.many: msgspec.json.Decoder[list[T]] = msgspec.json.Decoder(list[kind])  # type: ignore[valid-type]


class _Policies(msgspec.Struct, frozen=True):
    versions: list[PolicyVersion]


_PERSON, _INVITATION, _PROJECT = _Kind(Person), _Kind(Invitation), _Kind(Project)
_DEVICE, _SESSION, _ASSESSMENT = _Kind(Device), _Kind(Session), _Kind(Assessment)
_SUBMISSION, _LINE, _POLICIES = _Kind(Submission), _Kind(SubmissionLine), _Kind(_Policies)


class Platform:
    """A Veritype server, asked by a platform key. One may be shared by threads that only read.

    Every method raises `Refused` for what the server refuses and `Unreachable` when no answer
    comes. What is safe to send again was then sent again, `tries` times in all.
    """

    def __init__(
        self, base_url: str, key: str, *, timeout_s: float = TIMEOUT_S, tries: int = TRIES
    ) -> None:
        self._transport = Transport(base_url, key, timeout_s, tries)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._transport.close()

    def people(self) -> Iterator[Person]:
        """Everybody, those who were removed too. Scope `people:read`."""
        return self._all(_PERSON, "/v1/people", "people")

    def person(self, person: str) -> Person:
        """One person. Scope `people:read`."""
        return self._get(_PERSON, f"/v1/people/{_id(person)}")

    def invite(self, email: str | None = None, *, key: str | None = None) -> Invitation:
        """Invite a trainer. Scope `people:write`.

        Args:
            email: whose the invitation is, and their login; None: whoever has the link.
            key: an idempotency key of your own, to go on after your own program was cut off.
        """
        body = {} if email is None else {"email": email}
        answer = self._transport.ask("POST", "/v1/invitations", body=body, key=key)
        found: Invitation = decoded(_INVITATION.one, answer)
        return found

    def remove_person(self, person: str) -> Person:
        """Remove a trainer; what they did, and what it earns, stays. Scope `people:write`."""
        found: Person = decoded(
            _PERSON.one, self._transport.ask("DELETE", f"/v1/people/{_id(person)}")
        )
        return found

    def projects(self) -> Iterator[Project]:
        """All projects, each with the policy in force. Scope `projects:read`."""
        return self._all(_PROJECT, "/v1/projects", "projects")

    def project(self, project: str) -> Project:
        """One project. Scope `projects:read`."""
        return self._get(_PROJECT, f"/v1/projects/{_id(project)}")

    def policies(self, project: str) -> Sequence[PolicyVersion]:
        """Every version of a project's policy, the one in force last. Scope `projects:read`."""
        return self._get(_POLICIES, f"/v1/projects/{_id(project)}/policies").versions

    def devices(self, person: str | None = None) -> Iterator[Device]:
        """All devices, or one person's. Scope `devices:read`."""
        return self._all(_DEVICE, "/v1/devices", "devices", {"person": person})

    def device(self, device: str) -> Device:
        """One device. Scope `devices:read`."""
        return self._get(_DEVICE, f"/v1/devices/{_id(device)}")

    def sessions(
        self,
        *,
        person: str | None = None,
        project: str | None = None,
        state: State | None = None,
        opened_from: datetime | None = None,
        opened_before: datetime | None = None,
    ) -> Iterator[Session]:
        """Sessions, the one that was opened last first. Scope `sessions:read`.

        Moments are aware datetimes.
        """
        params: Params = {
            "person": person,
            "project": project,
            "state": state,
            "from": opened_from.isoformat() if opened_from else None,
            "to": opened_before.isoformat() if opened_before else None,
        }
        return self._all(_SESSION, "/v1/sessions", "sessions", params)

    def session(self, session: str) -> Session:
        """One session. Scope `sessions:read`."""
        return self._get(_SESSION, f"/v1/sessions/{_id(session)}")

    def assessment(self, session: str) -> Assessment:
        """What was published of a session; `NotFound` until it is scored. `assessments:read`."""
        return self._get(_ASSESSMENT, f"/v1/sessions/{_id(session)}/assessment")

    def ask(
        self,
        identifier: str,
        sessions: Sequence[str | Place],
        text: str | None = None,
        *,
        classes: str | None = None,
        person: str | None = None,
        project: str | None = None,
    ) -> Submission:
        """Ask whether a submission was human work. Scope `submissions:write`.

        Args:
            identifier: the platform's own name of the submission.
            sessions: where the text came from: ids, or places for parts of sessions.
            text: classed by the server in memory and dropped; or
            classes: its class sequence.
            person: who handed it in, to be checked.
            project: what it was handed in for, to be checked.
        """
        body = {
            "identifier": identifier,
            "sessions": [each if isinstance(each, Place) else Place(each) for each in sessions],
            "text": text,
            "classes": classes,
            "person": person,
            "project": project,
        }
        said = {name: value for name, value in body.items() if value is not None}
        found: Submission = decoded(
            _SUBMISSION.one, self._transport.ask("POST", "/v1/submissions", body=said)
        )
        return found

    def submissions(self) -> Iterator[SubmissionLine]:
        """Submissions, newest first. Scope `submissions:read`."""
        return self._all(_LINE, "/v1/submissions", "submissions")

    def submission(self, submission: str) -> Submission:
        """One submission with its newest answer. Scope `submissions:read`."""
        return self._get(_SUBMISSION, f"/v1/submissions/{_id(submission)}")

    def answered(self, submission: str, within_s: float) -> Submission:
        """A submission once it is answered; `Unreachable` if that takes longer than `within_s`.

        A program that runs for long listens for the webhook `submission.answered` instead.
        """
        until_s = time.monotonic() + within_s
        while True:
            found = self.submission(submission)
            if found.state == "answered":
                return found
            if time.monotonic() + _LOOK_S > until_s:
                raise Unreachable(f"no answer within {within_s:g} s; ask again later")
            time.sleep(_LOOK_S)

    def attestation(self, submission: str, number: int | None = None) -> bytes:
        """The signed statement about an answer, the newest if none is named. `submissions:read`.

        `veritype_client.attestation.verify` checks it.
        """
        path = f"/v1/submissions/{_id(submission)}/attestation"
        return self._transport.ask("GET", path, {"number": number})

    def published_keys(self) -> bytes:
        """The server's public keys, as it publishes them; keep them to check attestations with."""
        return self._transport.ask("GET", "/.well-known/veritype-keys")

    def _get(self, kind: _Kind[T], path: str) -> T:
        found: T = decoded(kind.one, self._transport.ask("GET", path))
        return found

    def _all(
        self, kind: _Kind[T], path: str, name: str, params: Params | None = None
    ) -> Iterator[T]:
        for page in self._transport.pages(path, name, params):
            found: list[T] = decoded(kind.many, page)
            yield from found


def _id(text: str) -> str:
    """An id as part of a path: whatever it is, it names nothing beside it."""
    return quote(text, safe="")
