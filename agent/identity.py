"""Who this device is: its signing key, its token, its server. Files of mode 0600."""

import platform
from dataclasses import dataclass

import msgspec

from agent import AGENT_VERSION
from agent.errors import NotEnrolled, ServerRefused, ServerUnreachable, StateUnsafe
from agent.face.wording import plain
from agent.paths import Paths, check_private, write_private
from agent.shipping.transport import Answer, Transport
from wire.errors import MessageInvalid
from wire.messages import Enrolment, EnrolmentRequest, decode_message, encode_message
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

    def __repr__(self) -> str:
        return f"Identity(server={self.server!r}, device={self.device.hex()}, secrets not shown)"


class _Stored(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    server: str
    device: bytes
    person_name: str
    token: str
    key: bytes
    server_key: bytes


def enrol(server: str, code: str, transport: Transport) -> Identity:
    """Pair this device with the server; the key is made here and never leaves.

    Raises:
        ServerUnreachable, ServerRefused: no identity was made.
    """
    key = SigningKey.generate()
    request = EnrolmentRequest(
        code.strip(), key.verify_key.raw, platform.platform(terse=True)[:120], AGENT_VERSION
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


def store_identity(paths: Paths, identity: Identity) -> None:
    """Write the identity file, readable by this user alone."""
    stored = _Stored(
        identity.server,
        identity.device,
        identity.person_name,
        identity.token,
        identity.key.secret_bytes(),
        identity.server_key.raw,
    )
    write_private(paths.identity, msgspec.json.encode(stored))


def load_identity(paths: Paths) -> Identity:
    """Read the identity file.

    Raises:
        NotEnrolled: there is none, or it does not read.
        StateUnsafe: others could have read it.
    """
    try:
        check_private(paths.identity)
        stored = msgspec.json.decode(paths.identity.read_bytes(), type=_Stored)
        key = SigningKey(stored.key)
    except FileNotFoundError as error:
        raise NotEnrolled("This device is not enrolled: run `veritype enrol URL CODE`.") from error
    except OSError as error:
        raise StateUnsafe(f"{paths.identity} cannot be read: {error.strerror}.") from error
    except (msgspec.DecodeError, ValueError) as error:
        raise NotEnrolled("The identity file is damaged: enrol this device again.") from error
    return Identity(
        stored.server,
        stored.device,
        stored.person_name,
        stored.token,
        key,
        VerifyKey(stored.server_key),
    )
