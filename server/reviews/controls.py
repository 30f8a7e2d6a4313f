"""Sessions of which is known how they were made, mixed into the queue."""

from server.clock import now_us
from server.errors import NotKnown, ServerError
from server.records import Truth
from server.services.naming import named_id
from server.storage.protocols import OrganisationStore

SHARE_MAX = 1.0


def mark_control(store: OrganisationStore, session_hex: str, truth: Truth, actor: str) -> None:
    """Make a session a control; a review of it that was open is closed.

    Raises:
        ServerError: there is no such session, or it is a control already.
    """
    entry = store.session(named_id(session_hex))
    if entry is None:
        raise NotKnown("there is no such session")
    if not store.mark_control(entry.row, truth, actor, now_us()):
        raise ServerError("that session is a control already; what was said of it stays")
    store.audit(actor, "control.marked", session_hex)


def set_control_share(store: OrganisationStore, share: float, actor: str) -> None:
    """Say beside how many of other reviews one of a control is opened; raises `ServerError`."""
    if not 0 <= share <= SHARE_MAX:
        raise ServerError("a share is a number from 0 to 1")
    store.set_control_share(share)
    store.audit(actor, "control.share", f"{share:g}")
