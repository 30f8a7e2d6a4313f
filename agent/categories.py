"""Veritype's own list of windows, and the rules of a policy in front of it. Pure but for one file.

A policy's rules are judged first, in their order; where none matches, the maintained list in
`data/categories.json` decides, and where that knows nothing the window is `OTHER`. The list can
never make a window part of the task: only a policy says what is in scope. Titles are read here
and kept nowhere, so no result is remembered; patterns are sorted by kind once instead.
"""

import fnmatch
import re
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources

import msgspec

from wire.codes import Category
from wire.decoding import decoder_of
from wire.policy import Policy

_DASHES = str.maketrans({"—": "-", "–": "-", "\u200b": "", "\u200e": "", "\u200f": ""})
"""Browsers join the page's title and their own name by different dashes; Edge hides a space."""
_COUNTER = re.compile(r"^\(\d+\+?\) ")
"""How web mail and chats show unread messages."""
_JOINT = " - "
_EDGE = "microsoft edge"
_MORE_PAGES = re.compile(r" and \d+ more pages?$")
"""Edge puts the number of tabs and the profile's name between the page's title and its own."""


class _Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    category: str
    programs: tuple[str, ...]
    pages: tuple[str, ...]


class _Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    browsers: tuple[str, ...]
    brands: tuple[str, ...]
    private_windows: tuple[str, ...]
    rules: tuple[_Rule, ...]


class _Patterns:
    """Shell patterns of lower-case texts, sorted by kind: most need no regular expression."""

    def __init__(self, patterns: Sequence[str]) -> None:
        exact: set[str] = set()
        starts: list[str] = []
        ends: list[str] = []
        inside: list[str] = []
        odd: list[str] = []
        for pattern in patterns:
            bare = pattern.strip("*")
            if any(sign in bare for sign in "*?["):
                odd.append(fnmatch.translate(pattern))
            elif pattern == bare:
                exact.add(bare)
            elif pattern == f"*{bare}*":
                inside.append(bare)
            else:
                (starts if pattern.endswith("*") else ends).append(bare)
        self._exact, self._inside = frozenset(exact), tuple(inside)
        self._starts, self._ends = tuple(starts), tuple(ends)
        self._odd = re.compile("|".join(odd)) if odd else None

    def match(self, text: str) -> bool:
        """Whether one of them fits."""
        if text in self._exact or text.startswith(self._starts) or text.endswith(self._ends):
            return True
        for part in self._inside:  # a loop: a generator costs more than the search itself
            if part in text:
                return True
        return self._odd is not None and self._odd.match(text) is not None


class WindowList:
    """The maintained list, ready to be asked."""

    def __init__(self, document: bytes) -> None:
        listed = decoder_of(_Listed).decode(document)
        self.version = listed.version
        self._browsers = frozenset(listed.browsers)
        self._brands = listed.brands
        self._private = frozenset(listed.private_windows)
        self._programs: dict[str, Category] = {}
        self._pages: list[tuple[Category, _Patterns]] = []
        for rule in listed.rules:
            category = Category[rule.category.upper()]
            if category is Category.TASK:
                raise ValueError("only a policy says what the task is")
            self._programs |= dict.fromkeys(rule.programs, category)
            self._pages.append((category, _Patterns(rule.pages)))

    def categorise(self, title: str, process: str) -> Category:
        """The category of a window that no rule of the policy matches."""
        program = process.lower().removesuffix(".exe")
        known = self._programs.get(program)
        if known is not None:
            return known
        text = title.lower().translate(_DASHES)
        page, joint, name = text.rpartition(_JOINT)
        if not joint:
            page = text
        branded = self._brand(name)
        if program not in self._browsers and not branded:
            return Category.OTHER
        if self._is_private(name, branded=branded) or "[inprivate]" in text:
            return Category.PRIVATE
        if name == _EDGE:
            page = _MORE_PAGES.sub("", page.rpartition(_JOINT)[0] or page)
        return self._page(_COUNTER.sub("", page if branded else text))

    def _brand(self, name: str) -> bool:
        """Whether the last part of a title is a browser's name, with what it adds."""
        for brand in self._brands:
            if name == brand or name.startswith(f"{brand} ") or name.endswith(f" {brand}"):
                return True
        return False

    def _is_private(self, name: str, *, branded: bool) -> bool:
        """Whether the browser's part of a title says that the window is a private one."""
        if name.strip("()") in self._private:
            return True
        if branded:
            for words in self._private:
                if words in name:
                    return True
        return False

    def _page(self, page: str) -> Category:
        for category, patterns in self._pages:
            if patterns.match(page):
                return category
        return Category.OTHER


@cache
def window_list() -> WindowList:
    """The list that came with this agent."""
    return WindowList((resources.files("agent") / "data" / "categories.json").read_bytes())


Judge = Callable[[str, str], Category]
_Match = Callable[[str], object]


def judge_of(policy: Policy) -> Judge:
    """How windows are told apart under a policy: from (title, process) to a category."""
    rules = [(rule.category, _half(rule.title), _half(rule.process)) for rule in policy.windows]
    listed = window_list()

    def judge(title: str, process: str) -> Category:
        lower, program = title.lower(), process.lower()
        for category, titled, run_by in rules:
            if (titled is None or titled(lower)) and (run_by is None or run_by(program)):
                return category
        return listed.categorise(title, process)

    return judge


def _half(pattern: str) -> _Match | None:
    """One half of a rule; None if anything fits."""
    if pattern == "*":
        return None
    return re.compile(fnmatch.translate(pattern.lower())).match
