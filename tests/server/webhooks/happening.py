"""Things that happen, as each track of the server announces them."""

from server.records.announcements import Happened
from server.storage.sql.bound import Bound
from tests.server.house import House

AT_US = 1_800_000_000_000_000


def happen(
    house: House,
    count: int = 1,
    kind: Happened = Happened.SESSION_SCORED,
    subject: str = "ab" * 16,
    at_us: int = AT_US,
) -> None:
    """Announce so many things of one kind in the first organisation."""
    own = house.own
    assert isinstance(own, Bound)
    with own._transaction() as connection:
        for _ in range(count):
            own._announce(connection, kind, subject, at_us)
