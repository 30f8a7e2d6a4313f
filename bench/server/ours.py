"""One run of the real server under the open-loop load."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.server.checks import Checked, check
from bench.server.costs import Costs, counting
from bench.server.driving import generator, on_server_cores
from bench.server.pace import Pace, watch_pace
from bench.server.population import POLICY_VERSION, PROJECT, begin_looks, populate
from bench.server.profiling import profiled
from bench.server.run_result import Measured
from bench.server.sealing import Load, Sealed, seal_all
from bench.server.storages import Storage, storage
from server.installation import open_installation
from server.operation.house import DataFolder
from server.operation.keys import load_server_keys
from server.storage.log_seal import LogSeal
from tests.live.processes import Child
from tests.live.server_process import Operator, listening_url, serve
from wire.policy import Policy
from wire.signing import VerifyKey

_SYNCS = 100
_SYNC_BYTES = 4096


@dataclass(frozen=True, slots=True)
class OurRun:
    """Everything about it."""

    sealed: Sealed
    measured: Measured
    costs: Costs
    pace: Pace
    checked: Checked
    storage: str
    database_bytes: int
    prepared_s: float


def run_ours(load: Load, kind: str, connections: int, folder: Path, profile: Path | None) -> OurRun:
    """Prepare a data folder and all requests, serve it, send them, check the store."""
    operator = Operator(folder)
    with storage(kind, operator.data) as database:
        began_s = time.monotonic()
        sealed, key = _prepared(load, operator, database)
        prepared_s = time.monotonic() - began_s
        measured, costs, pace = _sent(load, sealed, operator, database, connections, profile)
        engine = database.engine()
        checked = check(engine, sealed, measured, load.seed, key)
        engine.dispose()
        size = database.size_bytes()
    return OurRun(sealed, measured, costs, pace, checked, database.says, size, prepared_s)


def _prepared(load: Load, operator: Operator, database: Storage) -> tuple[Sealed, VerifyKey]:
    operator.run("init")
    operator.add_project(PROJECT, Policy(version=POLICY_VERSION, windows=()))
    keys = load_server_keys(DataFolder(operator.data).keys)
    sealed = seal_all(load, keys.nonce_secret, operator.folder)
    engine = database.engine()
    log = LogSeal(keys)
    populate(engine, log, load.seed, sealed.public_keys, sealed.before, sealed.states)
    engine.dispose()
    return sealed, keys.signing.verify_key


def _sent(
    load: Load,
    sealed: Sealed,
    operator: Operator,
    database: Storage,
    connections: int,
    profile: Path | None,
) -> tuple[Measured, Costs, Pace]:
    with _served(operator) as process:
        port = int(listening_url(process).rsplit(":", 1)[1])
        with generator(sealed.requests, operator.folder, port, connections) as sender:
            engine = database.engine()
            begin_looks(engine)
            engine.dispose()
            with (
                profiled(process.pid, load.run_us / 1e6, profile),
                counting(lambda: [process.pid, *database.processes()]) as costs,
            ):
                measured = sender.send_all()
        store = open_installation(operator.data).store
        pace = watch_pace(store)
        store.close()
    return measured, costs, pace


@contextmanager
def _served(operator: Operator) -> Iterator[Child]:
    with on_server_cores():
        process = serve(operator, port=0)
    try:
        yield process
    finally:
        process.stop(timeout_s=60.0)


def sync_ms(folder: Path) -> float:
    """What a synced write of 4 KiB costs in this folder, median."""
    times_s = []
    path = folder / "sync"
    with path.open("wb") as file:
        for _ in range(_SYNCS):
            began_s = time.perf_counter()
            file.write(bytes(_SYNC_BYTES))
            file.flush()
            os.fdatasync(file.fileno())
            times_s.append(time.perf_counter() - began_s)
    path.unlink()
    return median(times_s) * 1000
