"""Assessing sessions, against reading the same sessions from Parquet by pyarrow in the same run.

`python -m bench.detector [--json]` prints CPU times on one core (medians) and ratios to reading.
Sessions are simulated typing of keys alone, as a recorder on X11 sees it; nothing in them repeats.
A flagged session costs more, since its places are looked for: how many were flagged is printed.
Reading is the peer because a scorer does it anyway: it says what judging adds.
"""

import argparse
import io
import json
import sys
import time
from collections.abc import Callable
from statistics import median

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from detector.assess import Case, assess, assess_all, load_model
from detector.model import Model
from detector.simulation.day import working_day
from detector.tables import Keystrokes, Recording

LONG_KEYS = 100_000
MANY_KEYS = 20_000
MANY_SESSIONS = 1_000
CHUNK = 50
"""Sessions assessed with one prediction, as a scorer takes them."""
ROUNDS = 15


def as_parquet(tables: list[Keystrokes]) -> bytes:
    """Write sessions as one Parquet table."""
    columns = {
        name: np.concatenate([getattr(table, name) for table in tables])
        for name in ("t_us", "hold_us", "key")
    }
    columns["session"] = np.repeat(np.arange(len(tables)), [len(table) for table in tables])
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def read(data: bytes) -> None:
    """Read every column into numpy."""
    table = pq.read_table(io.BytesIO(data), use_threads=False)
    for name in table.column_names:
        table[name].to_numpy()


def cpu_s(call: Callable[[], object]) -> float:
    """Return the processor time of one call."""
    began = time.process_time()
    call()
    return time.process_time() - began


def one_long_session(model: Model) -> dict[str, float]:
    """Assess a session of eight hours."""
    table = working_day(np.random.default_rng(1), LONG_KEYS)
    data = as_parquet([table])
    pairs = [
        (cpu_s(lambda: assess(Recording(table), model)), cpu_s(lambda: read(data)))
        for _ in range(ROUNDS)
    ]
    flagged = int(assess(Recording(table), model).flagged)
    return {**_figures([a for a, _ in pairs], [b for _, b in pairs]), "flagged": flagged}


def many_sessions(model: Model, sessions: int) -> dict[str, float]:
    """Assess many sessions in chunks; the times are of all of them."""
    tables = [working_day(np.random.default_rng(seed), MANY_KEYS) for seed in range(CHUNK)]
    cases = [Case(Recording(table)) for table in tables]
    data = as_parquet(tables)
    chunks = sessions // CHUNK
    pairs = [
        (cpu_s(lambda: assess_all(cases, model)), cpu_s(lambda: read(data))) for _ in range(chunks)
    ]
    flagged = sum(found.flagged for found in assess_all(cases, model)) * chunks
    figures = _figures([chunks * a for a, _ in pairs], [chunks * b for _, b in pairs])
    return {**figures, "flagged": flagged}


def _figures(assessing_s: list[float], reading_s: list[float]) -> dict[str, float]:
    return {
        "assess_ms": round(1000 * median(assessing_s), 2),
        "slowest_ms": round(1000 * max(assessing_s), 2),
        "read_parquet_ms": round(1000 * median(reading_s), 2),
        "ratio": round(
            median(a / b for a, b in zip(assessing_s, reading_s, strict=True) if b > 0), 2
        ),
    }


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--sessions", type=int, default=MANY_SESSIONS, help="how many (of 20,000)")
    chosen = parser.parse_args()
    model = load_model()
    assess(Recording(working_day(np.random.default_rng(2), 2_000)), model)
    result = {
        "one session of 100,000 keys": one_long_session(model),
        f"{chosen.sessions} sessions of 20,000 keys": many_sessions(model, chosen.sessions),
    }
    if chosen.json:
        json.dump(result, sys.stdout, indent=1)
        print()
        return
    print(f"{'':32}{'assess':>12}{'slowest':>12}{'read':>12}{'ratio':>8}{'flagged':>9}")
    for name, row in result.items():
        times = "".join(
            f"{row[key]:>9,.1f} ms" for key in ("assess_ms", "slowest_ms", "read_parquet_ms")
        )
        print(f"{name:32}{times}{row['ratio']:>8}{row['flagged']:>9.0f}")


if __name__ == "__main__":
    main()
