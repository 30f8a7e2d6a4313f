"""Whether other window rules can record more than the ones before, decided on the safe side.

What is recorded of a window has three steps: nothing (private), counts (any other category), and
detail (the task). Rules are compared as lists: an answer of "no more" is a proof for every window,
"perhaps more" is not.
"""

import fnmatch
from collections.abc import Sequence

from wire.codes import Category
from wire.policy import WindowRule

_OPAQUE = "\0"
"""Stands for a wildcard: no pattern's letters match it."""


def records_no_more(old: Sequence[WindowRule], new: Sequence[WindowRule]) -> bool:
    """Whether every window is recorded in no more detail under `new`, and under no other label.

    Holds where `new` is `old` with task rules left out or narrowed, rules made private, task rules
    made any other, and private rules added; anything else counts as more.
    """
    rest = list(new)
    for rule in old:
        while rest and not _no_more_than(rest[0], rule) and _private(rest[0]):
            rest.pop(0)
        if rest and _no_more_than(rest[0], rule):
            rest.pop(0)
        elif rule.category is not Category.TASK:
            # What it matched would fall to later rules, or to the agent's own list.
            return False
    return all(_private(rule) for rule in rest)


def _no_more_than(new: WindowRule, old: WindowRule) -> bool:
    """Whether one rule can take the other's place."""
    same = (new.title.lower(), new.process.lower()) == (old.title.lower(), old.process.lower())
    if old.category is Category.TASK:
        return narrower(new.title, old.title) and narrower(new.process, old.process)
    return same and (new.category is old.category or _private(new))


def _private(rule: WindowRule) -> bool:
    return rule.category is Category.PRIVATE


def narrower(new: str, old: str) -> bool:
    """Whether everything that `new` matches surely is matched by `old`."""
    new, old = new.lower(), old.lower()
    if new == old:
        return True
    if "[" in new or "[" in old or "?" in old or _OPAQUE in new + old:
        return False
    # A star of `old` takes in whatever a wildcard of `new` may stand for; its letters never do.
    return fnmatch.fnmatchcase(new.replace("*", _OPAQUE).replace("?", _OPAQUE), old)
