"""From errors of the wire to refusals: the one table, and how a refusal becomes an answer."""

import re

import msgspec

from server.errors import Refusal
from wire import errors
from wire.problems import CONTENT_TYPE, ProblemCode

_MALFORMED = (ProblemCode.MALFORMED, 400, "These bytes are not a batch of this format.")
_TABLE: dict[type[errors.WireError], tuple[ProblemCode, int, str]] = {
    errors.MalformedBatch: _MALFORMED,
    errors.LimitExceeded: (
        ProblemCode.TOO_LARGE,
        413,
        "A size or a count is over the documented limit.",
    ),
    errors.UnsupportedVersion: (
        ProblemCode.UNSUPPORTED_VERSION,
        400,
        "This server does not know that format version; it knows version 1.",
    ),
    errors.SignatureInvalid: (
        ProblemCode.SIGNATURE_INVALID,
        403,
        "The batch was not signed by this device's key.",
    ),
    errors.DigestMismatch: (
        ProblemCode.DIGEST_MISMATCH,
        400,
        "The digest that came along is not the digest of the bytes.",
    ),
    errors.ChainBroken: (
        ProblemCode.OUT_OF_ORDER,
        409,
        "The batch does not continue the stored chain; go on from the expected sequence.",
    ),
    errors.MessageInvalid: (
        ProblemCode.INVALID_REQUEST,
        400,
        "The message does not hold to its documented form.",
    ),
}
_PLACE = re.compile(r" - at `(\$[.\w\[\]]*)`$")


def refusal_of(error: errors.WireError) -> Refusal:
    """The answer to an error of the wire; its text comes from here, never from what was sent."""
    for kind in type(error).__mro__:
        if kind in _TABLE:
            code, status, detail = _TABLE[kind]
            break
    else:
        code, status, detail = _MALFORMED
    place = _PLACE.search(str(error)) if code is ProblemCode.INVALID_REQUEST else None
    return Refusal(code, status, f"{detail} Look at {place[1]}." if place else detail)


def answer_of(refusal: Refusal) -> tuple[int, dict[str, str], bytes]:
    """Status, header fields and body of a refusal."""
    fields = {"content-type": CONTENT_TYPE, "cache-control": "no-store"}
    if refusal.problem.status == 401:
        fields["www-authenticate"] = "Bearer"
    if refusal.retry_after_s is not None:
        fields["retry-after"] = str(refusal.retry_after_s)
    return refusal.problem.status, fields, msgspec.json.encode(refusal.problem)
