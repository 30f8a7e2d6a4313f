"""The server's minimum version, and its offer of a release: checked, saved, never installed.

A release is taken only under the server's key in use, which follows from the one that was pinned
at enrolment, with the digest and the size that were signed. What does not hold leaves no file
behind.
"""

import contextlib
import hashlib
import time
from pathlib import Path

from agent import AGENT_VERSION
from agent.errors import AgentTooOld, ServerUnreachable, UpdateRefused
from agent.face.wording import plain
from agent.identity import expect_ok
from agent.server_keys import KEYS_PATH, followed
from agent.shipping.transport import Transport
from wire.errors import MessageInvalid, SignatureInvalid
from wire.messages import Projects, Release, decode_message
from wire.problems import ProblemCode
from wire.server_keys import KeyRing
from wire.versions import is_older

_RELEASE = "/agent/v1/release"
_CHUNK_BYTES = 1 << 20


TOO_NEW = (
    "A project's policy says something that this agent does not know and so cannot show you:"
    " update the agent. Run `veritype update`."
)


def check_new_enough(found: Projects) -> None:
    """Check this agent's version against the server's minimum.

    Raises:
        AgentTooOld: it is older; the text carries the server's reason.
    """
    if is_older(AGENT_VERSION, found.minimum_agent_version):
        why = plain(found.minimum_agent_reason.strip()) or "The server gives no reason."
        raise AgentTooOld(
            f"The server asks for agent {found.minimum_agent_version} or later, and this is"
            f" {AGENT_VERSION}: {why} Run `veritype update`."
        )


def offered(transport: Transport, ring: KeyRing) -> Release | None:
    """The release that the server offers; None if it offers none.

    Raises:
        ServerUnreachable, ServerRefused: no usable answer came.
        UpdateRefused: it is not signed by the server this device was enrolled at.
    """
    answer = transport.get(_RELEASE)
    problem = answer.problem()
    if problem is not None and problem.code is ProblemCode.NOT_FOUND:
        return None
    try:
        release = decode_message(expect_ok(answer), Release)
        if ring.key(release.server_key_id) is None:
            ring = followed(ring, transport.get(KEYS_PATH))
        release.verify_by(ring, time.time_ns() // 1000)
    except MessageInvalid as error:
        raise ServerUnreachable("The server's offer of a release could not be read.") from error
    except (SignatureInvalid, OverflowError) as error:
        raise UpdateRefused(
            "The release is not signed by the server this device was enrolled at: nothing was"
            " taken. Tell your project."
        ) from error
    return release


def fetch(transport: Transport, release: Release, folder: Path) -> Path:
    """Download a release into a folder and check it; returns the file.

    Raises:
        UpdateRefused: there is a file of that name, it cannot be written, or size or digest are
            not the signed ones; no file is left behind.
        ServerUnreachable, ServerRefused: it did not arrive.
    """
    path, draft = folder / release.file, folder / f"{release.file}.part"
    for taken in (path, draft):
        if taken.exists():
            raise UpdateRefused(f"There is a file {taken} already: move it away first.")
    try:
        with draft.open("xb") as file:
            answer = transport.download(f"{_RELEASE}/file", file, release.size_bytes)
        expect_ok(answer)
        _check(draft, release)
        draft.rename(path)
    except OSError as error:
        raise UpdateRefused(f"{draft} cannot be written: {error.strerror}.") from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
    return path


def _check(draft: Path, release: Release) -> None:
    digest, size_bytes = hashlib.sha256(), 0
    with draft.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            size_bytes += len(chunk)
    if size_bytes != release.size_bytes or digest.digest() != release.sha256:
        raise UpdateRefused(
            "The file that came is not the one that was signed: it was removed. Try again, and if"
            " it stays so, tell your project."
        )
