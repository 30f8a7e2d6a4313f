"""What services ask of storage: bytes by their digest."""

from typing import Protocol


class ObjectStore(Protocol):
    """Bytes by their digest, apart for each organisation."""

    def put(self, organisation: int, digest: bytes, data: bytes) -> None:
        """Store bytes durably; storing the same twice changes nothing."""

    def get(self, organisation: int, digest: bytes) -> bytes:
        """The bytes; raises `PictureMissing`."""
