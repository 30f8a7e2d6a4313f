"""A small real HTTP server that speaks the wire, and misbehaves on request."""

import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest

from agent.clock import ClockReading
from agent.identity import Identity
from agent.paths import HOME_VARIABLE, Paths, open_paths
from agent.settings import Settings
from agent.shipping.transport import Answer
from agent.spool.store import Spool
from wire.baseline import TypingSample
from wire.batch import Batch, decode, open_envelope, verify
from wire.chain import ChainHead, derive_nonce, follow, nonce_holds
from wire.codes import Category
from wire.errors import AlreadyAccepted, ChainBroken, SignatureInvalid, WireError
from wire.messages import (
    BlankingNotice,
    Consent,
    ConsentRequest,
    Enrolment,
    EnrolmentRequest,
    ProjectOffer,
    Projects,
    Revocation,
    SessionGrant,
    SessionRequest,
    Withdrawal,
    acknowledge,
    decode_message,
    encode_message,
)
from wire.policy import Policy, WindowRule
from wire.problems import CONTENT_TYPE, Problem, ProblemCode, problem
from wire.signing import SigningKey, VerifyKey

POLICY = Policy(
    version=3,
    windows=(
        WindowRule(Category.TASK, title="*task*"),
        WindowRule(Category.ASSISTANT, title="*assistant*"),
        WindowRule(Category.PRIVATE, title="*bank*"),
    ),
)


def _changed(answer: bytes, mood: str) -> bytes:
    if mood == "wrong-ack" and b'"digest"' in answer:
        message = json.loads(answer)
        message["digest"] = message["digest"][:-6] + "AAAAA="
        return json.dumps(message).encode()
    if mood == "later policy" and b'"projects"' in answer:
        message = json.loads(answer)
        message["projects"][0]["policy"]["added_later"] = True
        return json.dumps(message).encode()
    return answer


