"""Seals every batch in advance, by the real codec and with real signatures, on all cores.

Each process writes its agents' whole HTTP requests into a file of its own; what is kept of them
in memory is where each lies and when it is due.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import BinaryIO

import msgspec
import numpy as np

from bench.server.material import STRETCH_US, stretch_of
from bench.server.population import AGENT_VERSION, POLICY_VERSION, SimulatedAgent
from bench.server.requests import Requests, post_request
from detector.state import beginning, to_bytes, update
from server.ingest.route import PATH
from wire.batch import Batch, Envelope, seal
from wire.chain import derive_nonce
from wire.header import NO_PREVIOUS, Header
from wire.messages import BATCH_CONTENT_TYPE

_BOOTED_US = 3_600_000_000
_BEGAN_US = 1_796_000_000_000_000


@dataclass(frozen=True, slots=True)
class Load:
    """Who posts how often, and when first."""

    seed: int
    agents: int
    run_us: int

    def phases_us(self) -> np.ndarray:
        """When each agent posts its first batch; the others follow every 30 seconds."""
        return np.random.default_rng(self.seed).integers(0, STRETCH_US, self.agents)


@dataclass(frozen=True, slots=True)
class Before:
    """A batch of before the run: whose, which, and where it lies."""

    agent: int
    sequence: int
    digest: bytes
    path: Path
    offset: int
    length: int

    def sealed(self) -> bytes:
        """Its bytes."""
        with self.path.open("rb") as file:
            file.seek(self.offset)
            return file.read(self.length)


@dataclass(frozen=True, slots=True)
class Sealed:
    """All requests of a run, the digests in their order, and the devices' public keys."""

    requests: Requests
    digests: np.ndarray
    """Rows of 32 bytes."""
    agents: np.ndarray
    """The number of the agent that sends each."""
    sequences: np.ndarray
    public_keys: list[bytes]
    before: list[Before]
    """Batches that are stored before the run, in the order in which they came."""
    states: dict[int, bytes]
    """Of agents that the scorer looked at a round ago: what it kept."""
    due: int
    """Sessions that the scorer is to look at in the run."""
    closing: int
    """Sessions that end in the run."""
    events: int
    batch_bytes: int


@dataclass(frozen=True, slots=True)
class _Part:
    load: Load
    first: int
    last: int
    nonce_secret: bytes
    path: Path


@dataclass(slots=True)
class _Done:
    path: Path
    lengths: list[int] = field(default_factory=list)
    due_us: list[int] = field(default_factory=list)
    agents: list[int] = field(default_factory=list)
    sequences: list[int] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    public_keys: list[bytes] = field(default_factory=list)
    before: list[Before] = field(default_factory=list)
    states: dict[int, bytes] = field(default_factory=dict)
    closing: int = 0
    events: int = 0
    batch_bytes: int = 0

    def note(self, agent: int, due_us: int, envelope: Envelope, length: int) -> None:
        self.lengths.append(length)
        self.due_us.append(due_us)
        self.agents.append(agent)
        self.sequences.append(envelope.header.sequence)
        self.digests.append(envelope.digest)
        self.batch_bytes += len(envelope.sealed)


def seal_all(load: Load, nonce_secret: bytes, folder: Path) -> Sealed:
    """Seal every batch of the run into files of `folder`."""
    processes = os.cpu_count() or 1
    edges = np.linspace(0, load.agents, processes + 1).astype(int)
    parts = [
        _Part(load, int(first), int(last), nonce_secret, folder / f"{number}.http")
        for number, (first, last) in enumerate(pairwise(edges))
    ]
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        done = list(pool.map(_seal_part, parts))
    return _joined(done)


