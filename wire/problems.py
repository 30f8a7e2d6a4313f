"""The one shape of an error over HTTP: RFC 9457 problem details, with codes both ends know."""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

CONTENT_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:veritype:problem:"


class ProblemCode(StrEnum):
    """Every problem the server answers with; `docs/errors.md` explains each."""

    MALFORMED = "malformed"
    TOO_LARGE = "too-large"
    UNSUPPORTED_VERSION = "unsupported-version"
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type"
    SIGNATURE_INVALID = "signature-invalid"
    OUT_OF_ORDER = "out-of-order"
    UNKNOWN_SESSION = "unknown-session"
    UNKNOWN_NONCE = "unknown-nonce"
    WRONG_DEVICE = "wrong-device"
    DIGEST_MISMATCH = "digest-mismatch"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    CONFLICT = "conflict"
    IDEMPOTENCY_MISMATCH = "idempotency-mismatch"
    ASKED_ENOUGH = "asked-enough"
    IN_PROGRESS = "in-progress"
    OUTCOME_UNKNOWN = "outcome-unknown"
    PRECONDITION_FAILED = "precondition-failed"
    INVALID_CURSOR = "invalid-cursor"
    DEVICE_REVOKED = "device-revoked"
    PERSON_REMOVED = "person-removed"
    CODE_INVALID = "code-invalid"
    CONSENT_MISSING = "consent-missing"
    AGENT_TOO_OLD = "agent-too-old"
    INVALID_REQUEST = "invalid-request"
    TARGET_REFUSED = "target-refused"
    OVERLOADED = "overloaded"
    INTERNAL = "internal"


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """RFC 9457 members. `detail` says what to do and never repeats what was sent."""

    type: str
    title: str
    status: int
    detail: str = ""
    expected_sequence: Annotated[int, Meta(ge=0, lt=1 << 32)] | None = None
    """With `out-of-order`: the batch that the server waits for."""

    @property
    def code(self) -> ProblemCode | None:
        """The code in `type`; None for a problem of another vocabulary."""
        try:
            return ProblemCode(self.type.removeprefix(TYPE_PREFIX))
        except ValueError:
            return None


def problem(
    code: ProblemCode, status: int, detail: str = "", expected_sequence: int | None = None
) -> Problem:
    """Make a problem; its title is the code in words."""
    title = code.value.replace("-", " ").capitalize()
    return Problem(TYPE_PREFIX + code, title, status, detail, expected_sequence)
