"""What the bodies of requests to `/v1` share."""

from typing import Final

from pydantic import ConfigDict

EXACTLY: Final = ConfigDict(extra="forbid")
"""`__pydantic_config__` of each body: a field that nobody knows is a mistake, and is refused."""
