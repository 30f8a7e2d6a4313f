"""How often sessions of which is known how they were made are mixed into the queue.

Which these are is said by `server.labels.marking`.
"""

from server.errors import ServerError
from server.storage.protocols import OrganisationStore

SHARE_MAX = 1.0


def set_control_share(store: OrganisationStore, share: float, actor: str) -> None:
    """Say beside how many of other reviews one of a control is opened; raises `ServerError`."""
    if not 0 <= share <= SHARE_MAX:
        raise ServerError("a share is a number from 0 to 1")
    store.set_control_share(share)
    store.audit(actor, "control.share", f"{share:g}")
