"""What is known of an open session: a state that takes batches as they come, and merges.

It never makes a flag and is shown to nobody: a closed session is judged from all its batches. A
state holds numbers that were computed from typing, and key times and classes of the stretch that
is not complete: never more than its batches do, and as sensitive as they are.
"""

from detector.state.provisional import Provisional, provisional, provisional_all
from detector.state.state import State, beginning, merge, update, update_from
from detector.state.stored import from_bytes, to_bytes

__all__ = [
    "Provisional",
    "State",
    "beginning",
    "from_bytes",
    "merge",
    "provisional",
    "provisional_all",
    "to_bytes",
    "update",
    "update_from",
]
