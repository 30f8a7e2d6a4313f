"""The process that captures: `python -m agent capture`, started by the agent process alone.

It opens listeners when told to (`Listen`), closes them when told to (`Rest`) and ends when its
input ends, so it never outlives the agent process with a listener open.
"""

import logging
import os
import select
import sys
from collections.abc import Callable, Sequence

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
from agent.capture.loop import Capture
from agent.clock import monotonic_us
from agent.errors import AgentError, CaptureBroken
from agent.journal import log_uncaught, write_to_parents_journal
from agent.observations import Observation
from agent.platforms.inbox import inbox
from agent.sources.memory import SessionMemory
from agent.sources.offers import check_connects, sources_offered
from wire.policy import parse_policy

log = logging.getLogger(__name__)

BEAT_US = 1_000_000
_READ_BYTES = 65_536


class CaptureChild:
    """The capture loop between two pipes."""

    def __init__(self, commands: int, answers: int) -> None:
        """`commands` and `answers` are file descriptors; both ends are this user's own."""
        self._commands = inbox(commands)
        self._answers = answers
        self._reader = FrameReader()
        self._waiting = bytearray()
        self._capture: Capture | None = None
        self._memory: SessionMemory | None = None
        self._beaten_us = 0

    def run(self) -> None:
        """Serve until the agent process hangs up."""
        self._try(check_connects, Ready())
        while True:
            if self._capture is None:
                select.select([self._commands], [], [])
            else:
                self._capture.turn()
                self._beat(self._capture)
            if self._has_commands() and not self._obey():
                break
        self._rest()

    def _has_commands(self) -> bool:
        return bool(select.select([self._commands], [], [], 0)[0])

    def _obey(self) -> bool:
        """Do what is asked; false when the agent process has hung up."""
        data = self._commands.read(_READ_BYTES)
        for word in self._reader.feed(data):
            match word:
                case Listen():
                    self._try(lambda: self._listen(word), Started())  # noqa: B023 - called at once
                case Rest():
                    self._rest()
                    self._say(Resting())
                case _:
                    raise CaptureBroken("The agent process said something unexpected.")
        return bool(data)

    def _try(self, action: Callable[[], object], done: Word) -> None:
        try:
            action()
        except AgentError as error:
            self._say(Unavailable(str(error)))
        except Exception as error:  # noqa: BLE001 - told to the agent process, which waits for it
            log.warning("capture failed to start: %s", type(error).__name__)
            self._say(Unavailable("The recorder failed to start on this display."))
        else:
            self._say(done)

    def _listen(self, listen: Listen) -> None:
        self._rest()
        if self._memory is None:
            self._memory = SessionMemory.begun(
                listen.tag_key, listen.windows_seen, listen.keyboards_seen
            )
        offers = sources_offered(parse_policy(listen.policy), listen, self._memory)
        capture = Capture(offers.sources, self._observed, monotonic_us, offers.required)
        capture.wake_on(self._commands.fileno())
        capture.start()
        self._capture, self._beaten_us = capture, 0
        self._beat(capture)

    def _rest(self) -> None:
        if self._capture is not None:
            self._capture.stop()
        self._capture = None

    def _observed(self, seen: Observation) -> None:
        self._waiting += encode_frame(seen)

    def _beat(self, capture: Capture) -> None:
        now_us = monotonic_us()
        if now_us - self._beaten_us >= BEAT_US:
            self._beaten_us = now_us
            self._waiting += encode_frame(Beat(reports(capture)))
        self._send()

    def _say(self, word: Word) -> None:
        self._waiting += encode_frame(word)
        self._send()

    def _send(self) -> None:
        """Send what waits: one write a turn."""
        data, self._waiting = bytes(self._waiting), bytearray()
        while data:
            data = data[os.write(self._answers, data) :]


def reports(capture: Capture) -> tuple[SourceReport, ...]:
    """Each source's state."""
    return tuple(
        SourceReport(name, state, why, name in capture.required)
        for name, state, why in capture.states()
    )


def main(_arguments: Sequence[str]) -> int:
    """Be the process that captures."""
    os.umask(0o077)
    write_to_parents_journal()
    log_uncaught()
    # What libraries print must not get between the frames.
    answers = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        CaptureChild(sys.stdin.fileno(), answers).run()
    except BrokenPipeError:
        return 1
    return 0
