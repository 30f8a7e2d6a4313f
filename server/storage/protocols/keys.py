"""What services ask of storage: keys by which platforms ask."""

from collections.abc import Sequence, Set
from typing import Protocol

from server.records import PlatformKey, Scope


class PlatformKeys(Protocol):
    """Keys by which platforms ask."""

    def add_platform_key(self, name: str, key_hash: bytes, scopes: Set[Scope], now_us: int) -> None:
        """Store a platform key; raises `NameTaken`."""

    def platform_keys(self) -> Sequence[PlatformKey]:
        """All keys, the revoked ones too, by name."""

    def revoke_platform_key(self, row: int, now_us: int) -> bool:
        """Revoke a key; whether it was in force."""
