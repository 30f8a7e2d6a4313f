"""Lines of the audit log, and how one follows from the one before."""

import hashlib
import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AuditLine:
    """Who did or saw what, and when; `sequence` and `digest` are None in an older version's."""

    row: int
    organisation: int
    at_us: int
    actor: str
    action: str
    subject: str
    about: bytes | None
    """The person whom it concerns."""
    lasted_ms: int | None
    """How long something was looked at; None: that is not known, or is no question here."""
    sequence: int | None
    digest: bytes | None

    def digest_behind(self, previous: bytes) -> bytes:
        """SHA-256 over the digest before and the line, as JSON: docs/decisions/audit-log.md."""
        fields = [
            previous.hex(),
            self.organisation,
            self.sequence,
            self.at_us,
            self.actor,
            self.action,
            self.subject,
            self.about.hex() if self.about else None,
            self.lasted_ms,
        ]
        return hashlib.sha256(json.dumps(fields, separators=(",", ":")).encode()).digest()


VIEWED, CLOSED = "object.viewed", "object.closed"
"""Actions: a picture was given to somebody, and they are done looking at it."""
EVIDENCE_VIEWED, KEYS_VIEWED = "evidence.viewed", "keys.viewed"
"""Actions: somebody read what was recorded; or the classes of single keys, to replay them."""
FIRST = bytes(32)
"""What stands in the place of the digest before the first line."""


@dataclass(frozen=True, slots=True)
class AuditSearch:
    """Which lines are looked for; what is None is not asked."""

    about: bytes | None = None
    actor: str | None = None
    subject: str | None = None
    """How the subject begins: an id."""
    action: str | None = None
    from_us: int | None = None
    """Added at this moment or later."""
    to_us: int | None = None
    """Added before this moment."""


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """A JSON document with the server's signature."""

    row: int
    document: bytes
    signature: bytes
