"""Screenshots that have not left this device, as the trainer is told about them."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from agent.spool.blankings import waiting_pictures
from agent.spool.store import Spool


class HeldPicture(msgspec.Struct, frozen=True):
    """One screenshot and how long it stays."""

    number: int
    taken_us: int
    size_bytes: int
    left_s: float
    """Of your presence; 0: it goes as soon as the server takes it."""


def held_pictures(spool: Spool) -> tuple[HeldPicture, ...]:
    """All of them, oldest first."""
    return tuple(
        HeldPicture(row.number, row.kept_us, row.size_bytes, row.review_left_us / 1e6)
        for row in waiting_pictures(spool)
    )


def picture_lines(pictures: Sequence[HeldPicture], now_s: float) -> list[str]:
    """The list in words."""
    if not pictures:
        return ["No screenshot waits on this device."]
    return [_line(picture, now_s) for picture in pictures]


def _line(picture: HeldPicture, now_s: float) -> str:
    taken = datetime.fromtimestamp(picture.taken_us / 1e6, UTC).astimezone()
    day = "" if now_s - picture.taken_us / 1e6 < 20 * 3600 else f"{taken:%Y-%m-%d} "
    stays = f"stays here {_minutes(picture.left_s)}" if picture.left_s else "leaves now"
    size = f"{picture.size_bytes / 1000:.0f} kB"
    return f"{picture.number:>5}  taken {day}{taken:%H:%M}, {size}, {stays}"


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s more" if seconds < 120 else f"{seconds / 60:.0f} min more"
