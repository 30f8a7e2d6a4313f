"""What services ask of storage: keys by which platforms ask."""

from typing import Protocol


class PlatformKeys(Protocol):
    """Keys by which platforms ask."""

    def add_platform_key(self, name: str, key_hash: bytes) -> None:
        """Store a platform key; raises `NameTaken`."""
