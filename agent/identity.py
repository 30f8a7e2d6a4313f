"""Who this device is: its signing key, its token, its server.

Key and token lie in the system's keyring where there is one, else in the identity file, which is
this user's alone (mode 0600). Never in both.
"""

import platform
from dataclasses import dataclass

import msgspec

from agent import AGENT_VERSION
from agent.abilities import abilities
from agent.display import display_server
from agent.errors import (
    KeyringClosed,
    NotEnrolled,
    ServerRefused,
    ServerUnreachable,
    StateUnsafe,
)
from agent.face.wording import plain
from agent.keychain import Secrets, fetch, forget, keep, keyring_name
from agent.paths import Paths, check_private, write_private
from agent.server_keys import keep_handovers, read_handovers
from agent.shipping.transport import Answer, Transport
from wire.decoding import decoder_of
from wire.errors import MessageInvalid
from wire.messages import Enrolment, EnrolmentRequest, decode_message, encode_message
from wire.server_keys import Handover, KeyRing
from wire.signing import SigningKey, VerifyKey


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """What enrolment left on this device. Its text form shows no secret."""

    server: str
    device: bytes
    person_name: str
    token: str
    key: SigningKey
    server_key: VerifyKey
    """Pinned when the device was enrolled."""
    handovers: tuple[Handover, ...] = ()

    @property
    def ring(self) -> KeyRing:
        """The server's keys that this device trusts."""
        return KeyRing(self.server_key, self.handovers)

    def __repr__(self) -> str:
        return f"Identity(server={self.server!r}, device={self.device.hex()}, secrets not shown)"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What is known of this device without its secrets."""

    server: str
    device: bytes
    person_name: str
    server_key: VerifyKey
    in_keyring: bool
    """Key and token lie in the system's keyring; else in the identity file."""
    handovers: tuple[Handover, ...] = ()

    @property
    def ring(self) -> KeyRing:
        """The server's keys that this device trusts."""
        return KeyRing(self.server_key, self.handovers)


class _Stored(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    server: str
    device: bytes
    person_name: str
    server_key: bytes
    token: str = ""
    """Empty, like `key`: both are in the keyring."""
    key: bytes = b""


def enrol(server: str, code: str, transport: Transport) -> Identity:
    """Pair this device with the server; the key is made here and never leaves.

    Raises:
        ServerUnreachable, ServerRefused: no identity was made.
    """
    key = SigningKey.generate()
    request = EnrolmentRequest(
        code.strip(),
        key.verify_key.raw,
        platform.platform(terse=True)[:120],
        AGENT_VERSION,
        abilities(display_server()),
    )
    answer = transport.post("/agent/v1/enrolments", encode_message(request))
    body = expect_ok(answer)
    try:
        enrolment = decode_message(body, Enrolment)
    except MessageInvalid as error:
        raise ServerUnreachable("The server's answer to enrolling could not be read.") from error
    return Identity(
        server,
        enrolment.device,
        enrolment.person_name,
        enrolment.token,
        key,
        VerifyKey(enrolment.server_key),
        enrolment.handovers,
    )


def expect_ok(answer: Answer) -> bytes:
    """The body of a good answer.

    Raises:
        ServerUnreachable: no usable answer came.
        ServerRefused: the server said no; the text carries its reason.
    """
    if answer.ok:
        return answer.body
    if answer.failure:
        raise ServerUnreachable(answer.failure)
    problem = answer.problem()
    if problem is None:
        raise ServerUnreachable(f"The server answered {answer.status} and gave no reason.")
    words = plain(problem.detail or problem.title)
    raise ServerRefused(f"The server refused ({problem.status}): {words}")


def store_identity(paths: Paths, identity: Identity) -> bool:
    """Store the identity; returns whether its secrets went into the system's keyring."""
    secrets = Secrets(identity.token, identity.key.secret_bytes())
    public = _Stored(
        identity.server, identity.device, identity.person_name, identity.server_key.raw
    )
    before = _stored_before(paths)
    kept = keep(identity.device.hex(), secrets)
    stored = (
        public if kept else msgspec.structs.replace(public, token=secrets.token, key=secrets.key)
    )
    keep_handovers(paths, identity.handovers)
    write_private(paths.identity, msgspec.json.encode(stored))
    if before is not None and before.device != identity.device:
        forget(before.device.hex())
    return kept


def load_enrolled(paths: Paths) -> Enrolled:
    """Read what is known of this device; asks no keyring.

    Raises:
        NotEnrolled: there is no identity file, or it does not read.
        StateUnsafe: others could have read it.
    """
    stored = _read(paths)
    return Enrolled(
        stored.server,
        stored.device,
        stored.person_name,
        VerifyKey(stored.server_key),
        not stored.key,
        read_handovers(paths),
    )


def load_identity(paths: Paths) -> Identity:
    """Read the identity with its secrets.

    Raises:
        NotEnrolled: there is no identity file, or it does not read.
        StateUnsafe: others could have read it.
        KeyringClosed: the secrets are in the system's keyring, which does not give them.
    """
    stored = _read(paths)
    secrets = Secrets(stored.token, stored.key) if stored.key else fetch(stored.device.hex())
    if secrets is None:
        raise KeyringClosed(
            "The system's keyring does not give out this device's key: unlock it and try again, or"
            " enrol this device anew."
        )
    try:
        key = SigningKey(secrets.key)
    except ValueError as error:
        raise NotEnrolled("This device's key is damaged: enrol this device again.") from error
    return Identity(
        stored.server,
        stored.device,
        stored.person_name,
        secrets.token,
        key,
        VerifyKey(stored.server_key),
        read_handovers(paths),
    )


def move_to_keyring(paths: Paths, identity: Identity) -> bool:
    """Move secrets that lie in the file into a keyring that has come up since; True if moved."""
    return not load_enrolled(paths).in_keyring and store_identity(paths, identity)


def where_kept(paths: Paths) -> str:
    """Where this device's key and token lie, in words.

    Raises:
        NotEnrolled, StateUnsafe: there is no identity that reads.
    """
    enrolled, keyring = load_enrolled(paths), keyring_name()
    if enrolled.in_keyring:
        return f"in the system's keyring ({keyring or 'it does not answer now'})"
    later = "they move into the keyring at the next start" if keyring else "there is no keyring"
    return f"in a file that only you can read ({paths.identity}); {later}"


def forget_secrets(paths: Paths) -> bool:
    """Delete key and token wherever they lie; False if the keyring still may have them."""
    stored = _stored_before(paths)
    paths.identity.unlink(missing_ok=True)
    return stored is None or bool(stored.key) or forget(stored.device.hex())


def _stored_before(paths: Paths) -> _Stored | None:
    try:
        return _read(paths)
    except (NotEnrolled, StateUnsafe):
        return None


def _read(paths: Paths) -> _Stored:
    try:
        check_private(paths.identity)
        return decoder_of(_Stored).decode(paths.identity.read_bytes())
    except FileNotFoundError as error:
        raise NotEnrolled("This device is not enrolled: run `veritype enrol URL CODE`.") from error
    except OSError as error:
        raise StateUnsafe(f"{paths.identity} cannot be read: {error.strerror}.") from error
    except (msgspec.DecodeError, ValueError) as error:
        raise NotEnrolled("The identity file is damaged: enrol this device again.") from error
