"""What is kept on this device: the folder, its rights, the room left, identity and spool."""

import shutil
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from agent.doctor.finding import ABSENT, FAILS, PART, WORKS, Desk, Finding
from agent.errors import AgentError, NotEnrolled
from agent.face.status import SpoolStatus, Status, spool_status
from agent.face.wording import plain
from agent.identity import Identity, load_identity, where_kept
from agent.paths import Paths
from agent.platforms.files import is_private
from agent.spool.store import Spool
from agent.startup import only_instance

_MB = 1024 * 1024
_DISK_MIN_MB = 200


def identity_of(desk: Desk) -> tuple[Identity | None, Finding]:
    """This device's identity, and what there is to say about it."""
    try:
        identity = load_identity(desk.paths)
    except NotEnrolled:
        fix = "Run `veritype enrol URL CODE` with the code that you were given."
        return None, Finding("enrolment", FAILS, "This device has no usable identity yet.", fix)
    except AgentError as error:
        return None, Finding("enrolment", FAILS, str(error), "Enrol this device again.")
    name = plain(identity.person_name)
    return identity, Finding("enrolment", WORKS, f"{name}, at {identity.server}")


def recorder_finding(status: Status | None) -> Finding:
    """What the agent does now; clocked in and not recording is a failure."""
    if status is None:
        return Finding("recorder", ABSENT, "does not run; clocking in starts it")
    if status.state == "broken":
        says = " ".join(status.trouble) or "You are clocked in, and nothing is recorded."
        return Finding("recorder", FAILS, says, "Mend what fails here, or clock out and in again.")
    words = {"recording": "recording", "paused": "paused: nothing is recorded"}
    return Finding("recorder", WORKS, words.get(status.state, "off the clock: nothing is recorded"))


def state_findings(desk: Desk, status: Status | None) -> Iterator[Finding]:
    """The folder, the disk and the spool."""
    yield _folder(desk.paths.home)
    yield from _key(desk.paths)
    yield _disk(desk)
    yield _spool(desk, status)


def _key(paths: Paths) -> Iterator[Finding]:
    try:
        yield Finding("device key", WORKS, where_kept(paths))
    except AgentError:
        return  # said already: this device has no identity


def _folder(home: Path) -> Finding:
    loose = [path.name for path in _files(home) if not is_private(path)]
    if not is_private(home):
        loose.insert(0, home.name)
    if loose:
        says = f"Others may read {', '.join(sorted(loose)[:3])} in {home}."
        return Finding("state folder", FAILS, says, f"Run: chmod -R go= {home}")
    return Finding("state folder", WORKS, f"{home}, yours alone")


def _files(home: Path) -> Sequence[Path]:
    return [path for path in home.iterdir() if stat.S_ISREG(path.lstat().st_mode)]


def _disk(desk: Desk) -> Finding:
    free_mb = shutil.disk_usage(desk.paths.home).free // _MB
    wanted_mb = max(_DISK_MIN_MB, desk.settings.spool_max_bytes // _MB)
    if free_mb < _DISK_MIN_MB:
        says = f"Only {free_mb} MB are free: what is recorded may be lost."
        return Finding("disk", FAILS, says, "Make room on this disk.")
    if free_mb < wanted_mb:
        says = f"{free_mb} MB free, less than days offline may need ({wanted_mb} MB)."
        return Finding("disk", PART, says, "Make room, or lower VERITYPE_SPOOL_MAX_MB.")
    return Finding("disk", WORKS, f"{free_mb / 1024:.1f} GB free")


def _spool(desk: Desk, status: Status | None) -> Finding:
    if status is not None:
        return _counts(status.spool)
    if not desk.paths.spool.exists():
        return Finding("spool", ABSENT, "Nothing was recorded here yet.")
    try:
        with only_instance(desk.paths):
            spool = Spool(desk.paths.spool, desk.settings.spool_max_bytes)
            counts = spool.counts()
            spool.close()
    except AgentError as error:
        fix = "The next `veritype clock in` saves what still reads and keeps the damaged file."
        return Finding("spool", FAILS, str(error), fix)
    return _counts(spool_status(counts))


def _counts(spool: SpoolStatus) -> Finding:
    if spool.batches_aside:
        says = f"{spool.batches_aside} batches lie aside: the server will not take them."
        return Finding("spool", PART, says, "Tell the platform; nothing is deleted.")
    says = f"{spool.batches_waiting} batches wait to be sent, {spool.receipts} receipts kept"
    return Finding("spool", WORKS, says)
