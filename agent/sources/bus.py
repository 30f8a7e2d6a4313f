"""A D-Bus connection that never blocks once it is up; the protocol is jeepney's, pure Python."""

import os
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from jeepney import DBusAddress, Header, HeaderFields, Message, MessageFlag, MessageType
from jeepney.bus import get_connectable_addresses
from jeepney.io.blocking import prep_socket
from jeepney.low_level import calc_msg_size
from jeepney.wrappers import new_method_call

from agent.errors import SourceUnavailable

SESSION_BUS_VARIABLE = "DBUS_SESSION_BUS_ADDRESS"
SYSTEM_BUS_VARIABLE = "DBUS_SYSTEM_BUS_ADDRESS"
SILENT_MAX_US = 4_000_000
"""A bus that answers nothing for so long has stopped."""
MESSAGE_MAX_BYTES = 128 * 1024 * 1024
"""The protocol's own limit."""
_SYSTEM_BUS = "unix:path=/run/dbus/system_bus_socket"
_OPENING_S = 2.0
_READ_BYTES = 65_536
_READS_MAX = 64
_HEAD_BYTES = 16
THE_BUS: Final = DBusAddress(
    "/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus"
)

Answer = Callable[[tuple[Any, ...] | None], None]
"""Called with an answer's arguments; None: it was an error."""
Read = Callable[[Header, memoryview], tuple[Any, ...] | None]
"""Reads a signal's arguments from its raw body; None: leave it to jeepney."""


def session_bus_address() -> str:
    """Where this login's message bus is.

    Raises:
        SourceUnavailable: there is none.
    """
    named = os.environ.get(SESSION_BUS_VARIABLE)
    usual = Path(f"/run/user/{os.getuid()}/bus")
    if not named and not usual.exists():
        raise SourceUnavailable("This desktop has no message bus (D-Bus).")
    return named or f"unix:path={usual}"


def system_bus_address() -> str:
    """Where the machine's message bus is, if there is one."""
    return os.environ.get(SYSTEM_BUS_VARIABLE, _SYSTEM_BUS)


