"""Conduct: was there reading, and what was in view before the writing?

No permitted corpus labels any of this, so the constants are stated and chosen to be slow to judge.
Only windows of the category *assistant* count, and only where the policy allows no use of one; all
others inform. Copying seen by its rhythm and an assistant's window in view before the bursts make
each other more probable; the window alone leads to a review at most, and only when it was in view
before most bursts.
"""

from dataclasses import dataclass
from itertools import groupby
from math import isnan, nan

import numpy as np

from detector.assessment import Span, TextKind
from detector.features.coupling import Bursts, Coupling, bursts_of, coupling_of
from detector.features.stream import TextStream
from detector.integrity import REPLACES_TYPING
from detector.reasons import Code, Reason
from detector.surroundings import Task
from detector.tables import MISSING, Recording
from wire.codes import Category, Mode
from wire.policy import AllowedUse, Policy
from wire.stretches import length_us, without

LEAST_BURSTS = 8
"""Fewer bursts show no habit."""
SHOWN_FROM = 0.3
"""Share of bursts from which looks at an assistant are said."""
COUNTS_FROM = 0.2
COUNTS_FULLY_FROM = 0.6
"""Between these shares of bursts the weight of the looks grows; above, they lead to a review."""
COPYING_LOGIT = 2.0
"""What looks before most bursts add to the log odds of copying: odds times seven."""
ALONE_PROBABILITY = 0.5
"""Probability of copying that looks before most bursts stand for where the rhythm says nothing."""
HARDLY_READ_CHARS_PER_S = 100.0
"""People read about 24 characters a second (238 words a minute: Brysbaert 2019, *How many words do
we read per minute?*, Journal of Memory and Language 109); at four times that nobody reads."""
LONG_ALONE_S = 1_200.0
"""Typing that goes on so long without pointer or another window is said beside a machine's."""
LEAST_MATERIAL = 2
RUN_BURSTS = 3
"""So many bursts in a row behind a look are a span."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of reading; NaN where the recording or the platform does not tell.

    Attributes:
        chars_per_s: fastest task: characters shown against the time the task was in view.
        parts: parts of the page to read that were opened before each submission; 0 if it is not
            known which there are, or not all were opened.
        half_opened: tasks in which some parts were opened and others never.
    """

    chars_per_s: float = nan
    parts: int = 0
    half_opened: int = 0


@dataclass(frozen=True, slots=True)
class Conduct:
    """Evidence of conduct.

    Attributes:
        coupling: figures of typing and what was in view.
        reading: figures of reading.
        assistant_allowed: whether the policy allows some use of an assistant.
        counts: whether the person's aids leave looks before bursts a meaning.
        screen_reader: whether one was declared: pages are read without focus or pointer.
        spans: where bursts followed looks.
    """

    coupling: Coupling
    reading: Reading
    assistant_allowed: bool
    counts: bool
    screen_reader: bool
    spans: tuple[Span, ...] = ()

    @property
    def looks(self) -> float:
        """Return the share of bursts behind a look at an assistant; 0 where it cannot count."""
        share = self.coupling.assistant_before_bursts
        enough = self.counts and self.coupling.bursts >= LEAST_BURSTS
        return share if enough and not isnan(share) else 0.0

    @property
    def log_odds(self) -> float:
        """Return what conduct adds to the log odds of copying, 0 to `COPYING_LOGIT`."""
        if self.assistant_allowed:
            return 0.0
        grown = (self.looks - COUNTS_FROM) / (COUNTS_FULLY_FROM - COUNTS_FROM)
        return COPYING_LOGIT * min(max(grown, 0.0), 1.0)

    @property
    def alone(self) -> bool:
        """Whether conduct alone asks for a review."""
        return not self.assistant_allowed and self.looks > COUNTS_FULLY_FROM

    @property
    def copying_floor(self) -> float:
        """Return the least probability of copying that conduct leaves."""
        return ALONE_PROBABILITY if self.alone else 0.0

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Return what was seen that a reader should know."""
        found = []
        if self.looks >= SHOWN_FROM and not self.assistant_allowed:
            found.append(Reason(Code.ASSISTANT_BEFORE_BURSTS, self.looks))
            rate = self.coupling.alternations_per_100_words
            if not isnan(rate):
                found.append(Reason(Code.ASSISTANT_ALTERNATION, round(rate, 1)))
        if not self.screen_reader and self.reading.chars_per_s > HARDLY_READ_CHARS_PER_S:
            found.append(Reason(Code.HARDLY_READ, self.reading.chars_per_s))
        if not self.screen_reader and self.reading.half_opened:
            found.append(Reason(Code.PART_NOT_OPENED, self.reading.half_opened))
        return tuple(found)

    @property
    def beside_machine(self) -> tuple[Reason, ...]:
        """Return what is worth saying beside a machine's rhythm."""
        long = not self.screen_reader and self.coupling.typing_alone_s > LONG_ALONE_S
        minutes = round(self.coupling.typing_alone_s / 60) if long else 0
        return (Reason(Code.TYPED_WITHOUT_POINTER, minutes),) if long else ()

    @property
    def counter_evidence(self) -> tuple[Reason, ...]:
        """Return what speaks for the person."""
        found = []
        if self.looks >= SHOWN_FROM and self.assistant_allowed:
            found.append(Reason(Code.ASSISTANT_ALLOWED, self.looks))
        enough = self.counts and self.coupling.bursts >= LEAST_BURSTS
        if enough and self.coupling.assistant_before_bursts == 0.0:
            found.append(Reason(Code.NO_ASSISTANT_IN_VIEW, self.coupling.bursts))
        if self.reading.parts:
            found.append(Reason(Code.READ_BOTH, self.reading.parts))
        speed = self.reading.chars_per_s
        if 0.0 < speed <= HARDLY_READ_CHARS_PER_S:
            found.append(Reason(Code.TIME_TO_READ, speed))
        return tuple(found)


