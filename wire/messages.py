"""The JSON messages of the agent's routes. Binary values are base64 in JSON (msgspec's way).

============================================  ================================================
POST /agent/v1/enrolments                     EnrolmentRequest -> Enrolment
GET  /agent/v1/projects                       -> Projects
POST /agent/v1/consents                       ConsentRequest -> Consent
DELETE /agent/v1/consents/{project}           -> Withdrawal
POST /agent/v1/revocations                    Revocation -> 200
POST /agent/v1/sessions                       SessionRequest -> SessionGrant
POST /agent/v1/batches                        a sealed batch (bytes) -> Acknowledgement
POST /agent/v1/blankings                      BlankingNotice -> 201, or 200 if it is known
PUT  /agent/v1/objects/{digest}?session={id}  a screenshot, title or note (bytes) -> 201, or 200
                                              if it is there already
GET  /agent/v1/release                        -> Release
GET  /agent/v1/release/file                   the released file (bytes)
============================================  ================================================

In paths, digests and ids are lower-case hex. All but the first carry
`Authorization: Bearer <device token>`.
"""

from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from wire import limits
from wire.decoding import decoder_of
from wire.errors import MessageInvalid, MessageTooNew
from wire.header import U32, U62, AgentVersion, Digest32, Id16
from wire.policy import Policy
from wire.server_keys import Handover, KeyRing
from wire.signing import SigningKey, VerifyKey

RECEIPT_DOMAIN = b"veritype receipt v1"
RELEASE_DOMAIN = b"veritype release v1"
BLANKING_DOMAIN = b"veritype blanking v1"
BATCH_CONTENT_TYPE = "application/vnd.veritype.batch"

