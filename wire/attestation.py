"""What the server attests of a submission: an in-toto Statement v1 with a predicate of our own.

`docs/attestation.md` describes it for those who check it without this code. Nothing in it names a
person, and of the text it holds a length, ranges and a keyed digest of its classes.
"""

import hashlib
import hmac
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from wire.decoding import decoder_of
from wire.dsse import open_payload, payload_of, seal_payload
from wire.errors import MessageInvalid, SignatureInvalid
from wire.server_keys import SLACK_US, KeyRing
from wire.signing import SigningKey
from wire.textclass import classes_of

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE: Literal["https://in-toto.io/Statement/v1"] = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE: Literal["urn:veritype:submission-attestation:v1"] = (
    "urn:veritype:submission-attestation:v1"
)
DIGEST = "veritype-classes-hmac-sha256"

Hex16 = Annotated[str, Meta(pattern=r"^[0-9a-f]{16}$")]
Hex32 = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]
Hex64 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
Moment = Annotated[str, Meta(description="ISO 8601, UTC")]
Word = Literal["consistent", "under review", "cannot determine", "not human work"]


class AttestedSession(msgspec.Struct, frozen=True):
    """A session that the text was said to come from, and which parts of it."""

    session: Hex32
    intervals_ms: tuple[tuple[int, int], ...]
    """Milliseconds from clock-in; end exclusive."""
    policy_version: int


class Asked(msgspec.Struct, frozen=True):
    """What was asked."""

    at: Moment
    project: Hex32
    sessions: tuple[AttestedSession, ...]
    length_chars: int
    """Code points of the text, normalised (NFC, CR LF as LF)."""
    classes_key: Hex64
    """Key of the subject's digest; no other submission has it."""


class Observed(msgspec.Struct, frozen=True):
    """What was observed while the text was written."""

    coverage: float
    """Share of the intervals that was observed, pauses left out; 0 to 1."""
    typed_chars: int
    inserted_chars: int
    not_allowed_chars: int
    """Of the inserted ones: those that the project's policy does not allow."""
    unexplained_chars: int


class Answered(msgspec.Struct, frozen=True):
    """What was answered, and by whom it was decided."""

    answer: Word
    at: Moment
    decided_by: Literal["people", "nobody"]
    """`nobody`: no person has decided; the word is what the evidence comes to."""
    decided_at: Moment | None
    why: tuple[str, ...]
    """Codes; `docs/submissions.md` explains each."""


class Versions(msgspec.Struct, frozen=True):
    """What the answer was worked out by."""

    models: tuple[str, ...]
    features: tuple[str, ...]


class Superseded(msgspec.Struct, frozen=True):
    """The attestation of the same submission that this one takes the place of."""

    number: int
    sha256: Hex64
    """Of its payload."""


class Predicate(msgspec.Struct, frozen=True):
    """What is attested of a submission."""

    issuer: str
    """The organisation that asked, as the server knows it."""
    submission: Hex32
    number: int
    """From 1; a later one takes the place of an earlier one."""
    supersedes: Superseded | None
    asked: Asked
    observed: Observed
    answered: Answered
    versions: Versions
    key_id: Hex16


class Subject(msgspec.Struct, frozen=True):
    """What it is about: the platform's identifier, and a digest of the text's classes."""

    name: str
    digest: dict[str, Hex64]


class Statement(msgspec.Struct, frozen=True):
    """An in-toto Statement v1."""

    type_: Literal["https://in-toto.io/Statement/v1"] = msgspec.field(name="_type")
    subject: Annotated[tuple[Subject, ...], Meta(min_length=1, max_length=1)]
    predicate_type: Literal["urn:veritype:submission-attestation:v1"] = msgspec.field(
        name="predicateType"
    )
    predicate: Predicate


def statement_of(name: str, digest: bytes, predicate: Predicate) -> Statement:
    """The statement about a submission."""
    subject = Subject(name, {DIGEST: digest.hex()})
    return Statement(STATEMENT_TYPE, (subject,), PREDICATE_TYPE, predicate)


def classes_digest(key: bytes, classes: str) -> bytes:
    """The digest that stands in a subject: HMAC-SHA256 of the class sequence."""
    return hmac.digest(key, classes.encode("ascii"), "sha256")


def sign_statement(key: SigningKey, statement: Statement) -> bytes:
    """The attestation: a DSSE envelope, as JSON."""
    return seal_payload(key, PAYLOAD_TYPE, msgspec.json.encode(statement))


def payload_digest(envelope: bytes) -> str:
    """What a later attestation names this one by."""
    return hashlib.sha256(payload_of(envelope)).hexdigest()


def read_attestation(data: bytes, ring: KeyRing) -> Statement:
    """The statement in an attestation that a key of the ring signed.

    Raises:
        MessageInvalid: it is no attestation of a submission.
        SignatureInvalid: no key of the ring signed it, it names another, or that key was out of
            use by then.
    """
    payload, key_id = open_payload(data, PAYLOAD_TYPE, ring)
    try:
        statement = decoder_of(Statement).decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MessageInvalid("signed, and no attestation of a submission") from error
    if statement.predicate.key_id != key_id.hex():
        raise SignatureInvalid("signed with another key than it names")
    known = ring.key(key_id)
    until_us = known.until_us if known is not None else None
    if until_us is not None and _moment_us(statement.predicate.answered.at) > until_us + SLACK_US:
        raise SignatureInvalid("signed with a key that was out of use by then")
    return statement


def _moment_us(moment: str) -> int:
    try:
        return int(datetime.fromisoformat(moment).timestamp() * 1_000_000)
    except (ValueError, OverflowError) as error:
        raise MessageInvalid("a time that is none") from error


def is_about(statement: Statement, text: str) -> bool:
    """Whether it is about a text of these classes."""
    key = bytes.fromhex(statement.predicate.asked.classes_key)
    found = statement.subject[0].digest.get(DIGEST, "")
    return hmac.compare_digest(classes_digest(key, classes_of(text)).hex(), found)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a statement."""
    return msgspec.json.schema(Statement)