def find_conduct(recording: Recording, stream: TextStream, policy: Policy | None) -> Conduct:
    """Look at what was in view before the writing, and at the reading."""
    allowed = policy.allowed if policy is not None else AllowedUse()
    coupling = coupling_of(recording, stream)
    found = Conduct(
        coupling,
        _reading(recording, len(policy.regions) if policy is not None else 0),
        allowed.assistant,
        not recording.declared & REPLACES_TYPING,
        Mode.SCREEN_READER in recording.declared,
    )
    if found.assistant_allowed or found.looks < SHOWN_FROM:
        return found
    spans = _spans(bursts_of(stream, recording.focus or ()), found.looks)
    return Conduct(coupling, found.reading, False, found.counts, found.screen_reader, spans)


def _spans(bursts: Bursts, strength: float) -> tuple[Span, ...]:
    """Return the runs of bursts that each followed a look."""
    spans = []
    for looked, run in groupby(range(len(bursts.looked)), key=lambda i: bool(bursts.looked[i])):
        rows = list(run)
        if looked and len(rows) >= RUN_BURSTS:
            start, end = int(bursts.start_us[rows[0]]), int(bursts.end_us[rows[-1]])
            why = Code.ASSISTANT_BEFORE_BURSTS
            spans.append(Span(start, end, TextKind.TRANSCRIPTION, strength, why))
    return tuple(spans)


def _reading(recording: Recording, regions: int) -> Reading:
    tasks = recording.tasks or (_whole(recording),)
    speeds = [_chars_per_s(recording, task) for task in tasks]
    known = [speed for speed in speeds if not isnan(speed)]
    opened, half = _opened(recording, tasks, regions)
    return Reading(max(known, default=nan), opened, half)


def _whole(recording: Recording) -> Task:
    table = recording.keystrokes
    end_us = int(table.t_us[-1]) if len(table) else 0
    if recording.duration_us != MISSING:
        end_us = recording.duration_us
    return Task(0, 0, end_us, bool(recording.submissions))


def _chars_per_s(recording: Recording, task: Task) -> float:
    """Return how fast a task would have been read in all the time that it was in view."""
    shown = sum(s.length_chars for s in recording.shown or () if s.task == task.number)
    if not shown:
        return nan
    away = [*(recording.away or ()), *recording.paused]
    if recording.focus is None:
        in_view = [(task.start_us, task.end_us)]
    else:
        in_view = [
            (max(f.start_us, task.start_us), min(f.end_us, task.end_us))
            for f in recording.focus
            if f.category == Category.TASK
        ]
    spans = without([(a, b) for a, b in in_view if b > a], away)
    return shown / max(length_us(spans) / 1_000_000, 1.0)


def _opened(recording: Recording, tasks: tuple[Task, ...], regions: int) -> tuple[int, int]:
    """Return how many parts were opened in every task, and in how many tasks only some were."""
    page = recording.page
    if page is None or not regions:
        return 0, 0
    written = set(np.unique(page.edits.region).tolist())
    to_read = frozenset(range(1, regions + 1)) - written
    if len(to_read) < LEAST_MATERIAL:
        return 0, 0
    half = whole = 0
    for task in tasks:
        seen = {
            v.region for v in page.visits if v.start_us < task.end_us and v.end_us > task.start_us
        }
        missed = to_read - seen
        whole += not missed
        half += bool(missed) and missed != to_read
    return (len(to_read) if whole == len(tasks) else 0), half
