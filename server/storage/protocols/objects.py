"""What services ask of storage: bytes by their digest."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol


class ObjectStore(Protocol):
    """Bytes by their digest, apart for each organisation. All raise `StorageAway`."""

    def put(self, organisation: int, digest: bytes, data: bytes) -> None:
        """Store bytes durably; storing the same twice changes nothing."""

    def get(self, organisation: int, digest: bytes) -> bytes:
        """The bytes; raises `PictureMissing`."""

    def has(self, organisation: int, digest: bytes) -> bool:
        """Whether the bytes are there."""

    def digests(self, organisation: int, before_us: int | None = None) -> Iterator[bytes]:
        """Every object of an organisation, in no order, or those that were put before a moment."""

    def delete(self, organisation: int, digests: Iterable[bytes]) -> None:
        """Delete objects for good; one that is not there is deleted already."""

    def check(self) -> Sequence[str]:
        """What is wrong with the store; empty when nothing is."""
