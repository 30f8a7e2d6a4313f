"""One session being recorded: observations in, batches in the spool. Called from two threads.

The thread that reads from the capturing process calls `observe`, the main thread everything else;
one lock guards both. The rules inside are pure.
"""

import logging
import secrets
import threading
import time
from dataclasses import replace
from datetime import datetime

import msgspec

from agent.capture.frames import Listen
from agent.clock import ClockReading
from agent.errors import SpoolDamaged, SpoolRefused
from agent.observations import (
    ChordPressed,
    FocusSeen,
    KeyHeld,
    Observation,
    PageEdited,
    PersonThere,
    PictureTaken,
    PointerUsed,
    PresenceSeen,
    SelectionRequested,
    SourceHealth,
    TextSubmittedSeen,
    TitleRead,
)
from agent.paths import Paths
from agent.session.declared import forget, remembered
from agent.session.notes import manual_time, note_of
from agent.session.pages import classes_digest
from agent.session.presence import Away, IdleRule
from agent.session.recent import RecentEvents
from agent.session.recorder import Recorder, SessionFacts
from agent.session.scope import ScopeRule
from agent.session.secret import SecretRule
from agent.spool.review import ReviewClock
from agent.spool.rows import BlankingRow
from agent.spool.store import Spool
from wire.codes import (
    Category,
    EditFlag,
    LossReason,
    ManualReason,
    MarkerKind,
    Mode,
    ObjectKind,
    PauseReason,
    PresenceChange,
    ScreenshotOutcome,
    SourceState,
)
from wire.events import Blanking, DeclaredMode, Event, Marker
from wire.limits import BATCH_MAX_SPAN_US
from wire.objects import digest_parts, object_digest
from wire.policy import Policy, Screenshots
from wire.signing import SigningKey

log = logging.getLogger(__name__)

_COMPOSING = {Mode.IME, Mode.DICTATION}
_SIGNS_OF_LIFE = KeyHeld | PointerUsed | ChordPressed | PersonThere


