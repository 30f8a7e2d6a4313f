"""Everything that the client raises on purpose.

VeritypeError
├── Unreachable             no answer came, however often it was tried
├── AnswerInvalid           an answer is not what this client knows
├── SignatureInvalid        a webhook or an attestation is not the server's, or was changed
└── Refused                 the server answered with a problem (RFC 9457)
    ├── Invalid             400, 413, 422: the request does not hold to its form
    ├── Unauthenticated     401: the key is not known, or was revoked
    ├── Forbidden           403: the key lacks a scope; the text names it
    ├── NotFound            404: there is nothing, or nothing that this key may see
    ├── Conflict            409: it does not go together with what is stored
    │   └── OutcomeUnknown  the server was cut off: look whether it is done
    ├── Changed             412: it changed since it was fetched
    ├── Busy                429, 503: nothing was done; `retry_after_s` says when to try again
    └── Failed              5xx: the server failed
"""

import msgspec

_TYPE_PREFIX = "urn:veritype:problem:"


class VeritypeError(Exception):
    """Root of the tree."""


class Unreachable(VeritypeError):  # noqa: N818 - named by what happened
    """No answer came."""


class AnswerInvalid(VeritypeError):  # noqa: N818
    """An answer is not what this client knows."""


class SignatureInvalid(VeritypeError):  # noqa: N818
    """Something is not the server's, or was changed, or is too old."""


class Refused(VeritypeError):  # noqa: N818
    """The server answered with a problem.

    Attributes:
        status: of HTTP.
        code: the problem's code, such as `not-found`; `docs/errors.md` explains each.
        retry_after_s: when to try again; None: the server did not say.
    """

    def __init__(self, status: int, code: str, text: str, retry_after_s: float | None) -> None:
        super().__init__(f"{text or code} ({status} {code})")
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s


class Invalid(Refused):
    """The request does not hold to its form."""


class Unauthenticated(Refused):
    """The key is not known, or was revoked."""


class Forbidden(Refused):
    """The key lacks a scope; the text names it."""


class NotFound(Refused):
    """There is nothing, or nothing that this key may see."""


class Conflict(Refused):
    """It does not go together with what is stored."""


class OutcomeUnknown(Conflict):
    """The server was cut off while it did this: look whether it is done before trying again."""


class Changed(Refused):
    """It changed since it was fetched."""


class Busy(Refused):
    """The server takes no more now; nothing was done."""


class Failed(Refused):
    """The server failed."""


_BY_CODE: dict[str, type[Refused]] = {"outcome-unknown": OutcomeUnknown}
_BY_STATUS: dict[int, type[Refused]] = {
    400: Invalid,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    412: Changed,
    413: Invalid,
    422: Invalid,
    429: Busy,
    503: Busy,
}


class _Problem(msgspec.Struct, frozen=True):
    type: str = ""
    title: str = ""
    detail: str = ""


_PROBLEM = msgspec.json.Decoder(_Problem)


def refusal_of(status: int, body: bytes, retry_after: str | None) -> Refused:
    """The exception that says what an answer of 400 or more means."""
    try:
        problem = _PROBLEM.decode(body)
    except msgspec.DecodeError:
        # From a proxy, perhaps.
        problem = _Problem()
    code = problem.type.removeprefix(_TYPE_PREFIX)
    waits = retry_after is not None and retry_after.isdecimal()
    kind = _BY_CODE.get(code) or _BY_STATUS.get(status) or (Failed if status >= 500 else Refused)
    return kind(
        status, code, problem.detail or problem.title, float(retry_after or 0) if waits else None
    )
