"""The agent's recording, spool and shipping in one process, typed into far faster than by hands.

Run by `killing.py`, which kills it. The sources are a loop; the rest is what the agent runs. Every
batch that the spool took is told in a file at once, by one write that survives `kill -9`.

`python -m tests.faults.recording_process TOLD PROJECT POLICY [--drain]`; VERITYPE_HOME as always.
"""

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from agent.clock import ClockReading, read_clock
from agent.identity import Identity, load_identity
from agent.observations import FocusSeen, KeyHeld
from agent.paths import open_paths
from agent.session.losses import NOTHING
from agent.session.recorder import SessionFacts
from agent.session.recording import Recording
from agent.settings import Settings
from agent.shipping.shipper import Shipper
from agent.shipping.thread import ShippingThread
from agent.spool.store import Spool
from agent.startup import close_unfinished, only_instance
from wire.batch import Envelope
from wire.codes import Category
from wire.keys import KeyClass
from wire.policy import Policy, parse_policy

HURRY = 20
"""The session's clock runs so many times faster: what was done is held back for a while, in case
it was done in a password field, and a process that lives for a moment should have it to send."""
TURN_S = 0.005
KEYS_A_TURN = 10
STEP_US = 1_000
SEAL_US = 500_000
"""A batch each 25 ms of real time: some are under way at any moment."""
_RETRY_CAP_S = 0.2
_OPENING_S = 30.0
_DRAIN_S = 120.0


class HurriedClock:
    """Readings of a clock that runs too fast."""

    def __init__(self) -> None:
        self._began = read_clock()

    def __call__(self) -> ClockReading:
        now = read_clock()
        ahead_us = (now.monotonic_us - self._began.monotonic_us) * (HURRY - 1)
        return replace(
            now,
            monotonic_us=now.monotonic_us + ahead_us,
            awake_us=now.awake_us + ahead_us,
            wall_us=now.wall_us + ahead_us,
        )


class TellingSpool(Spool):
    """A spool that tells what it took."""

    def __init__(self, path: Path, told: int) -> None:
        super().__init__(path)
        self._told = told

    def add_batch(
        self,
        envelope: Envelope,
        reported: Mapping[int, int] = NOTHING,
        zero_us: int | None = None,
    ) -> None:
        """Store it, then tell it."""
        super().add_batch(envelope, reported, zero_us)
        header = envelope.header
        line = f"{header.session.hex()} {header.sequence} {envelope.digest.hex()}\n"
        os.write(self._told, line.encode())


def begun(spool: Spool, shipping: ShippingThread, project: bytes, policy: Policy) -> bytes:
    """A session that the server has opened."""
    session = os.urandom(16)
    spool.add_session(session, project, policy.version)
    shipping.wake()
    deadline_s = time.monotonic() + _OPENING_S
    while spool.session(session).nonce is None:
        if time.monotonic() > deadline_s:
            raise TimeoutError("the server does not open the session")
        time.sleep(0.002)
    return session


def type_for_ever(
    spool: Spool, shipping: ShippingThread, identity: Identity, facts: SessionFacts, policy: Policy
) -> None:
    """Record keys until killed; each key's time is its own."""
    clock = HurriedClock()
    recording = Recording(facts, policy, clock(), spool, identity.key, SEAL_US)
    recording.observe(FocusSeen(clock().monotonic_us, Category.TASK, 1))
    while True:
        now_us = clock().monotonic_us
        for number in range(KEYS_A_TURN):
            at_us = now_us + number * STEP_US
            recording.observe(KeyHeld(at_us, 300, KeyClass.LETTER, 0, 1))
        if recording.tick(clock()):
            shipping.wake()
        time.sleep(TURN_S)


def drain(spool: Spool) -> int:
    """Wait until nothing waits."""
    deadline_s = time.monotonic() + _DRAIN_S
    while spool.counts().batches_waiting:
        if time.monotonic() > deadline_s:
            return 1
        time.sleep(0.01)
    return 0


def main(arguments: list[str]) -> int:
    """Be the process."""
    told, project, policy_file = arguments[:3]
    descriptor = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    policy = parse_policy(Path(policy_file).read_bytes())
    paths = open_paths()
    identity = load_identity(paths)
    print("up", flush=True)
    with only_instance(paths):
        spool = TellingSpool(paths.spool, descriptor)
        close_unfinished(spool, identity)
        shipper = Shipper(identity.server_key, _RETRY_CAP_S)
        shipping = ShippingThread(spool, shipper, identity, Settings())
        shipping.start()
        if "--drain" in arguments:
            return drain(spool)
        session = begun(spool, shipping, bytes.fromhex(project), policy)
        print("typing", flush=True)
        facts = SessionFacts(session, identity.device, policy.version)
        type_for_ever(spool, shipping, identity, facts, policy)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
