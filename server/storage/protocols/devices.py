"""What services ask of storage: devices of one organisation's people."""

from typing import Protocol


class Devices(Protocol):
    """Devices of one organisation's people."""

    def add_pairing_code(self, code_hash: bytes, person: bytes, expires_us: int) -> None:
        """Store a code that enrols one device for this person."""
