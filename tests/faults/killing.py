"""Kills the recording process again and again at random moments, then looks at what is left."""

import contextlib
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from agent.identity import enrol, store_identity
from agent.paths import HOME_VARIABLE, Paths
from agent.shipping.transport import Transport
from tests.contract.conftest import ENVIRONMENT, RunningServer, consented
from tests.live.proxy import RecordingProxy
from wire.batch import Batch, decode, open_envelope
from wire.codes import LossReason
from wire.events import Keystroke
from wire.messages import BATCH_CONTENT_TYPE

LONGEST_S = 0.35
"""From the word that the process was waited for to its end, at most."""
_START_S = 60.0
_DRAIN_S = 180.0

Key = tuple[bytes, int]
"""Session and number of a batch."""


@dataclass(frozen=True, slots=True)
class Victim:
    """The recording process and its state folder, enrolled."""

    home: Path
    command: tuple[str, ...]

    @property
    def told(self) -> Path:
        """Where it tells what the spool took."""
        return self.home.parent / "told"

    def start(self, *more: str) -> "subprocess.Popen[str]":
        """Start it; returns when its program runs."""
        process = subprocess.Popen(
            [*self.command, *more],
            stdout=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT | {HOME_VARIABLE: str(self.home)},
        )
        if process.stdout is None or process.stdout.readline() != "up\n":
            process.kill()
            raise AssertionError("the recording process does not come up")
        return process


@dataclass(slots=True)
class Findings:
    """What is wrong, a sentence each; and how much was looked at."""

    sessions: int = 0
    batches: int = 0
    keys: int = 0
    acknowledged: int = 0
    told_killed: int = 0
    wrong: list[str] = field(default_factory=list)


def enrolled(server: RunningServer, url: str, folder: Path) -> Victim:
    """Pair a device with a server that it will reach at `url`."""
    home = folder / "home"
    home.mkdir(parents=True, mode=0o700)
    code = server.admin("pair", "Tess Trainer")["code"]
    transport = Transport(url)
    identity = enrol(url, code, transport)
    transport.close()
    store_identity(Paths(home), identity)
    as_device = Transport(url, identity.token)
    offer = consented(as_device)
    as_device.close()
    policy = folder / "policy.json"
    policy.write_bytes(msgspec.json.encode(offer.policy))
    module = (sys.executable, "-m", "tests.faults.recording_process")
    return Victim(home, (*module, str(folder / "told"), offer.project.hex(), str(policy)))


def kill_often(
    victim: Victim,
    kills: int,
    rng: random.Random,
    said: Callable[[int], None] = lambda _n: None,
) -> None:
    """Start it and kill it, `kills` times; then let what waits be sent.

    Every second time it is killed only when it records, however slow the machine is; the others
    may meet it at its start, while it closes what the one before left open.

    Raises:
        AssertionError: it ended by itself, or could not send what waited.
    """
    for number in range(kills):
        process = victim.start()
        if number % 2 and process.stdout is not None:
            process.stdout.readline()
        time.sleep(rng.uniform(0.0, LONGEST_S))
        ended = process.poll()
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
        assert ended is None, f"kill {number}: it had ended by itself with {ended}"
        said(number + 1)
    last = victim.start("--drain")
    assert last.wait(_DRAIN_S) == 0, "what waited could not be sent"
    if last.stdout is not None:
        last.stdout.close()


def findings(victim: Victim, server: RunningServer, proxy: RecordingProxy) -> Findings:
    """Look at the spool, the server's database and the wire."""
    found = Findings()
    promises = promised(victim)
    kept = kept_by(server, {session for session, _ in promises})
    batches = {key: open_envelope(sealed) for key, sealed in kept.items()}
    digests = {key: envelope.digest for key, envelope in batches.items()}
    found.batches, found.sessions = len(kept), len({session for session, _ in kept})
    found.acknowledged = len(_receipts(victim))
    for key, digest in promises.items():
        if digests.get(key) != digest:
            found.wrong.append(f"batch {key[1]} was promised and is not on the server")
    found.wrong += _sent_twice(proxy)
    for session in {session for session, _ in kept}:
        numbers = sorted(number for whose, number in kept if whose == session)
        mine = [decode(batches[(session, number)]) for number in numbers]
        found.keys += sum(len(batch.body.events(Keystroke)) for batch in mine)
        found.told_killed += sum(b.header.losses.get(LossReason.KILLED, 0) for b in mine)
        found.wrong += _broken(mine, [digests[(session, n)] for n in numbers])
    return found


def _broken(batches: list[Batch], digests: list[bytes]) -> list[str]:
    """What is wrong with one session's chain."""
    wrong = []
    if [batch.header.sequence for batch in batches] != list(range(len(batches))):
        wrong.append("a session has a hole in its numbers")
    previous = [bytes(32), *digests[:-1]]
    if any(b.header.previous != p for b, p in zip(batches, previous, strict=True)):
        wrong.append("a batch does not name the digest of the one before")
    if not batches[-1].header.final:
        wrong.append("a killed session was not closed")
    if batches[-1].header.losses.get(LossReason.KILLED) != 1:
        wrong.append("a killed session does not tell that it was killed")
    times = [event.t_us for batch in batches for event in batch.body.events(Keystroke)]
    if len(times) != len(set(times)):
        wrong.append("a key was sent twice under two numbers")
    return wrong


def promised(victim: Victim) -> dict[Key, bytes]:
    """Digests of all batches that the spool took, and of all that have a receipt."""
    return _told(victim) | _receipts(victim)


def kept_by(server: RunningServer, sessions: set[bytes]) -> dict[Key, bytes]:
    """What the server keeps of these sessions."""
    kept = [sealed for session in sessions for sealed in server.sealed(session)]
    headers = [open_envelope(sealed).header for sealed in kept]
    return {(h.session, h.sequence): sealed for h, sealed in zip(headers, kept, strict=True)}


def _receipts(victim: Victim) -> dict[Key, bytes]:
    with contextlib.closing(sqlite3.connect(Paths(victim.home).spool)) as spool:
        rows = spool.execute("SELECT session, sequence, digest FROM receipts").fetchall()
    return {(bytes(session), number): bytes(digest) for session, number, digest in rows}


def _told(victim: Victim) -> dict[Key, bytes]:
    told: dict[Key, bytes] = {}
    for line in victim.told.read_text().splitlines():
        session, number, digest = line.split()
        key = (bytes.fromhex(session), int(number))
        assert told.setdefault(key, bytes.fromhex(digest)) == bytes.fromhex(digest), line
    return told


def _sent_twice(proxy: RecordingProxy) -> list[str]:
    """Numbers under which two different batches went over the wire."""
    sent: dict[Key, set[bytes]] = {}
    for request in proxy.requests():
        if BATCH_CONTENT_TYPE.encode() in request.head and request.line.startswith("POST"):
            envelope = open_envelope(request.body)
            key = (envelope.header.session, envelope.header.sequence)
            sent.setdefault(key, set()).add(envelope.digest)
    return [
        f"two different batches were sent under the number {number}"
        for (_, number), digests in sent.items()
        if len(digests) > 1
    ]
