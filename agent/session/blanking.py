"""Blanking a picture: wholly, or a part of it. The old bytes go first, then it is told."""

import subprocess
from collections.abc import Sequence

from agent.clock import ClockReading
from agent.errors import ControlFailed
from agent.processes import command
from agent.session.recording import Recording
from agent.spool.blankings import blank, picture_bytes, told
from agent.spool.rows import Region
from agent.spool.store import Spool
from wire.objects import object_digest

_BLACKEN_S = 30.0


def blank_picture(
    spool: Spool,
    number: int,
    regions: Sequence[Region],
    clock: ClockReading,
    recording: Recording | None,
) -> None:
    """Blank a picture that has not left this device; without regions, all of it.

    Told by an event if its session still records, else by a notice that the shipper sends.

    Raises:
        ControlFailed: the picture is not here any more, or a region lies outside it.
    """
    if regions:
        old = picture_bytes(spool, number)
        kept = _blackened(old, regions)
        if kept == old:
            return
        row = blank(spool, number, clock.wall_us, kept, object_digest(kept))
    else:
        row = blank(spool, number, clock.wall_us)
    told_now = (
        recording is not None
        and recording.facts.session == row.session
        and recording.tell_blanked(clock, row)
    )
    if told_now:
        told(spool, row)


def _blackened(data: bytes, regions: Sequence[Region]) -> bytes:
    arguments = [",".join(map(str, region)) for region in regions]
    done = subprocess.run(
        command("blacken", *arguments),
        input=data,
        capture_output=True,
        timeout=_BLACKEN_S,
        check=False,
    )
    if done.returncode != 0 or not done.stdout:
        raise ControlFailed("That rectangle lies outside the picture; nothing was changed.")
    return done.stdout
