"""A device that speaks the wire: what an agent does, reduced to messages and batches."""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypedDict, Unpack

import httpx
import msgspec
import msgspec.structs

from wire import events
from wire.batch import Envelope, seal
from wire.body import body_of
from wire.header import NO_PREVIOUS, Header
from wire.keys import KeyClass
from wire.messages import (
    Acknowledgement,
    Consent,
    ConsentRequest,
    Enrolment,
    EnrolmentRequest,
    Projects,
    SessionGrant,
    SessionRequest,
    encode_message,
)
from wire.objects import digest_parts as parts_of
from wire.objects import object_digest
from wire.policy import Policy
from wire.problems import Problem
from wire.signing import SigningKey, VerifyKey


@dataclass
class Device:
    """What an agent does, reduced to the wire."""

    client: httpx.Client | None
    key: SigningKey = field(default_factory=SigningKey.generate)
    enrolment: Enrolment | None = None

    @property
    def enrolled(self) -> Enrolment:
        assert self.enrolment is not None
        return self.enrolment

    @property
    def online(self) -> httpx.Client:
        assert self.client is not None
        return self.client

    @property
    def auth(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.enrolled.token}"}

    @property
    def server_key(self) -> VerifyKey:
        return VerifyKey(self.enrolled.server_key)

    def enrol(self, code: str) -> httpx.Response:
        request = EnrolmentRequest(code, self.key.verify_key.raw, "test", "0.1.0")
        answer = self.online.post("/agent/v1/enrolments", content=encode_message(request))
        if answer.status_code == 200:
            self.enrolment = msgspec.json.decode(answer.content, type=Enrolment)
        return answer

    def projects(self) -> Projects:
        answer = self.online.get("/agent/v1/projects", headers=self.auth)
        return msgspec.json.decode(answer.content, type=Projects)

    def consent(self, policy: Policy | None = None) -> httpx.Response:
        offer = self.projects().projects[0]
        policy = policy or offer.policy
        request = ConsentRequest(offer.project, policy.version, policy.digest())
        return self.online.post(
            "/agent/v1/consents", content=encode_message(request), headers=self.auth
        )

    def open(self, session: bytes | None = None, policy_version: int = 1) -> httpx.Response:
        project = self.projects().projects[0].project
        request = SessionRequest(
            session or secrets.token_bytes(16), project, policy_version, "0.1.0"
        )
        return self.online.post(
            "/agent/v1/sessions", content=encode_message(request), headers=self.auth
        )

    def clock_in(self) -> "Chain":
        assert msgspec.json.decode(self.consent().content, type=Consent).policy_version == 1
        grant = msgspec.json.decode(self.open().content, type=SessionGrant)
        return Chain(self, grant.session, grant.nonce)

    def post(self, sealed: bytes, **headers: str) -> httpx.Response:
        return self.online.post("/agent/v1/batches", content=sealed, headers=self.auth | headers)

    def put(self, session: bytes, data: bytes, digest: str | None = None) -> httpx.Response:
        name = digest or object_digest(data).hex()
        return self.online.put(
            f"/agent/v1/objects/{name}",
            params={"session": session.hex()},
            content=data,
            headers=self.auth,
        )


class Changes(TypedDict, total=False):
    """Fields of a header that differ from the right ones."""

    session: bytes
    device: bytes
    key_id: bytes
    sequence: int
    previous: bytes
    nonce: bytes
    start_us: int
    end_us: int
    sealed_wall_us: int
    final: bool
    losses: dict[int, int]


@dataclass
class Chain:
    """A session's batches, one after the other."""

    device: Device
    session: bytes
    nonce: bytes
    sequence: int = 0
    previous: bytes = NO_PREVIOUS
    anchor: int = -1

    def header(self, **changes: Unpack[Changes]) -> Header:
        right = Header(
            session=self.session,
            device=self.device.enrolled.device,
            key_id=self.device.key.verify_key.key_id,
            sequence=self.sequence,
            previous=self.previous,
            anchor=self.anchor,
            nonce=self.nonce,
            boot_id=bytes(16),
            sealed_monotonic_us=0,
            sealed_wall_us=time.time_ns() // 1000,
            zone="UTC",
            utc_offset_min=0,
            start_us=self.sequence * 30_000_000,
            end_us=(self.sequence + 1) * 30_000_000,
            policy_version=1,
            agent_version="0.1.0",
            final=False,
            rows=0,
            body_raw_bytes=0,
            losses={},
        )
        return msgspec.structs.replace(right, **changes)

    def seal(self, happened: Sequence[events.Event] = (), **changes: Unpack[Changes]) -> Envelope:
        return seal(self.header(**changes), body_of(happened), self.device.key)

    def accept(self, envelope: Envelope, answer: httpx.Response) -> Acknowledgement:
        assert answer.status_code == 200, answer.text
        receipt = msgspec.json.decode(answer.content, type=Acknowledgement)
        self.sequence, self.previous = envelope.header.sequence + 1, envelope.digest
        self.anchor, self.nonce = receipt.sequence, receipt.nonce
        return receipt

    def send(
        self, happened: Sequence[events.Event] = (), **changes: Unpack[Changes]
    ) -> Acknowledgement:
        envelope = self.seal(happened, **changes)
        return self.accept(envelope, self.device.post(envelope.sealed))


def typing(start_us: int, keys: int, step_us: int = 150_000) -> list[events.Keystroke]:
    """Keys of an even hand: words of five letters."""
    return [
        events.Keystroke(
            start_us + n * step_us,
            80_000,
            KeyClass.SPACE if n % 6 == 5 else KeyClass.LETTER,
            2,
            1,
        )
        for n in range(keys)
    ]


def digest_parts(data: bytes) -> tuple[int, int, int, int]:
    return parts_of(object_digest(data))


def screenshot(at_us: int, picture: bytes) -> events.Screenshot:
    return events.Screenshot(at_us, 0, 1, 640, 400, len(picture), 0, *digest_parts(picture))


def problem_of(answer: httpx.Response) -> Problem:
    assert answer.headers["content-type"] == "application/problem+json"
    found = msgspec.json.decode(answer.content, type=Problem)
    assert found.status == answer.status_code
    assert found.code is not None
    return found
