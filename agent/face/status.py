"""What the agent says about itself: the same facts for `--json`, for words and for tests."""

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    # The tray and the command line read a status and do without the spool.
    from agent.spool.rows import SpoolCounts


class SourceStatus(msgspec.Struct, frozen=True):
    """One source's health."""

    name: str
    state: str
    detail: str = ""


class SpoolStatus(msgspec.Struct, frozen=True):
    """What waits on this device."""

    batches_waiting: int = 0
    objects_waiting: int = 0
    objects_held: int = 0
    """Screenshots held back so that the trainer can look at them first."""
    batches_aside: int = 0
    bytes_used: int = 0
    receipts: int = 0
    aside_newest: int = 0
    """Of `batches_aside`, those of the last session."""
    aside_why: str = ""
    """Why the last of `batches_aside` was put aside."""
    withdrawals_waiting: int = 0
    """Withdrawals of consent that the server does not know yet."""
    notices_waiting: int = 0
    """Blanked pictures and titles that the server does not know of yet."""


class HeldPicture(msgspec.Struct, frozen=True):
    """One screenshot and how long it stays."""

    number: int
    taken_us: int
    size_bytes: int
    left_s: float
    """Of your presence; 0: it goes as soon as the server takes it."""


class HeldTitle(msgspec.Struct, frozen=True):
    """One window title and how long it stays."""

    number: int
    text: str
    read_us: int
    left_s: float


class Status(msgspec.Struct, frozen=True):
    """The whole status; `docs/agent.md` explains each field."""

    running: bool
    """The agent process runs."""
    recording: bool
    """Input is being recorded now, by sources that work."""
    state: str = "off"
    """`off`, `recording`, `paused`, or `broken` (clocked in, but a needed source does not work)."""
    session: str = ""
    project: str = ""
    since_us: int | None = None
    """Clock-in, wall clock."""
    recorded_s: float = 0.0
    policy_version: int = 0
    modes: tuple[str, ...] = ()
    sources: tuple[SourceStatus, ...] = ()
    spool: SpoolStatus = SpoolStatus()
    last_acknowledged_us: int | None = None
    """Wall clock of the server, from the last receipt."""
    server: str = ""
    server_error: str = ""
    """What is wrong with the server or the way to it; empty if the last answer was good."""
    trouble: tuple[str, ...] = ()
    """Further sentences that the trainer must read."""


def spool_status(counts: "SpoolCounts") -> SpoolStatus:
    """The spool's figures as part of a status."""
    return SpoolStatus(
        counts.batches_waiting,
        counts.objects_waiting,
        counts.objects_held,
        counts.batches_aside,
        counts.bytes_used,
        counts.receipts,
        counts.aside_newest,
        counts.aside_why,
        counts.withdrawals_waiting,
        counts.notices_waiting,
    )


def status_text(status: Status) -> str:
    """The status in words, the most important first."""
    lines = [_headline(status)]
    lines += [f"! {sentence}" for sentence in status.trouble]
    if status.server_error:
        lines.append(f"! Server: {status.server_error} Everything is kept and tried again.")
    lines += [_source(source) for source in status.sources]
    if status.modes:
        lines.append(f"Declared: {', '.join(status.modes)}")
    spool = status.spool
    lines.append(
        f"Waiting to be sent: {spool.batches_waiting} batches, {spool.objects_waiting} pictures;"
        f" held for your review: {spool.objects_held}; receipts: {spool.receipts}"
    )
    if spool.withdrawals_waiting:
        lines.append("The server has not been told of your withdrawal yet; it is tried again.")
    if spool.batches_aside:
        lines.append(f"Put aside (the server will not take them): {spool.batches_aside} batches")
    return "\n".join(lines)


def _headline(status: Status) -> str:
    minutes = f"{status.recorded_s / 60:.0f} min"
    if status.state == "recording":
        return f"Recording for {status.project}: {minutes} observed."
    if status.state == "paused":
        return f"Paused ({status.project}): nothing is recorded. {minutes} observed so far."
    if status.state == "broken":
        return f"NOT RECORDING, although you are clocked in for {status.project}."
    return "Off the clock: nothing is recorded."


def _source(source: SourceStatus) -> str:
    detail = f" ({source.detail})" if source.detail else ""
    return f"  {source.name}: {source.state}{detail}"
