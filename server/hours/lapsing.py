"""Holds that nobody decided in time end, for the trainer."""

from server.storage.protocols import Store


class HoldLapses:
    """See `server.errands.errand.Errand`: two nodes that find the same hold end it once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def do_next(self, now_us: int) -> bool:
        """End the holds of one session that are due."""
        due = self._store.due_hold(now_us)
        if due is None:
            return False
        organisation, session_row = due
        return self._store.of(organisation).lapse_holds(session_row, now_us)