def _joined(done: Sequence[_Done]) -> Sealed:
    lengths = np.concatenate([part.lengths for part in done]).astype(np.int64)
    offsets = np.concatenate([_offsets(part.lengths) for part in done])
    files = np.repeat(np.arange(len(done)), [len(part.lengths) for part in done])
    due_us = np.concatenate([part.due_us for part in done]).astype(np.int64)
    order = np.argsort(due_us, kind="stable")
    digests = np.frombuffer(b"".join(d for part in done for d in part.digests), np.uint8)
    paths = tuple(part.path for part in done)
    return Sealed(
        requests=Requests(paths, files[order], offsets[order], lengths[order], due_us[order]),
        digests=digests.reshape(-1, 32)[order],
        agents=np.concatenate([part.agents for part in done]).astype(np.int64)[order],
        sequences=np.concatenate([part.sequences for part in done]).astype(np.int64)[order],
        public_keys=[key for part in done for key in part.public_keys],
        before=sorted((b for part in done for b in part.before), key=lambda b: b.sequence),
        states={agent: state for part in done for agent, state in part.states.items()},
        due=len({batch.agent for part in done for batch in part.before}),
        closing=sum(part.closing for part in done),
        events=sum(part.events for part in done),
        batch_bytes=sum(part.batch_bytes for part in done),
    )


def _offsets(lengths: Sequence[int]) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)


def _seal_part(part: _Part) -> _Done:
    done = _Done(part.path)
    phases_us = part.load.phases_us()
    with part.path.open("wb") as live, part.path.with_suffix(".before").open("wb") as before:
        for number in range(part.first, part.last):
            agent = SimulatedAgent(part.load.seed, number)
            done.public_keys.append(agent.key.verify_key.raw)
            _seal_agent(part, agent, int(phases_us[number]), live, before, done)
    return done


def _seal_agent(
    part: _Part, agent: SimulatedAgent, phase_us: int, live: BinaryIO, before: BinaryIO, done: _Done
) -> None:
    due_us = list(range(phase_us, part.load.run_us, STRETCH_US))
    stored = agent.batches_before(part.load.run_us)
    closes = bool(stored and due_us and agent.clocks_out)
    done.closing += closes
    previous, last = NO_PREVIOUS, stored + len(due_us) - 1
    state = beginning()
    for sequence in range(last + 1):
        stretch = stretch_of(part.load.seed, agent.number, sequence)
        header = header_of(agent, sequence, previous, part.nonce_secret)
        header = msgspec.structs.replace(header, final=closes and sequence == last)
        body = stretch.at(header.start_us)
        envelope = seal(header, body, agent.key)
        previous = envelope.digest
        if sequence < stored:
            place = (Path(before.name), before.tell(), len(envelope.sealed))
            done.before.append(Before(agent.number, sequence, envelope.digest, *place))
            before.write(envelope.sealed)
            if sequence < agent.batches_looked_at:
                state = update(state, [Batch(header, body)])
            if sequence + 1 == agent.batches_looked_at:
                done.states[agent.number] = to_bytes(state)
            continue
        request = post_request(PATH, agent.token, BATCH_CONTENT_TYPE, envelope.sealed)
        live.write(request)
        done.note(agent.number, due_us[sequence - stored], envelope, len(request))
        done.events += stretch.events


def header_of(agent: SimulatedAgent, sequence: int, previous: bytes, nonce_secret: bytes) -> Header:
    """The header of a batch whose agent heard the acknowledgement of the one before."""
    start_us, end_us = sequence * STRETCH_US, (sequence + 1) * STRETCH_US
    return Header(
        session=agent.session,
        device=agent.device,
        key_id=agent.key.verify_key.key_id,
        sequence=sequence,
        previous=previous,
        anchor=sequence - 1,
        nonce=derive_nonce(nonce_secret, agent.session, sequence - 1),
        boot_id=agent.device,
        sealed_monotonic_us=_BOOTED_US + end_us,
        sealed_wall_us=_BEGAN_US + end_us,
        zone="Europe/Berlin",
        utc_offset_min=60,
        start_us=start_us,
        end_us=end_us,
        policy_version=POLICY_VERSION,
        agent_version=AGENT_VERSION,
        final=False,
        rows=0,
        body_raw_bytes=0,
        losses={},
    )
