"""The server's budgets: `make bench-server`, or `python -m bench.server [--json]`.

The real server takes real sealed batches of a simulated population at their own moments, whatever
its answers do; two other servers take the same events in the same run. `docs/benchmarks.md` says
what each figure means. The exit status is 1 if a budget is missed.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from bench.report import Bound, Report, Row, mebibytes
from bench.server.material import STRETCH_US
from bench.server.ours import OurRun, run_ours, sync_ms
from bench.server.peers import PeerFigure, peers_measured
from bench.server.sealing import Load
from bench.server.storages import POSTGRESQL, SQLITE
from server.records import ROUND_US

AGENTS = {SQLITE: 100_000, POSTGRESQL: 66_000}
_LEAST_A_SECOND = 2_000.0
"""PostgreSQL's budget, of 2,200 offered."""
_LATENCY_MS = 250.0
_MEMORY_MIB = 1e9 / (1 << 20)
_LATE_S = 30.0
_LOOK_MIN = ROUND_US / 60e6
_LOOKS_MIN = 1.1 * _LOOK_MIN
"""Nobody waits for a look: some may come late, as long as they do not become rarer."""
_PEER_RATIO = 50.0
_PEER_REPETITIONS = 3
_PEER_S = 4.0


def main(arguments: list[str]) -> int:
    """Measure and print."""
    options = _options(arguments)
    load = Load(options.seed, options.agents, int(options.seconds * 1e6))
    with tempfile.TemporaryDirectory(prefix="veritype-bench-") as name:
        folder = Path(name)
        _say("measuring the peers")
        synced_ms = sync_ms(folder)
        repetitions = 0 if options.no_peers else _PEER_REPETITIONS
        peers, missing = peers_measured(folder, load.seed, repetitions, _PEER_S)
        _say(f"sealing the batches of {load.agents} agents")
        run = run_ours(load, options.storage, options.connections, folder / "ours", options.profile)
    report = _reported(load, options.storage, run, peers, synced_ms)
    report.missing = missing
    print(report.as_json() if options.json else report.as_text())
    if report.missed and not options.json:
        print("\nmissed: " + "; ".join(report.missed))
    return 1 if report.missed else 0


def _say(what: str) -> None:
    print(f"{what} ...", file=sys.stderr, flush=True)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.server")
    parser.add_argument("--storage", choices=list(AGENTS), default=SQLITE)
    parser.add_argument("--agents", type=int, help="100,000; 66,000 with PostgreSQL")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long batches come")
    parser.add_argument("--connections", type=int, default=4_096, help="open at a time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-peers", action="store_true", help="measure only our server")
    parser.add_argument("--profile", type=Path, help="FILE.svg, FILE.json or FILE.txt, by py-spy")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    options.agents = options.agents or AGENTS[options.storage]
    return options


def _reported(
    load: Load, kind: str, run: OurRun, peers: dict[str, PeerFigure], synced_ms: float
) -> Report:
    measured, costs, checked = run.measured, run.costs, run.checked
    pace = run.pace
    looked_at = max(run.sealed.due - pace.looks_waiting, 1)
    batches, took_s = len(measured.status), load.run_us / 1e6
    events = run.sealed.events / batches
    report = Report("beside it, the same events as JSON, each as fast as it answers:")
    report.conditions = {
        "load": f"{load.agents} agents, one batch each {STRETCH_US / 1e6:g} s for {took_s:g} s: "
        f"{batches} batches, {batches / took_s:.0f}/s, over {measured.run.connections} connections",
        "storage": run.storage,
        "a batch": f"{events:.0f} events, {run.sealed.batch_bytes / batches:.0f} bytes",
        "prepared in": f"{run.prepared_s:.0f} s",
        "a synced write of 4 KiB": f"{synced_ms:.2f} ms",
        "errors": ", ".join(f"{n} {name}" for name, n in measured.errors().items()) or "none",
        "what they said": "; ".join(measured.run.refusals) or "nothing",
        "server's processes": str(costs.processes),
    }
    # SQLite's budget is a latency under its full load, PostgreSQL's a rate.
    latency_ms = _LATENCY_MS if kind == SQLITE else None
    rate_counts = kind == POSTGRESQL and batches / took_s >= _LEAST_A_SECOND
    # A small run offers less than that many times what a peer takes.
    least_ratio = _PEER_RATIO if load.agents >= AGENTS[kind] else None
    least_per_s = _LEAST_A_SECOND if rate_counts else None
    acknowledged_per_s = checked.acknowledged / max(measured.run.took_s, took_s)
    ours = acknowledged_per_s * events
    report.rows = [
        Row("batches not acknowledged", batches - checked.acknowledged, "", 0, Bound.AT_MOST),
        Row("acknowledged", acknowledged_per_s, "batches/s", least_per_s, Bound.AT_LEAST),
        Row("acknowledged, events", ours, "events/s"),
        Row("latency from the scheduled moment, p50", measured.percentile_ms(0.5), "ms"),
        Row("latency, p99", measured.percentile_ms(0.99), "ms", latency_ms),
        Row("latency, p99.9", measured.percentile_ms(0.999), "ms"),
        Row("latency, max", measured.percentile_ms(1.0), "ms"),
        Row("server's memory, peak PSS", mebibytes(costs.peak_pss_bytes), "MiB", _MEMORY_MIB),
        Row("server's memory, every process at its peak", mebibytes(costs.peak_rss_bytes), "MiB"),
        Row("server's CPU", 100 * costs.cpu_s / measured.run.took_s, "% core"),
        Row("generator's CPU", 100 * measured.run.generator_cpu_s / measured.run.took_s, "% core"),
        Row("sent late by the generator (over 5 ms)", measured.sent_late, "batches"),
        Row("latest of them", float(measured.late_s.max()) * 1000, "ms"),
        Row("connections reopened", measured.run.reopened, ""),
        Row("acknowledged and not in the store", checked.missing, "", 0, Bound.AT_MOST),
        Row("heads behind an acknowledgement", checked.heads_behind, "", 0, Bound.AT_MOST),
        Row(f"receipts wrong of {checked.receipts}", checked.receipts_wrong, "", 0, Bound.AT_MOST),
        Row(f"open sessions looked at ({run.sealed.due} due in the run)", checked.looked_at, ""),
        Row(f"closed sessions judged, of {run.sealed.closing}", checked.scored, ""),
        Row("closed sessions waiting at the last batch", pace.jobs_waiting, ""),
        Row("the one that waited longest", pace.jobs_late_s, "s", _LATE_S),
        Row("until none of them waited", pace.jobs_caught_up_s, "s", _LATE_S),
        Row("looks waiting at the last batch", pace.looks_waiting, ""),
        Row("the latest of them", pace.looks_late_s, "s"),
        Row("until none of them waited", pace.looks_caught_up_s, "s"),
        Row("at this pace a look each", _LOOK_MIN * run.sealed.due / looked_at, "min", _LOOKS_MIN),
        Row("database", run.database_bytes / 1e6, "MB"),
    ]
    for name, peer in peers.items():
        connections = f"{peer.connections} connection{'s' * (peer.connections > 1)}"
        report.peers += [
            Row(f"{name}, {connections}", peer.events_per_s, "events/s"),
            Row(f"ours to {name}", ours / peer.events_per_s, "times", least_ratio, Bound.AT_LEAST),
        ]
    return report


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
