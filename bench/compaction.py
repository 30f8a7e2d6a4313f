"""What compaction costs and saves: `python -m bench.compaction [--json]`.

A working day of 960 batches (8 hours, 96,960 events of the project's writing simulation) is
stored in a real data folder by the real writer, read, compacted, read again (medians of five) and
rid of its classes of keys.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import msgspec
import numpy as np

from bench.server.material import STRETCH_US
from bench.server.population import POLICY_VERSION, PROJECT, SimulatedAgent, populate
from bench.server.sealing import header_of
from detector.simulation.day import working_day
from server.clock import now_us
from server.compaction.compactor import Compactor
from server.compaction.reading import opened_session
from server.compaction.redacting import Redactor
from server.installation import Installation, make_data_folder, open_installation
from server.operation.house import DataFolder
from server.records import Append
from server.scoring.facts import OpenedSession
from server.services.administration import Administration
from server.storage.log_seal import LogSeal
from server.storage.sqlite.engine import open_database
from wire.batch import seal
from wire.body import Body
from wire.chain import ChainHead, follow
from wire.codes import KeyFlag
from wire.events import Keystroke
from wire.policy import Policy

BATCHES = 960
KEYS = 104
ROUNDS = 5
_SEED = 1
_QUEUE = 10_000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.compaction", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    as_json = parser.parse_args().json
    with tempfile.TemporaryDirectory(prefix="veritype-bench-") as name:
        figures = measured(Path(name) / "data")
    if as_json:
        sys.stdout.write(json.dumps(figures) + "\n")
        return
    for what, value in figures.items():
        print(f"{what:45} {value:12,.1f}")


def measured(folder: Path) -> dict[str, float]:
    """Store, read, compact, read."""
    installation = _with_a_day(folder)
    store = installation.store.of(1)
    rows = store.batches(1)

    def read() -> OpenedSession:
        return opened_session(store, installation.objects, 1, 1)

    before_ms = _median_ms(read)
    began_s = time.perf_counter()
    assert Compactor(installation.store, installation.objects).compact(1, 1)
    compacting_ms = (time.perf_counter() - began_s) * 1000
    after_ms = _median_ms(read)
    compacted = store.compacted(1)
    assert compacted is not None
    events = sum(batch.body.rows for batch in read().batches)
    began_s = time.perf_counter()
    redactor = Redactor(installation.store, installation.objects, installation.keys)
    assert redactor.redact(1, 1, now_us())
    redacting_ms = (time.perf_counter() - began_s) * 1000
    redacted = store.compacted(1)
    assert redacted is not None
    installation.store.close()
    return {
        "batches": len(rows),
        "events": events,
        "in the log, bytes": sum(len(row.sealed) for row in rows),
        "batches as they came (object), bytes": compacted.original_bytes,
        "columns (object), bytes": compacted.block_bytes,
        "left in the database, bytes": len(rows) * 40,
        "compacting, ms": compacting_ms,
        "reading before, ms": before_ms,
        "reading after, ms": after_ms,
        "times faster": before_ms / after_ms,
        "deleting classes, ms": redacting_ms,
        "columns without classes (object), bytes": redacted.block_bytes,
    }


def _with_a_day(folder: Path) -> Installation:
    make_data_folder(folder)
    installation = open_installation(folder)
    administration = Administration(installation.store, installation.settings)
    administration.found("bench", None)
    policy = Policy(version=POLICY_VERSION, windows=())
    administration.add_project(PROJECT, msgspec.json.encode(policy))
    agent = SimulatedAgent(_SEED, 0)
    engine = open_database(DataFolder(folder).database).writing
    populate(engine, LogSeal(installation.keys), _SEED, [agent.key.verify_key.raw])
    engine.dispose()
    asyncio.run(_send(installation, agent))
    return installation


async def _send(installation: Installation, agent: SimulatedAgent) -> None:
    entry = installation.store.of(1).session(agent.session)
    assert entry is not None
    writer, head = installation.store.writer(_QUEUE), ChainHead()
    for number, body in enumerate(_bodies()):
        header = header_of(agent, number, head.digest, installation.keys.nonce_secret)
        header = msgspec.structs.replace(header, final=number == BATCHES - 1)
        envelope = seal(header, body, agent.key)
        after = follow(head, envelope)
        assert await writer.append(Append(entry, head, after, envelope, now_us()))
        head = after
    writer.close()


def _bodies() -> Iterator[Body]:
    """The keystrokes of a day, so many in each half minute: nothing in it repeats."""
    table = working_day(np.random.default_rng(_SEED), BATCHES * KEYS)
    for number in range(BATCHES):
        here = slice(number * KEYS, (number + 1) * KEYS)
        times = table.t_us[here] - table.t_us[here.start]
        drawn = number * STRETCH_US + times * (STRETCH_US - 1_000) // max(int(times[-1]), 1)
        columns = {
            "t_us": array("Q", (drawn // 1_000 * 1_000).tolist()),
            "hold_us": array("I", (np.maximum(table.hold_us[here], 0) // 1_000 * 1_000).tolist()),
            "key_class": array("B", table.key[here].tolist()),
            "flags": array("B", [KeyFlag.ORIGIN_KNOWN] * KEYS),
            "device": array("B", [1] * KEYS),
        }
        yield Body({Keystroke: columns})


def _median_ms(call: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        began_s = time.perf_counter()
        call()
        times.append((time.perf_counter() - began_s) * 1000)
    return median(times)


if __name__ == "__main__":
    main()
