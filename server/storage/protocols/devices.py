"""What services ask of storage: devices of one organisation's people."""

from collections.abc import Sequence
from typing import Protocol

from server.records import DeviceLine


class Devices(Protocol):
    """Devices of one organisation's people."""

    def add_pairing_code(self, code_hash: bytes, person: bytes, expires_us: int) -> None:
        """Store a code that enrols one device for this person; an older unused one ends."""

    def devices(self, person: bytes | None) -> Sequence[DeviceLine]:
        """Devices, the newest first; of one person, if one is given."""

    def revoke_device(self, device: bytes, now_us: int) -> bool:
        """Take nothing from a device any more; whether it is there and was not revoked."""

    def note_device(
        self, device: bytes, agent_version: str, observes: bytes | None, now_us: int
    ) -> None:
        """Note that a device was here, at most once an hour unless it changed."""
