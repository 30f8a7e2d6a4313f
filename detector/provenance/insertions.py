"""Where the characters came from: insertions by size and source, against what was typed.

An insertion is joined to its copy by the keyed tag they share, else by time and length. The
strength of the evidence grows with the number of characters that no allowed source explains; its
constants are stated, not trained, because no permitted corpus labels its pastes.
"""

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from detector.provenance.clipboard import Clipboard
from detector.provenance.own_text import (
    DRAG_US,
    OWN_TEXT_MAX_AGE_US,
    RETYPED_KEYS,
    OwnText,
    Removals,
    removals_of,
)
from detector.reasons import Code, Reason
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
from wire.codes import Category, InsertionHow, InsertionSeenBy, Mode
from wire.keys import KeyClass
from wire.policy import AllowedUse

UNKNOWN_LENGTH_CHARS = 60
"""What an insertion of unseen length counts as."""
UNSEEN_MOST_CHARS = 100
"""What all insertions of unseen length may come to, of an unknown source. From elsewhere they come
to no more than these: a length nobody saw flags nobody alone."""
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
SHORT_PASTES = 3.0
SHORT_PASTES_TYPED_SHARE = 0.1
"""Short pastes pass as long as all of them together come to no more than three full allowances
and a tenth of what was typed: a text pasted in crumbs is a pasted text."""
COMPLETIONS = 3.0
COMPLETIONS_TYPED_SHARE = 1.0
"""Short insertions from nowhere pass up to three and as much as was typed: word prediction saves
about half the keys at best (Trnka and McCoy 2008, *Evaluating word prediction: framing keystroke
savings*, ACL), and each of its words follows keys of the person's own."""
REPLACES_SHARE = 0.8
REPLACES_US = 10_000_000
"""A corrected text takes the place of one of about the same length, at once or just before."""
SAME_ACT_US = 1_500_000
"""An insertion seen by two recorders is reported by both within this time."""
SMALL_INSERTION_CHARS = 3
"""Up to this length a multi-character insertion is auto-correction or a double space."""
_NOWHERE = (
    InsertionHow.SCRIPT,
    InsertionHow.AUTOFILL,
    InsertionHow.COMPOSITION,
    InsertionHow.SPELL_CORRECTION,
    InsertionHow.DROP,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One insertion and what is known about its source.

    Attributes:
        t_us: when it appeared.
        length_chars: its length (estimated where unseen).
        code: what kind of source.
        allowed: whether the policy, its length or the person's own text explains it.
        short: whether it was allowed for its length alone.
        length_seen: whether its length is known.
        taken_back: whether it was taken out again before anything was typed after it.
    """

    t_us: int
    length_chars: int
    code: Code
    allowed: bool
    short: bool = False
    length_seen: bool = True
    taken_back: bool = False

    @property
    def counts(self) -> bool:
        """Whether it makes the strength: nothing allows it, and it stayed.

        What was copied in an assistant's window counts even when it was taken back: it may have
        been typed anew from there.
        """
        stayed = not self.taken_back or self.code is Code.PASTED_FROM_ASSISTANT
        return stayed and not self.allowed


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
        """Return the findings that nothing allows, those that were taken back among them."""
        return tuple(f for f in self.findings if not f.allowed)

    @property
    def counted(self) -> tuple[Finding, ...]:
        """Return the findings that make the strength, see `Finding.counts`."""
        return tuple(f for f in self.findings if f.counts)

    @property
    def allowed_chars(self) -> int:
        """Return how many inserted characters are explained, completed words left out."""
        return sum(f.length_chars for f in self.findings if f.allowed and not _completes(f))

    @property
    def completed_share(self) -> float:
        """Return the share of all characters that came in small pieces from nowhere."""
        small = sum(f.length_chars for f in self.findings if f.allowed and _completes(f))
        return small / max(self._all_chars, 1)

    @property
    def inserted_share(self) -> float:
        """Return the unexplained share of all characters that got in."""
        return sum(f.length_chars for f in self.counted) / max(self._all_chars, 1)

    @property
    def _all_chars(self) -> int:
        stayed = (f for f in self.findings if f.allowed or not f.taken_back)
        return self.typed_chars + sum(f.length_chars for f in stayed)

    @property
    def strength(self) -> float:
        """Return the strength of the evidence for insertion, 0 to `HIGHEST_STRENGTH`."""
        seen = sum(f.length_chars / TELLING_CHARS[f.code] for f in self.counted if f.length_seen)
        unseen = (f for f in self.counted if not f.length_seen)
        guessed = sum(f.length_chars / TELLING_CHARS[f.code] for f in unseen)
        most = UNSEEN_MOST_CHARS / TELLING_CHARS[Code.INSERTED_UNKNOWN_SOURCE]
        return HIGHEST_STRENGTH * (1.0 - math.exp(-(seen + min(guessed, most))))

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Return what was inserted, most first, then its share of the text."""
        totals: dict[Code, float] = {}
        for finding in self.counted:
            totals[finding.code] = totals.get(finding.code, 0.0) + finding.length_chars
        if not totals:
            return ()
        ordered = sorted(totals.items(), key=lambda item: -item[1])
        share = Reason(Code.INSERTED_SHARE, self.inserted_share)
        return (*(Reason(code, value) for code, value in ordered), share)

    @property
    def counter_evidence(self) -> tuple[Reason, ...]:
        """Return what of the insertions speaks for the person, or against nobody."""
        found = []
        if self.allowed_chars:
            found.append(Reason(Code.INSERTIONS_ALLOWED, self.allowed_chars))
        if self.completed_share:
            found.append(Reason(Code.COMPLETED_WORDS, self.completed_share))
        back = [f for f in self.unexplained if not f.counts]
        if back:
            taken = sum(f.length_chars for f in back)
            found.append(Reason(Code.INSERTION_TAKEN_BACK, taken))
        if self.counted and self.typed_chars:
            found.append(Reason(Code.TYPED_SHARE, self.typed_chars / self._all_chars))
        return tuple(found)


def _completes(finding: Finding) -> bool:
    return finding.short and finding.code is Code.INSERTED_FROM_NOWHERE


def find_provenance(recording: Recording, allowed: AllowedUse) -> Provenance:
    """Find the insertions of a recording and judge them by a policy."""
    table = recording.keystrokes
    edits = recording.page.edits if recording.page is not None else None
    removals = removals_of(table, edits)
    seen = _from_events(recording, allowed, removals) if recording.insertions else []
    in_table = _from_table(table, allowed, recording.declared)
    known = sorted(f.t_us for f in seen)
    seen.extend(f for f in in_table if not _seen_already(f.t_us, known))
    typed = _typed_chars(table)
    ordered = sorted(seen, key=lambda f: f.t_us)
    findings = _within_budgets(_taken_back(ordered, removals, table), allowed, typed)
    return Provenance(tuple(findings), typed)


def _seen_already(t_us: int, known: list[int]) -> bool:
    first = bisect_right(known, t_us - SAME_ACT_US)
    return first < len(known) and known[first] < t_us + SAME_ACT_US


def _typed_chars(table: Keystrokes) -> int:
    types = _types(table)
    if table.effects_seen:
        types &= (table.inserted > 0) & (table.inserted <= SMALL_INSERTION_CHARS)
    erased = (table.key == KeyClass.BACKSPACE) | (table.key == KeyClass.DELETE)
    return max(int(np.count_nonzero(types)) - int(np.count_nonzero(erased)), 0)


def _types(table: Keystrokes) -> np.ndarray:
    types = table.key <= max(TEXT_KEYS)
    types &= (table.activity != Activity.PASTE) & (table.activity != Activity.AI_INSERT)
    return types


def _taken_back(
    findings: list[Finding], removals: Removals, table: Keystrokes
) -> Iterator[Finding]:
    """Mark what was taken out whole before anything was typed after it."""
    if all(finding.allowed for finding in findings):
        yield from findings
        return
    typed_at: IntArray = table.t_us[_types(table)]
    gone = removals.by_length()
    for finding in findings:
        times = gone.get(finding.length_chars, [])
        at = bisect_right(times, finding.t_us)
        if finding.allowed or not finding.length_seen or at == len(times):
            yield finding
            continue
        between = np.searchsorted(typed_at, (finding.t_us, times[at]), "right")
        yield replace(finding, taken_back=bool(between[1] - between[0] < RETYPED_KEYS))


def _within_budgets(
    findings: Iterator[Finding], allowed: AllowedUse, typed: int
) -> Iterator[Finding]:
    """Let short insertions pass until all of their kind together are too much to be short."""
    used: dict[Code, int] = {}
    for finding in findings:
        if not finding.short:
            yield finding
            continue
        used[finding.code] = used.get(finding.code, 0) + finding.length_chars
        fine = used[finding.code] <= _budget(finding.code, allowed, typed)
        yield finding if fine else replace(finding, allowed=False, short=False)


def _budget(code: Code, allowed: AllowedUse, typed: int) -> float:
    one = _allowance(code, allowed)
    if code is Code.PASTED_FROM_ASSISTANT:
        return one
    if code is Code.INSERTED_FROM_NOWHERE:
        return COMPLETIONS * one + (COMPLETIONS_TYPED_SHARE * typed if one else 0.0)
    return SHORT_PASTES * one + (SHORT_PASTES_TYPED_SHARE * typed if one else 0.0)


def _from_events(recording: Recording, allowed: AllowedUse, removals: Removals) -> list[Finding]:
    findings = []
    clipboard = Clipboard(recording.copies or ())
    for insertion in recording.insertions or ():
        copy = clipboard.behind(insertion)
        length = insertion.length_chars
        if length == MISSING and copy is not None:
            length = copy.length_chars
        seen = length != MISSING
        length = length if seen else UNKNOWN_LENGTH_CHARS
        if length <= SMALL_INSERTION_CHARS:
            continue
        code = _code_of(insertion, copy)
        fine = (
            _is_aid(insertion, recording.declared | insertion.aids)
            or _is_allowed_copy(copy, allowed)
            or (seen and copy is None and _was_taken_out(insertion, length, removals))
            or (seen and _is_correction(code, length, insertion.t_us, removals, allowed))
        )
        short = not fine and seen and length <= _allowance(code, allowed)
        findings.append(Finding(insertion.t_us, length, code, fine or short, short, seen))
    return findings


def _allowance(code: Code, allowed: AllowedUse) -> int:
    """Return the length up to which an insertion of this sort needs no explanation."""
    if code is Code.INSERTED_FROM_NOWHERE:
        return min(allowed.paste_chars, SHORT_FROM_NOWHERE_CHARS)
    return allowed.paste_chars


def _is_allowed_copy(copy: Copy | None, allowed: AllowedUse) -> bool:
    if copy is None:
        return False
    return copy.category in allowed.paste_from or (copy.cut and copy.category == Category.TASK)


def _was_taken_out(insertion: Insertion, length: int, removals: Removals) -> bool:
    """Whether a page saw one act take out exactly this much: cut and pasted, or dragged."""
    if insertion.how == InsertionHow.DROP:
        moved = removals.around(insertion.t_us, DRAG_US)
    elif insertion.how in (InsertionHow.PASTE, InsertionHow.PRIMARY):
        moved = removals.just_before(insertion.t_us, OWN_TEXT_MAX_AGE_US)
    else:
        return False
    return bool(np.any(moved == length))


def _is_correction(
    code: Code, length: int, t_us: int, removals: Removals, allowed: AllowedUse
) -> bool:
    """Whether allowed grammar help put a corrected text in the place of one as long."""
    corrects = code in (Code.PASTED_FROM_ASSISTANT, Code.INSERTED_FROM_NOWHERE)
    if not (allowed.ai_grammar_help and corrects):
        return False
    gone = removals.just_before(t_us + SAME_ACT_US, REPLACES_US + SAME_ACT_US)
    alike = (gone >= REPLACES_SHARE * length) & (gone <= length / REPLACES_SHARE)
    return bool(np.any(alike))


def _code_of(insertion: Insertion, copy: Copy | None) -> Code:
    if copy is not None and copy.category == Category.ASSISTANT:
        return Code.PASTED_FROM_ASSISTANT
    if copy is not None and copy.category != Category.UNKNOWN:
        return Code.INSERTED_OTHER_SOURCE
    appeared = insertion.how == InsertionHow.UNKNOWN and copy is None
    if insertion.how in _NOWHERE or (
        # The accessibility layer reports only what no key, shortcut or clipboard explains.
        appeared and insertion.seen_by is InsertionSeenBy.ACCESSIBILITY
    ):
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
    if not len(rows):
        return []
    findings = []
    own = OwnText(table)
    for row in rows.tolist():
        length = int(table.inserted[row])
        seen = length != MISSING
        length = length if seen else UNKNOWN_LENGTH_CHARS
        pasted = table.activity[row] == Activity.PASTE
        code = Code.INSERTED_UNKNOWN_SOURCE if pasted else Code.INSERTED_FROM_NOWHERE
        fine = (
            (seen and own.is_own(row, length))
            or (not pasted and bool(declared & {Mode.DICTATION, Mode.IME}))
            or (allowed.ai_grammar_help and _replaces(table, row, length))
        )
        short = not fine and seen and length <= _allowance(code, allowed)
        if not fine and not short:
            own.came_from_outside(row, length)
        findings.append(Finding(int(table.t_us[row]), length, code, fine or short, short, seen))
    return findings


def _replaces(table: Keystrokes, row: int, length: int) -> bool:
    gone = int(table.deleted[row])
    return REPLACES_SHARE * length <= gone <= length / REPLACES_SHARE
