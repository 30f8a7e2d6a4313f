"""The audit log read, checked and signed.

The chain's end is signed once a day and leaves the server (announced to webhooks, shown to the
administrator): whoever rewrites the log afterwards, the operator too, contradicts a signature that
lies elsewhere.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from server.operation.keys import ServerKeys
from server.records.audit import FIRST, AuditLine, AuditSearch, SignedDocument
from server.storage.protocols import OrganisationStore, Store
from wire.errors import SignatureInvalid
from wire.server_keys import KeyRing
from wire.signing import SigningKey

HEAD_DOMAIN = b"veritype audit head v1"
_AT_ONCE = 1_000
_HEADS_MAX = 5_000
_HEADS_SHOWN = 50


class Head(msgspec.Struct, frozen=True):
    """Where an organisation's chain ended at a moment; bytes are hex."""

    organisation: int
    sequence: int
    digest: str
    signed_us: int
    key: str
    """Id of the server's key, as `/.well-known/veritype-keys` lists it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check of a log found."""

    lines: int
    before_the_chain: int
    """Lines of an older version: covered by the chain's next line, as they stood then."""
    heads: int
    wrong: str | None
    """What does not hold, in a sentence; None: everything does."""


@dataclass(frozen=True, slots=True)
class _Chained:
    """A line's place in the chain."""

    sequence: int
    digest: bytes


def sign_head(store: Store, organisation: int, key: SigningKey, now_us: int) -> Head | None:
    """Sign the end of a chain and announce it; None where there is none, or nothing new."""
    own = store.of(organisation)
    end = own.audit_end()
    if end is None or end.sequence is None or end.digest is None:
        return None
    key_id = key.verify_key.key_id.hex()
    head = Head(organisation, end.sequence, end.digest.hex(), now_us, key_id)
    document = msgspec.json.encode(head)
    added = own.add_audit_head(end.sequence, document, key.sign(HEAD_DOMAIN, document), now_us)
    return head if added else None


def check_log(
    own: OrganisationStore, organisation: int, keys: ServerKeys, kept: Sequence[bytes] = ()
) -> Checked:
    """Walk an organisation's log from its first line, and hold it against every signed head.

    `kept` are heads that were kept outside of the server: each a line of JSON as `audit head`
    printed it, with the document and its signature.
    """
    digests, before, wrong = _walk(own)
    heads = list(own.audit_heads(_HEADS_MAX)) + [_kept_head(each) for each in kept]
    wrong = wrong or next(_against(heads, organisation, digests, keys.ring), None)
    return Checked(len(digests), before, len(heads), wrong)


def check_newest(own: OrganisationStore, organisation: int, keys: ServerKeys, most: int) -> Checked:
    """Hold the newest lines against each other, and against the signed heads that name them.

    What stands before them is taken as it is: the whole log is `check_log`'s.
    """
    lines = list(reversed(own.audit_search(AuditSearch(), None, most)))
    digests, wrong, before = dict[int, bytes](), None, None
    for line in lines:
        if line.sequence is None or line.digest is None:
            before = None
            continue
        if before is not None and line.sequence != before.sequence + 1:
            wrong = wrong or f"line {before.sequence + 1} of the audit log is missing"
        elif before is not None and line.digest_behind(before.digest) != line.digest:
            wrong = wrong or f"line {line.sequence} of the audit log was changed"
        digests[line.sequence] = line.digest
        before = _Chained(line.sequence, line.digest)
    heads = [head for head in own.audit_heads(_HEADS_SHOWN) if _names(head, digests)]
    wrong = wrong or next(_against_known(heads, organisation, digests, keys.ring), None)
    return Checked(len(digests), 0, len(heads), wrong)


def exported(head: SignedDocument) -> str:
    """A head as somebody keeps it elsewhere: one line of JSON."""
    said = {"document": head.document.decode(), "signature": head.signature.hex()}
    return json.dumps(said)


def lines_of(own: OrganisationStore) -> Iterator[AuditLine]:
    """The whole log, the oldest line first."""
    after = 0
    while page := own.audit_lines(after, _AT_ONCE):
        yield from page
        after = page[-1].row


def _walk(own: OrganisationStore) -> tuple[list[bytes], int, str | None]:
    """The chain's digests, how many lines stand before its first, and what does not follow."""
    digests, digest, unchained, before = list[bytes](), FIRST, 0, 0
    for line in lines_of(own):
        if line.digest is None or line.sequence is None:
            digest, unchained = line.digest_behind(digest), unchained + 1
            continue
        before += unchained
        unchained = 0
        if line.sequence != len(digests):
            return digests, before, f"line {len(digests)} of the audit log is missing"
        digest = line.digest_behind(digest)
        if digest != line.digest:
            return digests, before, f"line {line.sequence} of the audit log was changed"
        digests.append(digest)
    return digests, before + unchained, None


def _names(signed: SignedDocument, digests: Mapping[int, bytes]) -> bool:
    """Whether a head is about one of these lines; one that does not read is looked at too."""
    try:
        return msgspec.json.decode(signed.document, type=Head).sequence in digests
    except (msgspec.DecodeError, ValueError):
        return True


def _against(
    heads: Sequence[SignedDocument], organisation: int, digests: Sequence[bytes], ring: KeyRing
) -> Iterator[str]:
    return _against_known(heads, organisation, dict(enumerate(digests)), ring)


def _against_known(
    heads: Sequence[SignedDocument], organisation: int, digests: Mapping[int, bytes], ring: KeyRing
) -> Iterator[str]:
    for signed in heads:
        try:
            head = msgspec.json.decode(signed.document, type=Head)
        except (msgspec.DecodeError, ValueError):
            yield "a signed head of the audit log does not read"
            continue
        if not signature_holds(ring, head.key, HEAD_DOMAIN, signed):
            yield f"the signature at line {head.sequence} of the audit log does not hold"
        elif head.organisation != organisation:
            yield "a signed head is another organisation's"
        elif head.sequence not in digests:
            yield f"the audit log ends before line {head.sequence}, which was signed"
        elif digests[head.sequence].hex() != head.digest:
            yield f"line {head.sequence} of the audit log is not the one that was signed"


def signature_holds(ring: KeyRing, key: str, domain: bytes, signed: SignedDocument) -> bool:
    """Whether a key of this server signed a document."""
    try:
        known = ring.key(bytes.fromhex(key))
        if known is None:
            return False
        known.key.verify(domain, signed.document, signed.signature)
    except (SignatureInvalid, ValueError):
        return False
    return True


def _kept_head(line: bytes) -> SignedDocument:
    try:
        said = json.loads(line)
        return SignedDocument(0, said["document"].encode(), bytes.fromhex(said["signature"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return SignedDocument(0, b"", b"")
