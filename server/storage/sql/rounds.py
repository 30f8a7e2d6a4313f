"""When open sessions are looked at: every quarter of an hour, evenly spread."""

from server.records import ROUND_US, NewSession


def first_look_us(session: NewSession) -> int:
    """A moment of the session's own, one round after clock-in on average.

    Its id is random, so that sessions which open at one moment are due at different ones.
    """
    phase = int.from_bytes(session.id[:6], "big") * ROUND_US >> 48
    return session.opened_us + ROUND_US // 2 + phase
