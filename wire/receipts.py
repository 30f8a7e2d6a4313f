"""A file of receipts: what an agent writes of its own, and a server of what it still has.

`docs/receipts.md` has a short program that checks one without Veritype.
"""

import msgspec

from wire.server_keys import Handover

FORMAT = "veritype receipts 1"


class ReceiptLine(msgspec.Struct, frozen=True):
    """One receipt; bytes are lower-case hex."""

    sequence: int
    digest: str
    previous: str | None
    """The digest of the batch before, as this batch names it; null: not kept."""
    received_us: int
    server_key_id: str
    signature: str


class SessionReceipts(msgspec.Struct, frozen=True):
    """One session's receipts, in the order of its batches."""

    session: str
    project: str
    project_name: str
    batches_sealed: int
    """So many batches the session had when this was written, acknowledged or not."""
    closed: bool
    """The last of them ended the session."""
    receipts: tuple[ReceiptLine, ...]


class ReceiptFile(msgspec.Struct, frozen=True):
    """A receipt file."""

    format: str
    server: str
    server_key: str
    """The public key that the device was given when it was enrolled, or the first: Ed25519."""
    device: str
    sessions: tuple[SessionReceipts, ...]
    handovers: tuple[Handover, ...] = ()
    """Where the server's key went over into the next, each signed by both."""
