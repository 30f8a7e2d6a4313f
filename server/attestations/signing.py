"""The statement about one answer, signed by the key that is in force."""

from collections.abc import Sequence

from server.clock import iso_utc
from server.operation.keys import ServerKeys
from server.records import GivenAnswer, NewSubmission, Submission
from server.submissions.aligning import Aligned
from server.submissions.judging import Judged
from wire.attestation import (
    Answered,
    Asked,
    AttestedSession,
    Observed,
    Predicate,
    Superseded,
    Versions,
    payload_digest,
    sign_statement,
    statement_of,
)


class Attestor:
    """Signs what was answered."""

    def __init__(self, keys: ServerKeys) -> None:
        self._keys = keys

    def attest(
        self,
        issuer: str,
        submission: Submission | NewSubmission,
        classes_key: bytes,
        aligned: Aligned,
        judged: Judged,
        before: GivenAnswer | None,
        now_us: int,
    ) -> bytes:
        """The attestation of an answer that is given now; `before` is the one it takes over."""
        key = self._keys.signing
        predicate = Predicate(
            issuer=issuer,
            submission=submission.id.hex(),
            number=before.number + 1 if before is not None else 1,
            supersedes=_superseded(before),
            asked=_asked(submission, classes_key, aligned),
            observed=_observed(aligned),
            answered=_answered(judged, now_us),
            versions=_versions(judged),
            key_id=key.verify_key.key_id.hex(),
        )
        statement = statement_of(submission.identifier, submission.commitment, predicate)
        return sign_statement(key, statement)


def _superseded(before: GivenAnswer | None) -> Superseded | None:
    if before is None:
        return None
    return Superseded(before.number, payload_digest(before.attestation))


def _asked(submission: Submission | NewSubmission, classes_key: bytes, aligned: Aligned) -> Asked:
    return Asked(
        at=iso_utc(submission.asked_us),
        project=submission.project.hex(),
        sessions=tuple(
            AttestedSession(place.session, place.intervals_ms, place.policy_version)
            for place in aligned.places
        ),
        length_chars=submission.length_chars,
        classes_key=classes_key.hex(),
    )


def _observed(aligned: Aligned) -> Observed:
    return Observed(
        coverage=aligned.coverage,
        typed_chars=aligned.typed_chars,
        inserted_chars=aligned.inserted_chars,
        not_allowed_chars=aligned.not_allowed_chars,
        unexplained_chars=aligned.unexplained_chars,
    )


def _answered(judged: Judged, now_us: int) -> Answered:
    return Answered(
        answer=judged.answer.value,
        at=iso_utc(now_us),
        decided_by="people" if judged.decided_by_people else "nobody",
        decided_at=iso_utc(judged.decided_us) if judged.decided_us is not None else None,
        why=judged.why,
    )


def _versions(judged: Judged) -> Versions:
    return Versions(
        models=_each_once([one.model_version for one in judged.sessions]),
        features=_each_once([one.features_version for one in judged.sessions]),
    )


def _each_once(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
