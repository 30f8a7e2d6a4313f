"""What the spool hands out: frozen copies of its rows."""

from dataclasses import dataclass

from agent.session.recorder import Link
from wire.batch import open_envelope
from wire.chain import ChainHead
from wire.errors import WireError

Region = tuple[int, int, int, int]
"""A part of a picture: left, top, width and height in its pixels."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as the spool knows it."""

    session: bytes
    project: bytes
    policy_version: int
    nonce: bytes | None
    """None: the server has not opened it yet."""
    opening_nonce: bytes | None
    anchor: int
    head: ChainHead
    """The last batch that was spooled."""
    end_us: int
    stuck: str
    """Why the server will take no more of it; empty if it does."""

    @property
    def link(self) -> Link:
        """Where its next batch goes; only for a session that the server opened."""
        return Link(self.head, self.anchor, self.nonce or bytes(16))


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch that waits for its acknowledgement."""

    session: bytes
    sequence: int
    digest: bytes
    sealed: bytes

    def holds(self) -> bool:
        """Whether the stored bytes are still the batch that was sealed."""
        try:
            envelope = open_envelope(self.sealed)
        except WireError:
            return False
        return envelope.digest == self.digest and envelope.header.sequence == self.sequence


@dataclass(frozen=True, slots=True)
class ObjectRow:
    """A picture, title or note that waits to be sent."""

    session: bytes
    digest: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class BlankingRow:
    """What the trainer blanked."""

    id: int
    session: bytes
    kind: int
    digest: bytes
    kept: bytes
    """The picture that took its place; zeros: none did."""
    at_us: int
    """Wall clock."""


@dataclass(frozen=True, slots=True)
class SpoolCounts:
    """What the status says about the spool."""

    batches_waiting: int
    objects_waiting: int
    objects_held: int
    """Held back so that the trainer can look at them first."""
    batches_aside: int
    bytes_used: int
    receipts: int
    last_receipt_us: int | None
    aside_newest: int = 0
    """Of `batches_aside`, those of the last session."""
    aside_why: str = ""
    """Why the last of `batches_aside` was put aside."""
    withdrawals_waiting: int = 0
    """Withdrawals of consent that the server does not know yet."""
    notices_waiting: int = 0
    """Blankings that the server does not know of yet."""