Key32 = Annotated[bytes, Meta(min_length=32, max_length=32)]
ShortText = Annotated[str, Meta(min_length=1, max_length=120)]
MinimumVersion = Annotated[str, Meta(max_length=20, pattern=r"^(\d+\.\d+\.\d+[a-z0-9.+]*)?$")]
FileName = Annotated[str, Meta(max_length=120, pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]*\Z")]
"""A name without a folder: it is written into the folder that the person is in."""
Observes = Annotated[
    tuple[tuple[Annotated[int, Meta(ge=0, le=255)], Annotated[int, Meta(ge=0, le=255)]], ...],
    Meta(max_length=32),
]
"""Pairs of `wire.codes.Observable` and `wire.codes.Ability`; a reader passes over unknown ones."""
M = TypeVar("M", bound=msgspec.Struct)


class EnrolmentRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A pairing code and the public key the device made for itself."""

    code: ShortText
    public_key: Key32
    platform: ShortText
    agent_version: AgentVersion
    observes: Observes = ()
    """What this device can observe; empty: not said."""


class Enrolment(msgspec.Struct, frozen=True):
    """What a device gets once: its id, its token, who it is for, and the server's key."""

    device: Id16
    token: ShortText
    person_name: ShortText
    server_key: Key32
    handovers: tuple[Handover, ...] = ()
    """Where the server's earlier keys went over into this one."""


class Revocation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The trainer takes this device out of use: nothing is taken from it any more."""

    device: Id16
    """The sender's own."""


class ProjectOffer(msgspec.Struct, frozen=True):
    """A project this person may work on, with the policy in force."""

    project: Id16
    name: ShortText
    policy: Policy
    consented_version: U32
    """Policy version this person accepted last; 0: none."""
    covered: bool = False
    """That consent covers the policy in force: it is the same, or records nothing more."""


class Projects(msgspec.Struct, frozen=True):
    """All projects of this person."""

    projects: tuple[ProjectOffer, ...]
    minimum_agent_version: MinimumVersion = ""
    """An older agent opens no session; empty: any may."""
    minimum_agent_reason: Annotated[str, Meta(max_length=300)] = ""
    """Why, in the operator's words."""


class ConsentRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The trainer accepted exactly this policy document."""

    project: Id16
    policy_version: U32
    policy_digest: Digest32


class Consent(msgspec.Struct, frozen=True):
    """The server stored the consent."""

    policy_version: U32
    accepted_us: U62


class Withdrawal(msgspec.Struct, frozen=True):
    """The server stored that the consent to a project's rules is withdrawn."""

    withdrawn_us: U62


class SessionRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Clock-in: the agent chose a random session id."""

    session: Id16
    project: Id16
    policy_version: U32
    agent_version: AgentVersion
    observes: Observes = ()
    """What this device can observe now; empty: not said."""


class SessionGrant(msgspec.Struct, frozen=True):
    """The server knows the session; its first nonce."""

    session: Id16
    nonce: Id16
    opened_us: U62


class Acknowledgement(msgspec.Struct, frozen=True):
    """The batch is committed and synced. Signed, so it is the trainer's receipt."""

    session: Id16
    sequence: U32
    digest: Digest32
    received_us: U62
    nonce: Id16
    policy_version: U32
    """The version now in force; higher than the session's means: fetch and ask again."""
    server_key_id: bytes
    signature: bytes

    def signed_bytes(self) -> bytes:
        """What the signature covers: session, sequence, digest and time of receipt."""
        return b"".join(
            (
                self.session,
                self.sequence.to_bytes(8, "little"),
                self.digest,
                self.received_us.to_bytes(8, "little"),
            )
        )

    def verify(self, key: VerifyKey) -> None:
        """Check the receipt offline.

        Raises:
            SignatureInvalid: it was not signed by this server's key.
        """
        key.verify(RECEIPT_DOMAIN, self.signed_bytes(), self.signature)

    def verify_by(self, ring: KeyRing) -> None:
        """Check the receipt offline with the key that it names, among those trusted.

        Raises:
            SignatureInvalid: it was not signed by one of this server's keys in its time.
        """
        signed = self.signed_bytes()
        ring.check_at(self.server_key_id, RECEIPT_DOMAIN, signed, self.signature, self.received_us)


def acknowledge(
    *,
    session: bytes,
    sequence: int,
    digest: bytes,
    received_us: int,
    nonce: bytes,
    policy_version: int,
    key: SigningKey,
) -> Acknowledgement:
    """Make a signed acknowledgement; call it only after the commit was synced."""
    draft = Acknowledgement(
        session, sequence, digest, received_us, nonce, policy_version, key.verify_key.key_id, b""
    )
    signature = key.sign(RECEIPT_DOMAIN, draft.signed_bytes())
    return msgspec.structs.replace(draft, signature=signature)


class Release(msgspec.Struct, frozen=True):
    """An agent that the server offers. Signed, so that nobody else can offer one."""

    version: AgentVersion
    file: FileName
    size_bytes: Annotated[int, Meta(ge=1, le=limits.RELEASE_MAX_BYTES)]
    sha256: Digest32
    server_key_id: bytes
    signature: bytes

    def signed_bytes(self) -> bytes:
        """What the signature covers: digest, size, version and file name."""
        names = f"{self.version}\0{self.file}".encode()
        return self.sha256 + self.size_bytes.to_bytes(8, "little") + names

    def verify_by(self, ring: KeyRing, now_us: int) -> None:
        """Check that this server offers it now.

        Raises:
            SignatureInvalid: it was not signed by a key of this server that is in use.
        """
        signed = self.signed_bytes()
        ring.check_at(self.server_key_id, RELEASE_DOMAIN, signed, self.signature, now_us)


def sign_release(
    *, version: str, file: str, size_bytes: int, sha256: bytes, key: SigningKey
) -> Release:
    """Offer a release under the server's key."""
    draft = Release(version, file, size_bytes, sha256, key.verify_key.key_id, b"")
    signature = key.sign(RELEASE_DOMAIN, draft.signed_bytes())
    return msgspec.structs.replace(draft, signature=signature)


class BlankingNotice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The trainer blanked a picture after its session was over; signed by the device.

    The same as `wire.events.Blanking`, for which the chain has no place any more.
    """

    session: Id16
    object_kind: Annotated[int, Meta(ge=1, le=255)]
    """`wire.codes.ObjectKind`."""
    digest: Digest32
    kept: Digest32
    """The picture with a part blacked out that took its place; zeros: nothing did."""
    blanked_us: U62
    """Wall clock of the device."""
    signature: bytes

    def signed_bytes(self) -> bytes:
        """What the signature covers: everything else."""
        return b"".join(
            (
                self.session,
                self.object_kind.to_bytes(1, "little"),
                self.digest,
                self.kept,
                self.blanked_us.to_bytes(8, "little"),
            )
        )

    def verify(self, key: VerifyKey) -> None:
        """Check that the device said this.

        Raises:
            SignatureInvalid: it was not signed by this device's key.
        """
        key.verify(BLANKING_DOMAIN, self.signed_bytes(), self.signature)


def sign_blanking(
    *,
    session: bytes,
    object_kind: int,
    digest: bytes,
    kept: bytes,
    blanked_us: int,
    key: SigningKey,
) -> BlankingNotice:
    """Make a signed notice."""
    draft = BlankingNotice(session, object_kind, digest, kept, blanked_us, b"")
    signature = key.sign(BLANKING_DOMAIN, draft.signed_bytes())
    return msgspec.structs.replace(draft, signature=signature)


def encode_message(message: msgspec.Struct) -> bytes:
    """Encode a message as JSON."""
    return msgspec.json.encode(message)


_LATER = ("Object contains unknown field", "Invalid enum value")
"""How msgspec begins to say what a later writer may have added."""


def decode_message(data: bytes, kind: type[M], limit_bytes: int = limits.MESSAGE_MAX_BYTES) -> M:
    """Read a JSON message.

    Raises:
        MessageTooNew: it has a field, or a value of a list of values, that this version does
            not know. The text names the field.
        MessageInvalid: it is too large, not JSON, or not of this kind. The text names the
            field, never its value.
    """
    if len(data) > limit_bytes:
        raise MessageInvalid(f"{len(data)} bytes; {limit_bytes} allowed")
    try:
        return decoder_of(kind).decode(data)
    except msgspec.ValidationError as error:
        kind_of_error = MessageTooNew if str(error).startswith(_LATER) else MessageInvalid
        raise kind_of_error(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MessageInvalid("this is not JSON") from error
