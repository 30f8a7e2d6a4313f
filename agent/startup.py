"""Before the agent process serves: one instance only, and yesterday's sessions closed."""

import contextlib
import logging
import os
from collections.abc import Iterator

from agent import AGENT_VERSION
from agent.clock import read_clock
from agent.errors import AlreadyRunning, SpoolRefused
from agent.identity import Identity
from agent.paths import Paths
from agent.platforms.locks import try_lock
from agent.session.recorder import SessionFacts, closing_batch
from agent.spool.store import Spool

log = logging.getLogger(__name__)


def close_unfinished(spool: Spool, identity: Identity) -> int:
    """Close what a killed process left open: a final batch that reports one loss `KILLED`.

    Returns how many sessions were closed. Sessions that the server never opened are dropped.
    """
    closed = 0
    for row in spool.unfinished():
        if row.nonce is None:
            spool.drop_session(row.session)
            continue
        facts = SessionFacts(row.session, identity.device, row.policy_version, AGENT_VERSION)
        envelope = closing_batch(facts, read_clock(), row.link, row.end_us, identity.key)
        try:
            spool.add_batch(envelope)
            closed += 1
        except SpoolRefused as error:
            log.warning("session left open: loss reason %d", error.reason)
    return closed


@contextlib.contextmanager
def only_instance(paths: Paths) -> Iterator[None]:
    """Hold the lock of the one agent process of this person on this device.

    Raises:
        AlreadyRunning: another process holds it.
    """
    descriptor = os.open(paths.lock, os.O_RDWR | os.O_CREAT, 0o600)
    if not try_lock(descriptor):
        os.close(descriptor)
        raise AlreadyRunning("The agent is running already.")
    try:
        yield
    finally:
        os.close(descriptor)
