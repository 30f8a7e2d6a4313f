"""Whose a file is, and whether others can read it."""

import os
import stat
import sys
from pathlib import Path

HAS_OWNERS = sys.platform != "win32"
"""Windows guards files by access lists that a folder hands down: those of a person's profile let
in nobody but them and the machine's administrators, so there is no mode to check."""


def is_own(facts: os.stat_result) -> bool:
    """Whether a file belongs to this user."""
    return not HAS_OWNERS or facts.st_uid == os.getuid()


def is_private(path: Path) -> bool:
    """Whether a file or folder is this user's, and nobody else's to read."""
    facts = path.lstat()
    return is_own(facts) and not (HAS_OWNERS and facts.st_mode & 0o077)


def is_private_file(path: Path) -> bool:
    """The same of a plain file; a link is none."""
    return stat.S_ISREG(path.lstat().st_mode) and is_private(path)
