"""Submissions: was this human work?"""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from veritype_client.errors import Unreachable
from veritype_client.resources.asking import Asking, Kind, id_in_path

Word = Literal["consistent", "under review", "cannot determine", "not human work"]
_LOOK_S = 2.0


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """A session that a text came from: the whole of it, or some tasks, or some intervals."""

    session: str
    tasks: list[int] = []
    intervals_ms: list[tuple[int, int]] = []


class Why(msgspec.Struct, frozen=True):
    """One thing that an answer rests on."""

    code: str
    text: str


class Passage(msgspec.Struct, frozen=True):
    """A range of the text (code points, end exclusive) with one origin."""

    start: int
    end: int
    origin: str
    confidence: float


class Alignment(msgspec.Struct, frozen=True):
    """Where the characters came from."""

    length_chars: int
    typed_chars: int
    inserted_chars: int
    not_allowed_chars: int
    unexplained_chars: int
    coverage: float
    passages: list[Passage]


class SubmissionLine(msgspec.Struct, frozen=True):
    """A submission in a list."""

    id: str
    identifier: str
    state: Literal["pending", "answered"]
    answer: Word | None
    asked_at: datetime
    answered_at: datetime | None
    person: str
    project: str


class Submission(msgspec.Struct, frozen=True):
    """A submission; `answer` is None until its sessions are closed and scored."""

    id: str
    identifier: str
    state: Literal["pending", "answered"]
    answer: Word | None
    decided_by: Literal["people", "nobody"] | None
    decided_at: datetime | None
    why: list[Why] | None
    asked_at: datetime
    answered_at: datetime | None
    number: int
    person: str
    project: str
    length_chars: int
    alignment: Alignment | None


_SUBMISSION, _LINE = Kind(Submission), Kind(SubmissionLine)


class Submissions(Asking):
    """What was handed in, and what was answered about it."""

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
            classes: its class sequence, so that the text stays with you;
                `veritype_client.classes` makes it.
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
        return self._post(_SUBMISSION, "/v1/submissions", said)

    def submissions(self) -> Iterator[SubmissionLine]:
        """Submissions, newest first. Scope `submissions:read`."""
        return self._all(_LINE, "/v1/submissions", "submissions")

    def submission(self, submission: str) -> Submission:
        """One submission with its newest answer. Scope `submissions:read`."""
        return self._get(_SUBMISSION, f"/v1/submissions/{id_in_path(submission)}")

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
        path = f"/v1/submissions/{id_in_path(submission)}/attestation"
        return self._transport.ask("GET", path, {"number": number}).body

    def published_keys(self) -> bytes:
        """The server's public keys, as it publishes them; keep them to check attestations with."""
        return self._transport.ask("GET", "/.well-known/veritype-keys").body