class PlatformServer:
    """Keeps what it acknowledged; `mood` says how it misbehaves."""

    def __init__(self) -> None:
        self.key = SigningKey.generate()
        self.secret = secrets.token_bytes(32)
        self.project = secrets.token_bytes(16)
        self.policy = POLICY
        self.mood = "good"
        self.moods_left = 1_000_000
        self.device_key: VerifyKey | None = None
        self.device = secrets.token_bytes(16)
        self.consented = 0
        self.withdrawn: list[bytes] = []
        self.heads: dict[bytes, ChainHead] = {}
        self.batches: dict[bytes, list[Batch]] = {}
        self.objects: dict[str, bytes] = {}
        self.blankings: list[BlankingNotice] = []
        self.samples: list[TypingSample | None] = []
        self.revoked: list[bytes] = []
        self.requests: list[bytes] = []
        self._http: ThreadingHTTPServer | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def up(self) -> None:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                server.serve(self)

            do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

        self._http = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._http.daemon_threads = True
        self.port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    def down(self) -> None:
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
        self._http = None

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        self.requests.append(body)
        mood = self.mood
        if mood != "good":
            self.moods_left -= 1
            if self.moods_left < 0:
                mood = "good"
        if mood == "hang":
            time.sleep(3)
        if mood in ("cut", "hang"):
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        status, content_type, answer, extra = self._answer(handler, body, mood)
        handler.send_response(status)
        for name, value in extra.items():
            handler.send_header(name, value)
        handler.send_header("Content-Type", content_type)
        handler.send_header("Content-Length", str(len(answer)))
        handler.end_headers()
        if mood == "half":
            answer = answer[: len(answer) // 2]
            handler.close_connection = True
        handler.wfile.write(answer)

    def _answer(
        self, handler: BaseHTTPRequestHandler, body: bytes, mood: str
    ) -> tuple[int, str, bytes, dict[str, str]]:
        if mood == "500":
            return 500, "text/html", b"<h1>oops</h1>", {}
        if mood == "503":
            return 503, "text/plain", b"busy", {"Retry-After": "1"}
        if mood == "429":
            busy = problem(ProblemCode.OVERLOADED, 429, "Too many at once.")
            return 429, CONTENT_TYPE, msgspec.json.encode(busy), {"Retry-After": "2"}
        if mood == "413":
            large = problem(ProblemCode.TOO_LARGE, 413, "This is too large.")
            return 413, CONTENT_TYPE, msgspec.json.encode(large), {}
        if mood == "413 of a proxy":
            return 413, "text/html", b"<h1>Request Entity Too Large</h1>", {}
        found = self._message(handler.command, handler.path, body)
        if isinstance(found, Problem):
            return found.status, CONTENT_TYPE, msgspec.json.encode(found), {}
        answer = _changed(encode_message(found), mood)
        if mood == "bad-signature" and b'"signature"' in answer:
            forged = acknowledge(
                session=found.session,  # type: ignore[attr-defined]
                sequence=found.sequence,  # type: ignore[attr-defined]
                digest=found.digest,  # type: ignore[attr-defined]
                received_us=1,
                nonce=bytes(16),
                policy_version=1,
                key=SigningKey.generate(),
            )
            key_id = found.server_key_id  # type: ignore[attr-defined]
            answer = encode_message(msgspec.structs.replace(forged, server_key_id=key_id))
        if mood == "receipt for another" and b'"signature"' in answer:
            other = acknowledge(
                session=found.session,  # type: ignore[attr-defined]
                sequence=found.sequence + 1,  # type: ignore[attr-defined]
                digest=bytes(32),
                received_us=1,
                nonce=bytes(16),
                policy_version=1,
                key=self.key,
            )
            answer = encode_message(other)
        return 200, "application/json", answer, {}

    def answered(self, method: str, path: str, body: bytes) -> Answer:
        """What a good server answers, without a socket in between."""
        found = self._message(method, path, body)
        if isinstance(found, Problem):
            return Answer(found.status, msgspec.json.encode(found), CONTENT_TYPE)
        return Answer(200, encode_message(found), "application/json")

    def _message(self, method: str, path: str, body: bytes) -> msgspec.Struct:
        if path.endswith("/enrolments"):
            request = decode_message(body, EnrolmentRequest)
            if request.code != "good-code":
                return problem(ProblemCode.CODE_INVALID, 403, "This pairing code is not known.")
            self.device_key = VerifyKey(request.public_key)
            return Enrolment(self.device, "token-abc", "Robin Typist", self.key.verify_key.raw)
        if path.endswith("/projects"):
            return Projects((ProjectOffer(self.project, "Essays", self.policy, self.consented),))
        if method == "DELETE" and "/consents/" in path:
            self.withdrawn.append(bytes.fromhex(path.rsplit("/", 1)[1]))
            self.consented = 0
            return Withdrawal(1)
        if path.endswith("/consents"):
            consent = decode_message(body, ConsentRequest)
            if consent.policy_digest != self.policy.digest():
                return problem(ProblemCode.CONFLICT, 409)
            self.consented = consent.policy_version
            return Consent(consent.policy_version, 1)
        if path.endswith("/sessions"):
            opening = decode_message(body, SessionRequest)
            self.heads.setdefault(opening.session, ChainHead())
            nonce = derive_nonce(self.secret, opening.session, -1)
            return SessionGrant(opening.session, nonce, 1)
        if path.endswith("/batches"):
            return self._batch(body)
        return self._beside(path, body)

    def _beside(self, path: str, body: bytes) -> msgspec.Struct:
        """What is no part of a chain."""
        if path.endswith("/revocations"):
            self.revoked.append(decode_message(body, Revocation).device)
        elif path.endswith("/baseline"):
            self.samples.append(decode_message(body, TypingSample) if body else None)
        elif path.endswith("/blankings"):
            notice = decode_message(body, BlankingNotice)
            assert self.device_key is not None
            notice.verify(self.device_key)
            self.blankings.append(notice)
        else:
            assert "/objects/" in path
            self.objects[path.rsplit("/", 1)[1].partition("?")[0]] = body
        return Consent(0, 0)

    def _batch(self, body: bytes) -> msgspec.Struct:
        try:
            envelope = open_envelope(body)
            assert self.device_key is not None
            verify(envelope, self.device_key)
        except SignatureInvalid:
            return problem(ProblemCode.SIGNATURE_INVALID, 422)
        except WireError:
            return problem(ProblemCode.MALFORMED, 400)
        session = envelope.header.session
        head = self.heads.get(session)
        if head is None:
            return problem(ProblemCode.UNKNOWN_SESSION, 404)
        if not nonce_holds(self.secret, envelope):
            return problem(ProblemCode.UNKNOWN_NONCE, 422)
        try:
            self.heads[session] = follow(head, envelope)
            self.batches.setdefault(session, []).append(decode(envelope))
        except AlreadyAccepted:
            pass
        except ChainBroken as error:
            expected = head.sequence + 1
            return problem(ProblemCode.OUT_OF_ORDER, 409, str(error), expected)
        return acknowledge(
            session=session,
            sequence=envelope.header.sequence,
            digest=envelope.digest,
            received_us=time.time_ns() // 1000,
            nonce=derive_nonce(self.secret, session, envelope.header.sequence),
            policy_version=self.policy.version,
            key=self.key,
        )


@pytest.fixture
def platform() -> Iterator[PlatformServer]:
    server = PlatformServer()
    server.up()
    yield server
    server.down()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    for name in [
        name for name in os.environ if name.startswith("VERITYPE_") and "HOME" not in name
    ]:
        monkeypatch.delenv(name)
    return open_paths()


@pytest.fixture
def settings() -> Settings:
    return Settings(retry_cap_s=0.1, connect_timeout_s=1, read_timeout_s=1)


@pytest.fixture
def identity(platform: PlatformServer) -> Identity:
    key = SigningKey.generate()
    platform.device_key = key.verify_key
    return Identity(
        platform.url, platform.device, "Robin Typist", "token-abc", key, platform.key.verify_key
    )


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    opened = Spool(tmp_path / "spool.db")
    yield opened
    opened.close()


class FakeClock:
    """Clock readings that a test moves."""

    def __init__(self) -> None:
        self.now_us = 5_000_000_000
        self.slept_us = 0
        self.wall_step_us = 0
        self.offset_min = 60

    def forward(self, seconds: float) -> ClockReading:
        self.now_us += round(seconds * 1e6)
        return self()

    def __call__(self) -> ClockReading:
        wall_us = 1_700_000_000_000_000 + self.now_us + self.wall_step_us
        awake_us = self.now_us - self.slept_us
        return ClockReading(
            self.now_us, awake_us, wall_us, "Europe/Berlin", self.offset_min, b"b" * 16
        )


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()
