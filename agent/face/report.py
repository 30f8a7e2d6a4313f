"""The part of the status that is about the session in hand."""

from collections.abc import Sequence

import msgspec

from agent.capture.frames import SourceReport
from agent.face.status import SourceStatus, Status
from agent.session.recording import Recording
from wire.codes import SourceState

_STOPPED = "The recorder has stopped: nothing is recorded. It is started anew."


def broken_sources(sources: Sequence[SourceReport]) -> list[str]:
    """A sentence for each needed source that does not work; none running is a stopped recorder."""
    if not sources:
        return [_STOPPED]
    return [
        f"The {source.name.name.lower()} source does not work: {source.why}"
        for source in sources
        if source.needed and source.state in (SourceState.FAILED, SourceState.MISSING)
    ]


def source_statuses(sources: Sequence[SourceReport]) -> tuple[SourceStatus, ...]:
    """Each source's health, for the status."""
    return tuple(
        SourceStatus(source.name.name.lower(), source.state.name.lower(), source.why)
        for source in sources
    )


def extension_status(state: SourceState) -> SourceStatus:
    """The browser extension's health, for the status."""
    why = {
        SourceState.MISSING: "no browser is open whose extension may see the project's pages: press"
        " its button and allow them, or see `veritype browser status`",
        SourceState.DEGRADED: "the extension sent something that is no message; reload it",
    }.get(state, "")
    return SourceStatus("extension", state.name.lower(), why)


def session_status(
    status: Status,
    recording: Recording,
    project_name: str,
    broken: Sequence[str],
    news: str,
) -> Status:
    """The status with the session in it. `broken` counts only while nothing is paused.

    `news` says what changed in the project's rules; empty: nothing.
    """
    broken = [] if recording.paused else list(broken)
    state = "paused" if recording.paused else "broken" if broken else "recording"
    trouble = [*status.trouble, *broken]
    if news:
        trouble.append(news)
    return msgspec.structs.replace(
        status,
        recording=state == "recording",
        state=state,
        session=recording.facts.session.hex(),
        project=project_name,
        since_us=recording.opened.wall_us,
        recorded_s=recording.covered_us / 1e6,
        policy_version=recording.facts.policy_version,
        modes=tuple(mode.name.lower().replace("_", "-") for mode in recording.modes),
        trouble=tuple(trouble),
    )
