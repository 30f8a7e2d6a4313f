"""The page's HTTP server: loopback only, a random port, nothing without the secrets of this start.

The document, its style and its scripts hold nothing personal and are given to anybody on this
machine; everything else needs both secrets (see `agent.page.gate`).
"""

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import msgspec

from agent.errors import AgentError
from agent.page.contents import House, Order
from agent.page.gate import Gate, cookie_name, is_addressed_here, is_own_origin
from agent.platforms.peers import is_foreign
from wire import limits
from wire.baseline import TypingSample
from wire.decoding import decoder_of

log = logging.getLogger(__name__)

BODY_MAX_BYTES = 16_384
THREADS_MAX = 16
REQUEST_S = 10.0
IN_USE_S = 10.0
"""A page that asked for nothing for so long is closed."""
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_FIELDS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_FILES = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/mark.svg": ("mark.svg", "image/svg+xml"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/live.js": ("live.js", "text/javascript; charset=utf-8"),
    "/pictures.js": ("pictures.js", "text/javascript; charset=utf-8"),
    "/sample.js": ("sample.js", "text/javascript; charset=utf-8"),
    "/elements.js": ("elements.js", "text/javascript; charset=utf-8"),
}
_JSON = "application/json"


M = TypeVar("M", bound=msgspec.Struct)


