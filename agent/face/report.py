"""The part of the status that is about the session in hand."""

from collections.abc import Sequence

import msgspec

from agent.capture.loop import REQUIRED
from agent.face.status import Status
from agent.session.recording import Recording
from wire.codes import SourceName, SourceState

_STOPPED = "The recorder has stopped: nothing is recorded. Clock out and in again."


def broken_sources(states: Sequence[tuple[SourceName, SourceState, str]]) -> list[str]:
    """A sentence for each needed source that does not work; none running is a stopped recorder."""
    if not states:
        return [_STOPPED]
    return [
        f"The {name.name.lower()} source does not work: {why}"
        for name, state, why in states
        if name in REQUIRED and state in (SourceState.FAILED, SourceState.MISSING)
    ]


def session_status(
    status: Status,
    recording: Recording,
    project_name: str,
    broken: Sequence[str],
    policy_in_force: int,
) -> Status:
    """The status with the session in it. `broken` counts only while nothing is paused."""
    broken = [] if recording.paused else list(broken)
    state = "paused" if recording.paused else "broken" if broken else "recording"
    trouble = [*status.trouble, *broken]
    if policy_in_force > recording.facts.policy_version:
        trouble.append("The project has new rules: clock out and in again to read them.")
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
