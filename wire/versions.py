"""Release numbers of the agent, so that both ends agree on which is older."""

import re

_NUMBER = re.compile(r"(\d+)\.(\d+)\.(\d+)(.*)")
_BEFORE_RELEASE = re.compile(r"\.?(a|b|rc|dev)")


def release_order(version: str) -> tuple[int, int, int, bool, str]:
    """A key to compare releases by: 1.2.3rc1 comes before 1.2.3, and that before 1.2.3.post1.

    What is no release number comes before every release.
    """
    found = _NUMBER.fullmatch(version)
    if found is None:
        return (-1, 0, 0, False, version)
    major, minor, patch, rest = found.groups()
    return (int(major), int(minor), int(patch), not _BEFORE_RELEASE.match(rest), rest)


def is_older(version: str, minimum: str) -> bool:
    """Whether an agent is older than what is asked for; an empty minimum asks for nothing."""
    return bool(minimum) and release_order(version) < release_order(minimum)
