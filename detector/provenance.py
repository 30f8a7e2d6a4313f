"""Where the characters came from: insertions by size and source, against what was typed.

An insertion is joined to its copy by the keyed tag they share, else by time and length. The
strength of the evidence grows with the number of characters that no allowed source explains; its
constants are stated, not trained, because no permitted corpus labels its pastes.
"""

import math
from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from detector.reasons import Code
from detector.tables import (
    MISSING,
    TEXT_KEYS,
    Activity,
    Copy,
    Insertion,
    IntArray,
    Keystrokes,
    Recording,
)
from wire.codes import Category, InsertionHow, Mode
from wire.keys import KeyClass
from wire.policy import AllowedUse

COPY_MAX_AGE_US = 30 * 60 * 1_000_000
"""An insertion without a tag is joined to a copy at most this much older."""
OWN_TEXT_MAX_AGE_US = 10 * 60 * 1_000_000
"""Text taken out in one act and put back within this time is the person's own."""
UNKNOWN_LENGTH_CHARS = 60
"""What an insertion of unseen length counts as."""
TELLING_CHARS = {
    Code.PASTED_FROM_ASSISTANT: 60.0,
    Code.INSERTED_FROM_NOWHERE: 130.0,
    Code.INSERTED_UNKNOWN_SOURCE: 150.0,
    Code.INSERTED_OTHER_SOURCE: 120.0,
}
"""Characters after which 63 % of the doubt is gone: strength is 1 - exp(-characters / this)."""
HIGHEST_STRENGTH = 0.995
SHORT_FROM_NOWHERE_CHARS = 20
"""A policy's allowance for short pastes is about pastes; of text from nowhere only this much
passes without a word (a completed word, a corrected one)."""
SAME_ACT_US = 1_500_000
"""An insertion seen by two recorders is reported by both within this time."""
CLOCK_SLACK_US = 500_000
"""A copy may be reported this much after the paste of it."""
SMALL_INSERTION_CHARS = 3
"""Up to this length a multi-character insertion is auto-correction or a double space."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One insertion and what is known about its source.

    Attributes:
        t_us: when it appeared.
        length_chars: its length (estimated where unseen).
        code: what kind of source.
        allowed: whether the policy, its length or the person's own text explains it.
    """

    t_us: int
    length_chars: int
    code: Code
    allowed: bool


@dataclass(frozen=True, slots=True)
class Provenance:
    """Insertions of a session, and how much was typed.

    Attributes:
        findings: every insertion of more than a few characters.
        typed_chars: characters typed, net of erasing.
    """

    findings: tuple[Finding, ...]
    typed_chars: int

    @property
    def unexplained(self) -> tuple[Finding, ...]:
        """Return the findings that nothing allows."""
        return tuple(f for f in self.findings if not f.allowed)

    @property
    def allowed_chars(self) -> int:
        """Return how many inserted characters are explained."""
        return sum(f.length_chars for f in self.findings if f.allowed)

    @property
    def inserted_share(self) -> float:
        """Return the unexplained share of all characters that got in."""
        inserted = sum(f.length_chars for f in self.unexplained)
        return inserted / max(inserted + self.typed_chars, 1)

    @property
    def strength(self) -> float:
        """Return the strength of the evidence for insertion, 0 to `HIGHEST_STRENGTH`."""
        doubt = sum(f.length_chars / TELLING_CHARS[f.code] for f in self.unexplained)
        return HIGHEST_STRENGTH * (1.0 - math.exp(-doubt))


def find_provenance(recording: Recording, allowed: AllowedUse) -> Provenance:
    """Find the insertions of a recording and judge them by a policy."""
    table = recording.keystrokes
    seen = _from_events(recording, allowed) if recording.insertions else []
    in_table = _from_table(table, allowed, recording.declared)
    known = sorted(f.t_us for f in seen)
    seen.extend(f for f in in_table if not _seen_already(f.t_us, known))
    return Provenance(tuple(sorted(seen, key=lambda f: f.t_us)), _typed_chars(table))


def _seen_already(t_us: int, known: list[int]) -> bool:
    first = bisect_right(known, t_us - SAME_ACT_US)
    return first < len(known) and known[first] < t_us + SAME_ACT_US


def _typed_chars(table: Keystrokes) -> int:
    types = np.isin(table.key, TEXT_KEYS)
    types &= (table.activity != Activity.PASTE) & (table.activity != Activity.AI_INSERT)
    if table.effects_seen:
        types &= (table.inserted > 0) & (table.inserted <= SMALL_INSERTION_CHARS)
    erased = (table.key == KeyClass.BACKSPACE) | (table.key == KeyClass.DELETE)
    return max(int(np.count_nonzero(types)) - int(np.count_nonzero(erased)), 0)


