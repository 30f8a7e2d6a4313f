"""What a probe found, in a sentence, with what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from agent.paths import Paths
from agent.settings import Settings

WORKS = "works"
PART = "part"
"""It works less well than it could, or something cannot be seen here."""
FAILS = "fails"
"""It is needed, and does not work."""
ABSENT = "absent"
"""It is not there, and need not be."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where to look: this person's desktop and state."""

    environment: Mapping[str, str]
    platform: str
    paths: Paths
    settings: Settings


class Finding(msgspec.Struct, frozen=True):
    """One line of the report."""

    topic: str
    state: str
    """`works`, `part`, `fails` or `absent`."""
    says: str
    fix: str = ""
    """What to do about it; empty if there is nothing to do."""


class Report(msgspec.Struct, frozen=True):
    """The whole report, as `veritype doctor --json` prints it."""

    works: bool
    """Nothing that is needed fails."""
    seeing: tuple[Finding, ...]
    """What can be observed on this desktop."""
    unseen: tuple[str, ...]
    """What cannot be observed here, whatever works."""
    passwords: tuple[str, ...]
    """Of that, the kinds of password fields that are not known as such."""
    keeping: tuple[Finding, ...]
    """This device, and the way to the server."""
