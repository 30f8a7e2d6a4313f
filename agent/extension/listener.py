"""The agent's ear for browsers: takes their hosts' connections and turns messages to observations.

One thread, asleep until a browser says something or the scope changes. Nothing is passed on
while no session records.
"""

import contextlib
import logging
import selectors
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from agent.clock import monotonic_us
from agent.extension.frames import FrameTooLong, LineReader
from agent.extension.messages import (
    DORMANT,
    Allowed,
    FromHost,
    PageMessage,
    PageScope,
    Refused,
    Secret,
    SiteScope,
)
from agent.extension.translate import Translator
from agent.local_socket import is_own, listen
from agent.observations import Observation, SecretField, SourceHealth
from wire.codes import SourceName, SourceState
from wire.policy import Policy

log = logging.getLogger(__name__)

CONNECTIONS_MAX = 8
_READ_BYTES = 65_536
_SEND_S = 1.0
_decoder = msgspec.json.Decoder(FromHost)


class _Host:
    """One connected browser."""

    def __init__(self, peer: socket.socket, number: int) -> None:
        self.peer = peer
        self.number = number
        self.lines = LineReader()
        self.secret = False
        self.allowed = True
        """As long as it does not say otherwise."""
        peer.settimeout(_SEND_S)

    def say(self, scope: PageScope) -> None:
        """Tell the browser what is in scope; one that takes nothing is cut off."""
        try:
            self.peer.sendall(msgspec.json.encode(scope) + b"\n")
        except OSError:
            with contextlib.suppress(OSError):
                self.peer.shutdown(socket.SHUT_RDWR)

    def read(self) -> list[bytes] | None:
        """The lines that came in; None: it is gone."""
        try:
            data = self.peer.recv(_READ_BYTES)
            return list(self.lines.feed(data)) if data else None
        except (OSError, FrameTooLong):
            return None


class ExtensionListener:
    """Listens at `path`; `observe` is called from this object's own thread, while in scope."""

    def __init__(self, path: Path, observe: Callable[[Observation], None]) -> None:
        """Begin to listen; the caller holds the instance lock."""
        self._path = path
        self._observe = observe
        self._lock = threading.RLock()
        self._hosts: dict[int, _Host] = {}
        self._numbered = 0
        self._scope = DORMANT
        self._translator: Translator | None = None
        self._since_us = 0
        self._state: SourceState | None = None
        self._faulty = False
        self._ending = False
        self._server = listen(path)
        self._wake, self._woken = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._server, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="extension", daemon=True)
        self._thread.start()

    def scope(self, policy: Policy | None) -> None:
        """A session records under `policy` from now on, or none does.

        When this returns, nothing is observed any more for the scope before.
        """
        with self._lock:
            # Not told: the display's listeners may still be open, and end what is secret.
            for host in self._hosts.values():
                host.secret = False
            self._state, self._faulty = None, False
            self._since_us = monotonic_us()
            self._scope = _scope_of(policy) if policy is not None else DORMANT
            self._translator = Translator(len(policy.regions)) if policy is not None else None
            for host in self._hosts.values():
                host.say(self._scope)
            self._health()

    def state(self) -> SourceState | None:
        """Whether a browser that may see the pages is connected; None: there are no pages."""
        with self._lock:
            if not self._scope.sites:
                return None
            if not any(host.allowed for host in self._hosts.values()):
                return SourceState.MISSING
            return SourceState.DEGRADED if self._faulty else SourceState.RUNNING

    def close(self) -> None:
        """Stop listening; connected browsers become dormant."""
        self._ending = True
        self._wake.send(b".")
        self._thread.join(5)
        with self._lock:
            for host in list(self._hosts.values()):
                self._gone(host)
        self._selector.close()
        for each in (self._server, self._wake, self._woken):
            each.close()
        self._path.unlink(missing_ok=True)

    def _run(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if self._ending:
                    return
                if key.fileobj is self._server:
                    self._accept()
                else:
                    self._read(self._hosts[key.fd])

    def _accept(self) -> None:
        try:
            peer, _ = self._server.accept()
        except OSError:
            return
        with self._lock:
            if not is_own(peer) or len(self._hosts) >= CONNECTIONS_MAX:
                peer.close()
                return
            self._numbered += 1
            host = self._hosts[peer.fileno()] = _Host(peer, self._numbered)
            self._selector.register(peer, selectors.EVENT_READ)
            host.say(self._scope)
            self._health()

    def _read(self, host: _Host) -> None:
        lines = host.read()
        with self._lock:
            for line in lines or ():
                self._take(host, line)
            if lines is None:
                self._gone(host)
                self._health()

    def _take(self, host: _Host, line: bytes) -> None:
        try:
            message = _decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            message = Refused(1)
        if isinstance(message, Allowed):
            host.allowed = bool(message.on)
            self._health()
            return
        if self._translator is None:
            return
        if isinstance(message, Refused):
            self._faulty = True
            self._health()
        else:
            self._heard(host, message, self._translator)

    def _heard(self, host: _Host, message: PageMessage, translator: Translator) -> None:
        wall_us = time.time_ns() // 1000
        seen = translator.observation(message, host.number, wall_us, monotonic_us())
        if not isinstance(message, Secret):
            # What was on its way when recording began happened before it.
            if seen.at_us >= self._since_us:
                self._tell(seen)
        elif message.on:
            host.secret = True
            self._tell(seen)
        else:
            self._secret_ends([host])

    def _secret_ends(self, hosts: list[_Host]) -> None:
        """These browsers have no password field in focus any more."""
        held = any(host.secret for host in self._hosts.values())
        for host in hosts:
            host.secret = False
        if held and not any(host.secret for host in self._hosts.values()):
            self._tell(SecretField(monotonic_us(), False, SourceName.EXTENSION))

    def _gone(self, host: _Host) -> None:
        self._secret_ends([host])
        self._selector.unregister(host.peer)
        del self._hosts[host.peer.fileno()]
        host.peer.close()

    def _health(self) -> None:
        """Report the source's state when it changed."""
        state = self.state()
        if state is not None and state is not self._state:
            now_us = monotonic_us()
            self._tell(SourceHealth(now_us, SourceName.EXTENSION, state))
            if any(host.secret for host in self._hosts.values()):
                # News of the source ends what it said before; the field is in focus all the same.
                self._tell(SecretField(now_us, True, SourceName.EXTENSION))
        self._state = state

    def _tell(self, seen: Observation) -> None:
        try:
            self._observe(seen)
        except Exception as error:  # noqa: BLE001 - one bad observation must not end the ear
            log.warning("an observation of the extension failed: %s", type(error).__name__)


def _scope_of(policy: Policy) -> PageScope:
    sites, first = [], 1
    for site in policy.sites:
        selectors_of = tuple(region.selector for region in site.regions)
        sites.append(SiteScope(site.pattern, first, selectors_of))
        first += len(selectors_of)
    return PageScope(recording=True, sites=tuple(sites))
