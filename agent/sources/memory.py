"""What must stay the same across the pauses of one session, and end with it."""

from dataclasses import dataclass, field

from agent.redact import TextReducer
from agent.sources.x11_front import FrontWindows


@dataclass(frozen=True, slots=True)
class SessionMemory:
    """The key of the session's tags, and the numbers that windows and keyboards got."""

    reducer: TextReducer = field(default_factory=TextReducer)
    windows: FrontWindows = field(default_factory=FrontWindows)
    keyboards: dict[int, int] = field(default_factory=dict)

    @classmethod
    def begun(cls, tag_key: bytes, windows_seen: int, keyboards_seen: int) -> "SessionMemory":
        """The memory of a session that an earlier process may have begun.

        Its numbers are not given twice: they count on behind those that were given away.
        """
        return cls(
            TextReducer(tag_key),
            FrontWindows(windows_seen),
            {-number: number for number in range(1, keyboards_seen + 1)},
        )