class Recording:
    """The recorder of a session with the rules in front of it and the spool behind it."""

    def __init__(
        self,
        facts: SessionFacts,
        policy: Policy,
        opened: ClockReading,
        spool: Spool,
        key: SigningKey,
        seal_interval_us: int = BATCH_MAX_SPAN_US,
    ) -> None:
        """Clock in at `opened`; the spool must hold the session, opened by the server."""
        self.facts = facts
        self.policy = policy
        self.opened = opened
        self._spool = spool
        self._key = key
        self._lock = threading.RLock()
        self.recent = RecentEvents()
        """What the trainer's page shows live."""
        self._away = Away()
        self._review = ReviewClock(spool, opened.monotonic_us)
        self._recorder = Recorder(facts, opened, seal_interval_us, hear=self._hear)
        self._secrets = SecretRule()
        self._scope = ScopeRule(opened.monotonic_us)
        self._idle = IdleRule(opened.monotonic_us, policy.idle_after_s)
        self._task = 0
        self._tasks = 0
        self._modes: set[Mode] = set()
        self._windows_seen = self._keyboards_seen = 0
        self._tag_key = secrets.token_bytes(32)

    @property
    def project(self) -> bytes:
        """The project that this session belongs to."""
        return self._spool.session(self.facts.session).project

    @property
    def paused(self) -> bool:
        """Whether the trainer paused."""
        return self._recorder.paused

    @property
    def covered_us(self) -> int:
        """How far the session has been observed."""
        return self._recorder.covered_us

    @property
    def modes(self) -> list[Mode]:
        """Declared modes in force."""
        return sorted(self._modes)

    @property
    def in_scope(self) -> bool:
        """Whether a task window is in front."""
        return self._scope.focus.category is Category.TASK

    def observe(self, seen: Observation) -> None:
        """Take an observation; while paused it is dropped, as no listener should run."""
        with self._lock:
            if self.paused:
                return
            self._note_numbers(seen)
            for each in self._secrets.observe(seen):
                self._take(each)

    def listen(self, *, coarse_pictures: bool) -> Listen:
        """What a capturing process must know to record this session, or to go on with it."""
        with self._lock:
            return Listen(
                msgspec.json.encode(self.policy),
                self._tag_key,
                self._windows_seen,
                self._keyboards_seen,
                coarse_pictures,
            )

    def tick(self, clock: ClockReading) -> bool:
        """The sources were alive until now; seals what is due.

        Returns whether there is something new to send.
        """
        sealed = False
        with self._lock:
            self._recorder.tick(clock)
            if not self.paused:
                for seen in self._secrets.tick(clock.monotonic_us):
                    self._take(seen)
                settled_us = self._secrets.settled_us(clock.monotonic_us)
                self._recorder.extend(self._scope.tick(settled_us))
                self._recorder.extend(self._idle.tick(settled_us, in_task=self.in_scope))
            while self._recorder.due() and self._seal(clock):
                sealed = True
            present = not self.paused and not self._away
            return self._review.tick(clock.monotonic_us, present=present) or sealed

    def pause(self, clock: ClockReading, reason: PauseReason) -> None:
        """Pause: call it when the listeners have stopped."""
        with self._lock:
            self._flush(clock)
            self._recorder.pause(clock, reason)
            self._seal_all(clock)

    def resume(self, clock: ClockReading) -> None:
        """Go on: call it before the listeners start."""
        with self._lock:
            while self._recorder.due() and self._seal(clock):
                pass
            self._recorder.resume(clock)
            self._recorder.extend(self._idle.begin(clock.monotonic_us))
            # Told at once: until it is, the hours on screen count on as paused.
            self._seal(clock)

    def clock_out(self, clock: ClockReading) -> None:
        """End the session: call it when the listeners have stopped."""
        with self._lock:
            self._flush(clock)
            self._recorder.clock_out(clock)
            while not self._recorder.fits_one_batch():
                self._seal(clock)
            self._seal(clock, final=True)

    def declare(self, clock: ClockReading, mode: Mode, *, on: bool) -> None:
        """The trainer says that an aid is in use, or no more."""
        with self._lock:
            (self._modes.add if on else self._modes.discard)(mode)
            self._scope.composing = bool(self._modes & _COMPOSING)
            self._add(DeclaredMode(self._now(clock), mode, on))

    def declare_remembered(self, paths: Paths) -> None:
        """Declare what the trainer said before clock-in, on the same day."""
        today = datetime.fromtimestamp(self.opened.wall_us / 1e6).astimezone().date()
        for mode in remembered(paths, today):
            self.declare(self.opened, mode, on=True)
        forget(paths)

    def begin_task(self, clock: ClockReading) -> int:
        """A task begins, and the one in hand ends; returns its number in the session."""
        with self._lock:
            self.end_task(clock)
            self._tasks += 1
            self._task = self._tasks
            self._add(Marker(self._now(clock), MarkerKind.TASK_BEGIN, self._task, 0))
            return self._task

    def end_task(self, clock: ClockReading, *, submitted: bool = False) -> int:
        """The task in hand ends; returns its number, 0 if there was none."""
        with self._lock:
            ended, self._task = self._task, 0
            if ended:
                kind = MarkerKind.TASK_SUBMIT if submitted else MarkerKind.TASK_END
                self._add(Marker(self._now(clock), kind, ended, 0))
            return ended

    def note(self, clock: ClockReading, text: str) -> None:
        """Store what the trainer wrote about the session or the task in hand.

        Raises:
            NoteRefused: it is empty, too long, or no text.
            SpoolRefused: it could not be stored; nothing was.
        """
        note = note_of(text)
        with self._lock:
            stored = (self.facts.session, ObjectKind.NOTE, note.digest, note.data)
            self._spool.add_object(*stored, kept_us=clock.wall_us)
            self._add(note.attachment(self._now(clock)))

    def add_by_hand(
        self, clock: ClockReading, span_us: tuple[int, int], reason: ManualReason, text: str
    ) -> None:
        """Add work that was not observed (`span_us`: wall clock), with the words that explain it.

        Raises:
            NoteRefused: the stretch or the note cannot be taken.
            SpoolRefused: it could not be stored; nothing was.
        """
        with self._lock:
            now_us, zero_us = self._now(clock), self._zero_us(clock)
            event = manual_time(now_us, span_us[0] - zero_us, span_us[1] - zero_us, reason)
            self.note(clock, text)
            self._add(event)

    def keep(self, picture: PictureTaken) -> bool:
        """Store a picture; one that cannot be stored is counted in the next header."""
        rules = self.policy.pictures
        review_us = rules.review_delay_s * 1_000_000 if rules else 0
        return self._store(ObjectKind.IMAGE, picture.digest, picture.data, review_us)

    def _keep_title(self, title: TitleRead) -> bool:
        rules = self.policy.screenshots or Screenshots()
        review_us = rules.review_delay_s * 1_000_000
        return self._store(ObjectKind.TITLE, object_digest(title.data), title.data, review_us)

    def _keep_classes(self, seen: TextSubmittedSeen) -> bool:
        """Store the classes of a submitted text, if there are any; they may go at once."""
        if not seen.packed:
            return False
        return self._store(ObjectKind.TEXT_CLASSES, classes_digest(seen), seen.packed, 0)

    def _store(self, kind: ObjectKind, digest: bytes, data: bytes, review_us: int) -> bool:
        """Put an object into the spool; one that does not go in is counted in the next header."""
        stored = (self.facts.session, kind, digest, data, review_us, time.time_ns() // 1000)
        try:
            with self._lock:
                self._review.settle()
                self._spool.add_object(*stored)
        except SpoolRefused as error:
            self.lose(LossReason(error.reason))
            return False
        except SpoolDamaged:
            self.lose(LossReason.SPOOL_DAMAGED)
            return False
        return True

    def tell_blanked(self, clock: ClockReading, row: BlankingRow) -> bool:
        """Record that the trainer blanked a picture; whether that is on disk in the chain."""
        with self._lock:
            self._add(
                Blanking(
                    self._now(clock), row.kind, *digest_parts(row.digest), *digest_parts(row.kept)
                )
            )
            return self._seal_all(clock)

    def lose(self, reason: LossReason, count: int = 1) -> None:
        """Count a loss for the next header."""
        with self._lock:
            self._recorder.losses.add(reason, count)

    def _note_numbers(self, seen: Observation) -> None:
        if isinstance(seen, FocusSeen | SelectionRequested):
            self._windows_seen = max(self._windows_seen, seen.window)
        elif isinstance(seen, KeyHeld):
            self._keyboards_seen = max(self._keyboards_seen, seen.device)

    def _take(self, seen: Observation) -> None:
        """An observation that no secret field has kept back."""
        if isinstance(seen, _SIGNS_OF_LIFE) and not self._private(seen):
            self._recorder.extend(self._idle.used(seen.at_us))
        if isinstance(seen, SourceHealth):
            self._idle.source(seen.source, seen.state, seen.at_us)
            if seen.state is SourceState.FAILED:
                self._recorder.losses.add(LossReason.SOURCE_FAILED)
        if isinstance(seen, PresenceSeen):
            self._presence(seen)
        if isinstance(seen, PictureTaken) and seen.data and not self.keep(seen):
            seen = PictureTaken(seen.at_us, ScreenshotOutcome.FAILED)
        if isinstance(seen, PageEdited) and seen.flags & EditFlag.TRUSTED:
            self._recorder.extend(self._idle.used(seen.at_us))
        if isinstance(seen, TextSubmittedSeen) and not self._keep_classes(seen):
            seen = replace(seen, packed=b"")
        if isinstance(seen, TitleRead) and not self._keep_title(seen):
            return
        self._recorder.extend(self._scope.observe(seen))

    def _presence(self, seen: PresenceSeen) -> None:
        if seen.change is PresenceChange.SUSPENDED:
            self._recorder.sleeps(seen.at_us)
        elif seen.change is PresenceChange.RESUMED:
            self._recorder.wakes(seen.at_us)
        else:
            self._recorder.extend(self._idle.changed(seen.at_us, seen.change))

    def _flush(self, clock: ClockReading) -> None:
        """The listeners have stopped: nothing that waits can still turn out to be secret."""
        for seen in self._secrets.flush():
            self._take(seen)
        self._recorder.extend(self._scope.flush(clock.monotonic_us))

    def _hear(self, event: Event) -> None:
        self._away.hear(event)
        self.recent.hear(event)

    def _add(self, event: Event) -> None:
        self._recorder.add(event)

    def _zero_us(self, clock: ClockReading) -> int:
        """Where the session's zero lies on the wall clock."""
        return clock.wall_us - (clock.monotonic_us - self.opened.monotonic_us)

    def _now(self, clock: ClockReading) -> int:
        return self._recorder.session_us(clock.monotonic_us)

    def _private(self, seen: KeyHeld | PointerUsed | ChordPressed | PersonThere) -> bool:
        return self._scope.focus_at(seen.at_us).category is Category.PRIVATE

    def _seal_all(self, clock: ClockReading) -> bool:
        """Seal all that waits; whether the spool took the last of it."""
        while not self._recorder.fits_one_batch():
            self._seal(clock)
        return self._seal(clock)

    def _seal(self, clock: ClockReading, *, final: bool = False) -> bool:
        """Seal one batch into the spool; a batch it does not take is counted as lost."""
        with self._spool.exclusive():
            link = self._spool.session(self.facts.session).link
            counted = self._spool.losses()
            self._recorder.losses.put_back(counted)
            envelope = self._recorder.seal(clock, link, self._key, final=final)
            try:
                self._spool.add_batch(envelope, counted, self._zero_us(clock))
            except SpoolRefused as error:
                log.warning("batch not spooled: loss reason %d", error.reason)
                self._recorder.not_stored(envelope, error.reason, counted)
                return False
            except SpoolDamaged:
                self._recorder.not_stored(envelope, LossReason.SPOOL_DAMAGED, counted)
                raise
        return True
