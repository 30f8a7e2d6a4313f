"""The errands that there are."""

from collections.abc import Sequence

from server.app import Installation
from server.errands.errand import Errand


def all_errands(_installation: Installation) -> Sequence[Errand]:
    """Each errand of an installation, once."""
    return []
