"""Screenshots and titles that have not left this device, as the trainer is told about them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from agent.face.status import HeldPicture, HeldTitle
from agent.face.wording import plain
from agent.spool.blankings import waiting_pictures, waiting_titles
from agent.spool.store import Spool

TITLES_LISTED = 100


def held_pictures(spool: Spool) -> tuple[HeldPicture, ...]:
    """All of them, oldest first."""
    return tuple(
        HeldPicture(row.number, row.kept_us, row.size_bytes, row.review_left_us / 1e6)
        for row in waiting_pictures(spool)
    )


def held_titles(spool: Spool) -> tuple[HeldTitle, ...]:
    """The newest of them, oldest first."""
    return tuple(
        HeldTitle(row.number, row.text, row.kept_us, row.review_left_us / 1e6)
        for row in waiting_titles(spool)[-TITLES_LISTED:]
    )


def title_lines(titles: Sequence[HeldTitle], now_s: float) -> list[str]:
    """The list in words."""
    return [
        f'{title.number:>5}  title read {_clock(title.read_us, now_s)}, "{plain(title.text)}",'
        f" {_stays(title.left_s)}"
        for title in titles
    ]


def picture_lines(pictures: Sequence[HeldPicture], now_s: float) -> list[str]:
    """The list in words."""
    if not pictures:
        return ["No screenshot waits on this device."]
    return [_line(picture, now_s) for picture in pictures]


def _line(picture: HeldPicture, now_s: float) -> str:
    size = f"{picture.size_bytes / 1000:.0f} kB"
    when = _clock(picture.taken_us, now_s)
    return f"{picture.number:>5}  taken {when}, {size}, {_stays(picture.left_s)}"


def _clock(at_us: int, now_s: float) -> str:
    at = datetime.fromtimestamp(at_us / 1e6, UTC).astimezone()
    day = "" if now_s - at_us / 1e6 < 20 * 3600 else f"{at:%Y-%m-%d} "
    return f"{day}{at:%H:%M}"


def _stays(left_s: float) -> str:
    return f"stays here {_minutes(left_s)}" if left_s else "leaves now"


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s more" if seconds < 120 else f"{seconds / 60:.0f} min more"
