"""Where everything of one installation lies."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DataFolder:
    """Paths inside a data folder."""

    path: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.path / "veritype.db"

    @property
    def objects(self) -> Path:
        """Screenshots, titles and notes."""
        return self.path / "objects"

    @property
    def releases(self) -> Path:
        """The agent's release that is offered, and its description."""
        return self.path / "releases"

    @property
    def keys(self) -> Path:
        """The server's secrets."""
        return self.path / "keys"
