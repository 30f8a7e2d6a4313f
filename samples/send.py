"""Sends a sample session as its trainer's agent would: recorder, spool, shipper, transport.

Only the sources are left out: the sample's events stand for them, at the sample's own times.
"""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from agent import AGENT_VERSION
from agent.clock import ClockReading, zone_name
from agent.face.consent import store_consent
from agent.identity import Identity, enrol, expect_ok, store_identity
from agent.paths import Paths
from agent.session.recorder import Recorder, SessionFacts
from agent.shipping.delivery import Delivery
from agent.shipping.shipper import Shipper
from agent.shipping.transport import Transport
from agent.spool.store import Spool
from samples.recorded import PICTURES, Sample, events_of
from wire.codes import ObjectKind
from wire.messages import (
    ConsentRequest,
    ProjectOffer,
    Projects,
    decode_message,
    encode_message,
)
from wire.objects import object_digest
from wire.textclass import pack_classes

MINUTE_US = 60_000_000
TICK_US = 1_000_000
DRAIN_S = 20.0


@dataclass(frozen=True, slots=True)
class Sent:
    """A session that the server acknowledged to the end."""

    session: bytes
    batches: int


class NotDelivered(RuntimeError):  # noqa: N818
    """The server did not take everything."""


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody's enrolled device, with the project's policy accepted."""

    identity: Identity
    offer: ProjectOffer
    paths: Paths
    server: str

    def work(
        self, sample: Sample, session: bytes, tell_time: Callable[[int], None] = lambda _: None
    ) -> Sent:
        """Work a session from clock-in to clock-out.

        Args:
            sample: what happens in it.
            session: its id.
            tell_time: is told what time it is, in microseconds since 1970, before each sending.

        Raises:
            NotDelivered: something was not acknowledged in time.
            AgentError: the server refused to open the session.
        """
        transport = Transport(self.server, self.identity.token)
        spool = Spool(self.paths.spool)
        try:
            return _work(sample, session, spool, transport, self, tell_time)
        finally:
            spool.close()
            transport.close()


def enrolled(server: str, code: str, home: Path) -> Worker:
    """Enrol a device by its pairing code and accept the policy.

    Raises:
        AgentError: the server refused.
    """
    home.mkdir(mode=0o700, parents=True)
    paths = Paths(home)
    identity = enrol(server, code, Transport(server))
    store_identity(paths, identity)
    transport = Transport(server, identity.token)
    try:
        return Worker(identity, _accept(paths, transport), paths, server)
    finally:
        transport.close()


def _accept(paths: Paths, transport: Transport) -> ProjectOffer:
    body = expect_ok(transport.get("/agent/v1/projects"))
    offer = decode_message(body, Projects).projects[0]
    digest = store_consent(paths, offer.policy)
    request = ConsentRequest(offer.project, offer.policy.version, digest)
    expect_ok(transport.post("/agent/v1/consents", encode_message(request)))
    return offer


def _work(
    sample: Sample,
    session: bytes,
    spool: Spool,
    transport: Transport,
    worker: Worker,
    tell_time: Callable[[int], None],
) -> Sent:
    identity, offer = worker.identity, worker.offer
    facts = SessionFacts(session, identity.device, offer.policy.version)
    shipper = Shipper(identity.server_key, handovers=identity.handovers)
    delivery = Delivery(spool, shipper, transport, identity.key, AGENT_VERSION)
    began_us = started_us(sample)
    tell_time(began_us)
    spool.add_session(facts.session, offer.project, offer.policy.version)
    _deliver(delivery, shipper)
    batches = 0
    for recorder, clock, last in _replayed(sample, facts, began_us):
        link = spool.session(facts.session).link
        tell_time(clock.wall_us)
        spool.add_batch(recorder.seal(clock, link, identity.key, final=last))
        _deliver(delivery, shipper)
        batches += 1
    for name in sample.pictures:
        data = (PICTURES / name).read_bytes()
        spool.add_object(facts.session, ObjectKind.IMAGE, object_digest(data), data)
    for classes in sample.texts:
        data = pack_classes(classes)
        spool.add_object(facts.session, ObjectKind.TEXT_CLASSES, object_digest(data), data)
    _deliver(delivery, shipper)
    return Sent(facts.session, batches)


def _deliver(delivery: Delivery, shipper: Shipper) -> None:
    if not delivery.drain(DRAIN_S):
        raise NotDelivered(shipper.last_error or "the server did not answer in time")


def started_us(sample: Sample) -> int:
    """When the session began, in microseconds since 1970."""
    return time.time_ns() // 1000 - sample.started_minutes_ago * MINUTE_US


def _replayed(
    sample: Sample, facts: SessionFacts, began_us: int
) -> Iterator[tuple[Recorder, ClockReading, bool]]:
    """Let the recorder live through the sample; yields whenever a batch is due."""
    clocks = _clocks(began_us)
    waiting = iter(events_of(sample))
    event = next(waiting, None)
    recorder = Recorder(facts, clocks(0))
    for now_us in range(TICK_US, sample.duration_us + TICK_US, TICK_US):
        while event is not None and event.t_us <= now_us:
            recorder.add(event)
            event = next(waiting, None)
        recorder.tick(clocks(now_us))
        while recorder.due():
            yield recorder, clocks(now_us), False
    end = clocks(now_us)
    recorder.clock_out(end)
    while not recorder.fits_one_batch():
        yield recorder, end, False
    yield recorder, end, True


def _clocks(start_wall_us: int) -> Callable[[int], ClockReading]:
    boot = os.urandom(16)
    booted_us = 3_600_000_000

    def at(session_us: int) -> ClockReading:
        monotonic_us = booted_us + session_us
        return ClockReading(
            monotonic_us, monotonic_us, start_wall_us + session_us, zone_name(), 0, boot
        )

    return at
