"""The agent process's end of capture: starts the capturing process, listens to it, watches it.

One reader thread takes frames and hands observations on. Nothing here waits for ever: a process
that does not answer is ended, because a listener that cannot be closed must not stay open.
"""

import contextlib
import logging
import os
import queue
import subprocess
import threading
from collections.abc import Callable, Mapping

from agent.capture.frames import (
    Beat,
    FrameReader,
    Listen,
    Ready,
    Rest,
    Resting,
    SourceReport,
    Started,
    Unavailable,
    Word,
    encode_frame,
)
from agent.clock import monotonic_us
from agent.errors import CaptureBroken, SourceUnavailable
from agent.observations import Observation
from agent.processes import command

log = logging.getLogger(__name__)

SILENT_US = 3_000_000
"""A capture loop without a heartbeat for so long has stopped: status says so within 5 s."""
_READ_BYTES = 1 << 18
_GIVE_MEMORY_BACK = {"MALLOC_MMAP_THRESHOLD_": "262144"}
"""glibc otherwise raises this by itself and keeps a picture's memory: 15 MB more at rest."""
_START_S = 20.0
_REST_S = 3.0
_END_S = 2.0

Observe = Callable[[Observation], None]


class CaptureProcess:
    """One capturing process, from its start to its end."""

    def __init__(self, observe: Observe, environment: Mapping[str, str]) -> None:
        """Start it; `environment` names the display. `ready` waits until it can listen."""
        self._observe = observe
        self._answers: queue.SimpleQueue[Word] = queue.SimpleQueue()
        self._beat_us = monotonic_us()
        self._listening = False
        self.sources: tuple[SourceReport, ...] = ()
        """Each source's state at the last heartbeat."""
        self._process = subprocess.Popen(
            command("capture"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**environment, **_GIVE_MEMORY_BACK},
        )
        self._reader = threading.Thread(target=self._read, name="capture-reader", daemon=True)
        self._reader.start()

    def ready(self) -> None:
        """Wait until the display takes connections.

        Raises:
            SourceUnavailable: it does not; the text says what to look at.
        """
        self._expect(Ready, _START_S)

    def listen(self, words: Listen) -> None:
        """Begin to record; returns when the sources record.

        Raises:
            SourceUnavailable: a source that is needed cannot start.
        """
        self.ask_to_listen(words)
        self._expect(Started, _START_S)

    def ask_to_listen(self, words: Listen) -> None:
        """Begin to record, without waiting: the heartbeat will tell."""
        self._beat_us = monotonic_us()
        self._listening = True
        self._tell(words)

    def rest(self) -> None:
        """Close every listener: when this returns none is open."""
        self._listening = False
        self.sources = ()
        try:
            self._tell(Rest())
            self._expect(Resting, _REST_S)
        except SourceUnavailable:
            log.warning("the capturing process does not close its listeners: it is ended")
            self.kill()

    def end(self) -> None:
        """End the process; its last observations are taken first."""
        self._listening = False
        self.sources = ()
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self.kill()
        self._reader.join(_END_S)

    def kill(self) -> None:
        """End the process at once, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        self._reader.join(_END_S)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    @property
    def alive(self) -> bool:
        """Whether the process runs and is understood."""
        return self._process.poll() is None and self._reader.is_alive()

    def silent(self) -> bool:
        """Whether it should be recording and shows no sign of it."""
        return not self.alive or monotonic_us() - self._beat_us > SILENT_US

    def silent_us(self) -> int:
        """Time since the last sign of life."""
        return monotonic_us() - self._beat_us

    def _tell(self, word: Word) -> None:
        stdin = self._process.stdin
        if stdin is None or stdin.closed:
            return
        try:
            stdin.write(encode_frame(word))
            stdin.flush()
        except OSError:
            log.warning("the capturing process has hung up")

    def _expect(self, kind: type[Word], wait_s: float) -> None:
        """Wait for one answer; those to earlier questions are passed over."""
        deadline_us = monotonic_us() + int(wait_s * 1e6)
        while True:
            left_s = max(0.0, (deadline_us - monotonic_us()) / 1e6)
            try:
                answer = self._answers.get(timeout=left_s)
            except queue.Empty:
                raise SourceUnavailable("The display does not answer.") from None
            if isinstance(answer, kind):
                return
            if isinstance(answer, Unavailable) and kind is not Resting:
                raise SourceUnavailable(answer.why)
            if isinstance(answer, Beat):
                raise SourceUnavailable("The recorder ended while it was starting.")

    def _read(self) -> None:
        reader, stdout = FrameReader(), self._process.stdout
        try:
            while stdout is not None and (data := os.read(stdout.fileno(), _READ_BYTES)):
                for frame in reader.feed(data):
                    self._take(frame)
        except CaptureBroken as error:
            log.warning("capture: %s", error)
        finally:
            # Whoever waits for an answer waits no longer.
            self._answers.put(Beat(()))

    def _take(self, frame: Word | Observation) -> None:
        match frame:
            case Beat():
                self._beat_us = monotonic_us()
                self.sources = frame.sources if self._listening else ()
            case Ready() | Started() | Resting() | Unavailable():
                self._answers.put(frame)
            case Listen() | Rest():
                raise CaptureBroken("The recorder repeats what it is told.")
            case _:
                self._observe(frame)
