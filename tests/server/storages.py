"""The two storages that everything is tested on, and how a data folder names its own."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.server.postgres import Cluster
from tests.server.s3 import BUCKET, S3Server

EMBEDDED = "sqlite+folder"
SHARED = "postgresql+s3"
STORAGES = (EMBEDDED, SHARED)

ON_BOTH = pytest.mark.parametrize("storage", STORAGES)
"""For races and the like among tests of services that otherwise run on one."""
ON_SQLITE = pytest.mark.parametrize("storage", [EMBEDDED])
"""For tests about SQLite itself, or about files in the data folder."""
ON_POSTGRES = pytest.mark.parametrize("storage", [SHARED])
"""For tests about PostgreSQL itself, or about S3."""


@dataclass(frozen=True)
class Services:
    """What the shared storage runs on."""

    postgres: Cluster
    s3: S3Server

    def use(self, path: Path, database: str) -> None:
        """Make a data folder use a database, and a part of the bucket for it alone."""
        settings = {
            "database": self.postgres.address(database),
            "objects": f"s3://{BUCKET}/{secrets.token_hex(8)}",
            "objects_endpoint": self.s3.endpoint,
            "objects_region": "us-east-1",
            "objects_key_id": "key",
            "objects_secret": "secret",
        }
        path.mkdir(mode=0o700, exist_ok=True)
        file = path / "server.toml"
        others = file.read_text().splitlines() if file.exists() else []
        lines = [line for line in others if line.split(" = ")[0] not in settings]
        lines += [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
        file.write_text("\n".join(lines) + "\n")

    def remove(self) -> None:
        """Stop everything."""
        self.s3.stop()
        self.postgres.remove()