class BusConnection:
    """Signals in, calls out. A connection that is gone raises `ConnectionError` from `pump`."""

    def __init__(self, address: str, read: Read | None = None) -> None:
        """Connect and say hello, within two seconds.

        Raises:
            SourceUnavailable: nobody takes the connection there.
        """
        try:
            self._socket = prep_socket(next(get_connectable_addresses(address)), timeout=_OPENING_S)
        except (OSError, ValueError, RuntimeError, StopIteration) as error:
            raise SourceUnavailable("The message bus (D-Bus) takes no connections.") from error
        self._socket.setblocking(False)
        self._read = read
        self._buffer = bytearray()
        self._out = bytearray()
        self._serial = 0
        self._answers: dict[int, Answer] = {}
        self.silent_since_us: int | None = None
        """When the bus was asked for a sign of life that has not come yet."""
        try:
            self.ask(THE_BUS, "Hello")
        except BaseException:
            self.close()
            raise

    def fileno(self) -> int:
        """What to wait on."""
        return int(self._socket.fileno())

    def close(self) -> None:
        """Disconnect; what was not read is dropped."""
        self._socket.close()
        self._buffer.clear()
        self._answers.clear()

    def watch(self, rule: str) -> None:
        """Have signals delivered that match a rule."""
        self.call(THE_BUS, "AddMatch", "s", (rule,))

    def unwatch(self, rule: str) -> None:
        """Have no more signals delivered for a rule."""
        self.call(THE_BUS, "RemoveMatch", "s", (rule,))

    def call(
        self,
        whom: DBusAddress,
        method: str,
        signature: str | None = None,
        arguments: tuple[Any, ...] = (),
        answer: Answer | None = None,
        *,
        begin_service: bool = False,
    ) -> None:
        """Call a method without waiting; `answer` is called from a later `pump`.

        `begin_service`: the bus may start the program that answers.
        """
        message = new_method_call(whom, method, signature, arguments)
        if not begin_service:
            message.header.flags |= MessageFlag.no_auto_start
        if answer is None:
            message.header.flags |= MessageFlag.no_reply_expected
        self._serial += 1
        if answer is not None:
            self._answers[self._serial] = answer
        self._out += message.serialise(serial=self._serial)
        self._flush()

    def ask(
        self,
        whom: DBusAddress,
        method: str,
        signature: str | None = None,
        arguments: tuple[Any, ...] = (),
    ) -> tuple[Any, ...]:
        """Call a method and wait for the answer; only while a source starts.

        The bus may start the program that answers.

        Raises:
            SourceUnavailable: an error came back, or nothing within two seconds.
        """
        answers: list[tuple[Any, ...] | None] = []
        self.call(whom, method, signature, arguments, answers.append, begin_service=True)
        deadline_s = time.monotonic() + _OPENING_S
        try:
            while not answers and time.monotonic() < deadline_s:
                time.sleep(0.002)
                for _ in self.pump():
                    pass
        except ConnectionError as error:
            raise SourceUnavailable("The message bus (D-Bus) hung up.") from error
        if not answers or answers[0] is None:
            raise SourceUnavailable(f"{whom.bus_name} does not answer on the message bus (D-Bus).")
        return answers[0]

    def check_life(self, now_us: int) -> None:
        """Ask the bus for a sign of life, unless one is awaited already."""
        if self.silent_since_us is None:
            self.silent_since_us = now_us
            peer = DBusAddress(THE_BUS.object_path, THE_BUS.bus_name, "org.freedesktop.DBus.Peer")
            self.call(peer, "Ping", answer=self._lives)

    def silent(self, now_us: int) -> bool:
        """Whether a sign of life is overdue."""
        since_us = self.silent_since_us
        return since_us is not None and now_us - since_us > SILENT_MAX_US

    def _lives(self, _answer: object) -> None:
        self.silent_since_us = None

    def pump(self) -> Iterator[Message]:
        """The signals that came; answers go to those who asked.

        Raises:
            ConnectionError: the bus hung up.
        """
        self._flush()
        for _ in range(_READS_MAX):
            try:
                data = self._socket.recv(_READ_BYTES)
            except BlockingIOError:
                break
            if not data:
                raise ConnectionResetError
            self._buffer += data
            yield from self._messages()

    def _flush(self) -> None:
        while self._out:
            try:
                sent = self._socket.send(self._out)
            except BlockingIOError:
                return
            del self._out[:sent]

    def _messages(self) -> Iterator[Message]:
        while len(self._buffer) >= _HEAD_BYTES:
            size = calc_msg_size(bytes(self._buffer[:_HEAD_BYTES]))
            if size > MESSAGE_MAX_BYTES:
                raise ConnectionAbortedError
            if len(self._buffer) < size:
                return
            message = self._message(self._buffer[:size])
            del self._buffer[:size]
            if message is not None and not self._answered(message):
                yield message

    def _message(self, raw: bytearray) -> Message | None:
        """One message; None if it does not read, or is no signal and no answer."""
        try:
            if self._read is not None and raw[1] == MessageType.signal.value:
                header, end = Header.from_buffer(raw)
                found = self._read(header, memoryview(raw)[(end + 7) // 8 * 8 :])
                if found is not None:
                    return Message(header, found)
            return Message.from_buffer(bytes(raw))
        except (ValueError, KeyError, IndexError, TypeError, struct.error):
            # Programs may say what they like on a bus; it is their trouble.
            return None

    def _answered(self, message: Message) -> bool:
        kind = message.header.message_type
        if kind is MessageType.signal:
            return False
        answer = self._answers.pop(message.header.fields.get(HeaderFields.reply_serial, -1), None)
        if answer is not None:
            answer(message.body if kind is MessageType.method_return else None)
        return True