class Ticket(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the page trades for its secrets."""

    ticket: str


class Page:
    """The page of one agent process. It listens only once it is asked for."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._gate = Gate()
        self._http: _Http | None = None

    @property
    def in_use(self) -> bool:
        """Whether a page is open that asks for news."""
        return self._http is not None and time.monotonic() - self._http.asked_s < IN_USE_S

    def address(self) -> str:
        """Where to open it: works once, and soon. The first call begins to listen."""
        if self._http is None:
            self._http = _Http(self._house, self._gate)
            self._http.begin()
        self._http.asked_s = time.monotonic()
        return f"http://127.0.0.1:{self._http.port}/#{self._gate.ticket()}"

    def close(self) -> None:
        """Stop listening."""
        if self._http is not None:
            self._http.end()
        self._http = None


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, house: House, gate: Gate) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.house = house
        self.gate = gate
        self.port = int(self.server_address[1])
        self.asked_s = time.monotonic()
        self._places = threading.BoundedSemaphore(THREADS_MAX)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="page", daemon=True)

    def begin(self) -> None:
        """Serve in a thread that only a connection wakes."""
        self._thread.start()

    def end(self) -> None:
        """Stop listening."""
        self._ending.set()
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), REQUEST_S).close()
        self._thread.join(REQUEST_S)
        self.server_close()

    def _serve(self) -> None:
        while not self._ending.is_set():
            self.handle_request()

    def process_request(self, request: Any, client_address: Any) -> None:
        """One thread a connection, and not more than there are places."""
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a connection in its thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that hangs up is no news."""
        log.info("a connection of the page ended early")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "veritype", ""
    timeout = REQUEST_S
    server: _Http

    def do_GET(self) -> None:
        """The page's parts and what they show."""
        if self._is_misled():
            return
        path = urlsplit(self.path)
        if path.path in _FILES:
            name, content_type = _FILES[path.path]
            data = (resources.files("agent.page") / "static" / name).read_bytes()
            self._answer(HTTPStatus.OK, data, content_type)
            return
        house = self.server.house
        answers: dict[str, Callable[[], object]] = {
            "/now": lambda: house.now(_number(parse_qs(path.query).get("after", ["0"])[0])),
            "/day": lambda: house.day().as_json(),
            "/receipts": house.receipts,
            "/consents": house.consented,
            "/sample": house.samples.state,
        }
        if not self._is_let_in():
            return
        if path.path.startswith("/pictures/"):
            number = _number(path.path.removeprefix("/pictures/"))
            self._try(lambda: house.picture(number), "image/webp")
        elif path.path in answers:
            self._try(answers[path.path])
        else:
            self._say(HTTPStatus.NOT_FOUND, "There is nothing here.")

    def do_POST(self) -> None:
        """Enter, or ask for something."""
        body = self._body()
        if body is None or self._is_misled() or self._is_foreign():
            return
        if self.path == "/enter":
            self._enter(body)
        elif self._is_let_in():
            house = self.server.house
            if self.path == "/do":
                self._take(body, Order, house.obey)
            elif self.path == "/sample":
                self._take(body, TypingSample, house.samples.keep)
            else:
                self._say(HTTPStatus.NOT_FOUND, "There is nothing here.")

    def _enter(self, body: bytes) -> None:
        host, port = self.client_address[:2]
        try:
            ticket = decoder_of(Ticket).decode(body).ticket
            # The address can be read in the browser's command line, by other users too.
            foreign = is_foreign((str(host), int(port)), ("127.0.0.1", self.server.port))
            given = None if foreign else self.server.gate.enter(ticket)
        except (msgspec.DecodeError, UnicodeError):
            given = None
        if given is None:
            self._say(HTTPStatus.FORBIDDEN, "Open this page with `veritype page`.")
            return
        cookie, key = given
        name = cookie_name(self.server.port)
        fields = {"Set-Cookie": f"{name}={cookie}; Path=/; HttpOnly; SameSite=Strict"}
        self._answer(HTTPStatus.OK, msgspec.json.encode({"key": key}), _JSON, fields)

    def _take(self, body: bytes, kind: type[M], do: Callable[[M], object]) -> None:
        try:
            asked = decoder_of(kind).decode(body)
        except (msgspec.DecodeError, UnicodeError):
            self._say(HTTPStatus.BAD_REQUEST, "That was not a request of this page.")
            return
        self._try(lambda: do(asked))

    def _try(self, action: Callable[[], object], content_type: str = _JSON) -> None:
        try:
            found = action()
        except AgentError as error:
            self._say(HTTPStatus.CONFLICT, str(error))
        except Exception as error:  # noqa: BLE001 - the page must outlive one bad request
            log.warning("page: %s", type(error).__name__)
            self._say(HTTPStatus.INTERNAL_SERVER_ERROR, "The agent failed at that.")
        else:
            data = found if isinstance(found, bytes) else msgspec.json.encode(found)
            self._answer(HTTPStatus.OK, data, content_type)

    # Who asks, and how much.

    def _is_misled(self) -> bool:
        if is_addressed_here(self.server.port, self.headers):
            return False
        self._say(HTTPStatus.MISDIRECTED_REQUEST, "This page has another address.")
        return True

    def _is_foreign(self) -> bool:
        own = is_own_origin(self.server.port, self.headers)
        if own and self.headers.get("Content-Type", "") == _JSON:
            return False
        self._say(HTTPStatus.FORBIDDEN, "Only this page itself may ask for that.")
        return True

    def _is_let_in(self) -> bool:
        if self.server.gate.lets_in(self.server.port, self.headers):
            self.server.asked_s = time.monotonic()
            return True
        self._say(HTTPStatus.FORBIDDEN, "Open this page with `veritype page`.")
        return False

    def _body(self) -> bytes | None:
        """The request's body; None, and the connection ends, if it is too long or has no length."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or "Transfer-Encoding" in self.headers:
            self._refuse_body(HTTPStatus.LENGTH_REQUIRED)
            return None
        most = limits.MESSAGE_MAX_BYTES if self.path == "/sample" else BODY_MAX_BYTES
        if len(length) > len(str(most)) or int(length) > most:
            self._refuse_body(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return None
        return self.rfile.read(int(length))

    def _refuse_body(self, status: HTTPStatus) -> None:
        self.close_connection = True
        self._say(status, "That is more than this page ever sends.")

    # Answers.

    def _say(self, status: HTTPStatus, sentence: str) -> None:
        self._answer(status, msgspec.json.encode({"error": sentence}), _JSON)

    def _answer(
        self,
        status: HTTPStatus,
        data: bytes,
        content_type: str,
        fields: dict[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        for name, value in {**_FIELDS, **(fields or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the library refuses by itself, in the same form as everything else."""
        self.close_connection = True
        self._say(HTTPStatus(code), message or HTTPStatus(code).phrase)

    def log_message(self, *_: object) -> None:
        """Requests are no news, and their paths are nobody's business."""


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 16 else 0