def _from_events(recording: Recording, allowed: AllowedUse) -> list[Finding]:
    findings = []
    clipboard = _Clipboard(recording.copies or ())
    for insertion in recording.insertions or ():
        copy = clipboard.behind(insertion)
        length = insertion.length_chars
        if length == MISSING:
            known = copy is not None and copy.length_chars != MISSING
            length = copy.length_chars if copy is not None and known else UNKNOWN_LENGTH_CHARS
        if length <= SMALL_INSERTION_CHARS:
            continue
        code = _code_of(insertion, copy)
        fine = length <= _allowance(code, allowed) or _is_aid(
            insertion, recording.declared | insertion.aids
        )
        fine = fine or (copy is not None and copy.category in allowed.paste_from)
        fine = fine or (copy is not None and copy.cut and copy.category == Category.TASK)
        findings.append(Finding(insertion.t_us, length, code, fine))
    return findings


def _allowance(code: Code, allowed: AllowedUse) -> int:
    """Return the length up to which an insertion of this sort needs no explanation."""
    if code is Code.INSERTED_FROM_NOWHERE:
        return min(allowed.paste_chars, SHORT_FROM_NOWHERE_CHARS)
    return allowed.paste_chars


class _Clipboard:
    """The copies of a session, found by tag and time without looking through all of them."""

    def __init__(self, copies: tuple[Copy, ...]) -> None:
        self._copies = sorted(copies, key=_copied_at)
        self._tagged: dict[int, list[Copy]] = {}
        for copy in self._copies:
            if copy.tag:
                self._tagged.setdefault(copy.tag, []).append(copy)
        self._first_tagged_us = min((c[0].t_us for c in self._tagged.values()), default=None)

    def behind(self, insertion: Insertion) -> Copy | None:
        """The copy that an insertion came from, if it can be told."""
        until_us = insertion.t_us + CLOCK_SLACK_US
        if insertion.tag:
            tagged = _last_until(self._tagged.get(insertion.tag, []), until_us)
            first_us = self._first_tagged_us
            if tagged is not None or (first_us is not None and first_us <= until_us):
                return tagged
        last = _last_until(self._copies, until_us)
        pasted = insertion.how in (InsertionHow.PASTE, InsertionHow.UNKNOWN, InsertionHow.PRIMARY)
        if last is None or not pasted or insertion.t_us - last.t_us > COPY_MAX_AGE_US:
            return None
        lengths = (insertion.length_chars, last.length_chars)
        return last if MISSING in lengths or lengths[0] == lengths[1] else None


def _last_until(copies: list[Copy], until_us: int) -> Copy | None:
    count = bisect_right(copies, until_us, key=_copied_at)
    return copies[count - 1] if count else None


def _copied_at(copy: Copy) -> int:
    return copy.t_us


def _code_of(insertion: Insertion, copy: Copy | None) -> Code:
    if copy is not None and copy.category == Category.ASSISTANT:
        return Code.PASTED_FROM_ASSISTANT
    if copy is not None and copy.category != Category.UNKNOWN:
        return Code.INSERTED_OTHER_SOURCE
    nowhere = (
        InsertionHow.SCRIPT,
        InsertionHow.AUTOFILL,
        InsertionHow.COMPOSITION,
        InsertionHow.SPELL_CORRECTION,
    )
    if insertion.how in nowhere:
        return Code.INSERTED_FROM_NOWHERE
    return Code.INSERTED_UNKNOWN_SOURCE


def _is_aid(insertion: Insertion, declared: frozenset[Mode]) -> bool:
    composed = insertion.how == InsertionHow.COMPOSITION
    return composed and bool(declared & {Mode.DICTATION, Mode.IME})


def _from_table(table: Keystrokes, allowed: AllowedUse, declared: frozenset[Mode]) -> list[Finding]:
    """Find rows that put in more characters than one key can."""
    if not table.effects_seen and not np.any(table.activity == Activity.PASTE):
        return []
    rows = np.flatnonzero(
        (table.inserted > SMALL_INSERTION_CHARS)
        | ((table.activity == Activity.PASTE) & (table.inserted == MISSING))
    )
    findings = []
    taken = np.flatnonzero(table.deleted > SMALL_INSERTION_CHARS)
    for row in rows.tolist():
        length = int(table.inserted[row])
        length = UNKNOWN_LENGTH_CHARS if length == MISSING else length
        pasted = table.activity[row] == Activity.PASTE
        code = Code.INSERTED_UNKNOWN_SOURCE if pasted else Code.INSERTED_FROM_NOWHERE
        fine = length <= _allowance(code, allowed) or _is_own_text(table, taken, row, length)
        fine = fine or (not pasted and bool(declared & {Mode.DICTATION, Mode.IME}))
        findings.append(Finding(int(table.t_us[row]), length, code, fine))
    return findings


def _is_own_text(table: Keystrokes, taken: IntArray, row: int, length: int) -> bool:
    """Whether the same amount was taken out in one act shortly before (cut and paste, undo)."""
    before = taken[(taken <= row) & (table.t_us[taken] >= table.t_us[row] - OWN_TEXT_MAX_AGE_US)]
    return bool(np.any(np.abs(table.deleted[before] - length) <= 2))
