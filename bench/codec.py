"""The batch codec against JSON rows and MessagePack rows, on the same events in the same run.

`python -m bench.codec [--json]` prints medians per batch of 400 keystrokes and ratios to JSON.
Rows carry the field names, as a team would write them first; both are compressed by zstd like the
batch. Signing is left out everywhere.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from statistics import median

import msgspec
import zstandard

from wire.body import body_of, decode_body, encode_body
from wire.events import Keystroke

EVENTS = 400
ROUNDS = 300


def keystrokes(seed: int) -> list[Keystroke]:
    """A stretch of typing: log-normal intervals and holds."""
    rng = random.Random(seed)
    t_us = 0
    typed = []
    for _ in range(EVENTS):
        t_us += int(rng.lognormvariate(5.1, 0.6) * 1000)
        hold_us = int(rng.lognormvariate(4.5, 0.25)) * 1000
        typed.append(Keystroke(t_us, hold_us, rng.choice((0, 0, 0, 0, 3, 2, 6)), 2, 1))
    return typed


def packed(data: bytes) -> bytes:
    """Compress as a batch's body is compressed."""
    return zstandard.ZstdCompressor(level=6).compress(data)


def unpacked(data: bytes) -> bytes:
    """Undo `packed`."""
    return zstandard.ZstdDecompressor().decompress(data)


def measure(encode: Callable[[], bytes], decode: Callable[[bytes], object]) -> dict[str, float]:
    """Bytes, and the medians of encoding and decoding in microseconds."""
    data = encode()
    return {
        "bytes": len(data),
        "encode_us": median(_times(encode)),
        "decode_us": median(_times(lambda: decode(data))),
    }


def _times(call: Callable[[], object]) -> list[float]:
    times = []
    for _ in range(ROUNDS):
        before = time.perf_counter()
        call()
        times.append((time.perf_counter() - before) * 1e6)
    return times


def compare() -> dict[str, dict[str, float]]:
    """Measure the three codecs on the same events."""
    typed = keystrokes(seed=1)
    rows = [asdict(each) for each in typed]
    return {
        "veritype": measure(
            lambda: packed(encode_body(body_of(typed))), lambda data: decode_body(unpacked(data))
        ),
        "json rows": measure(
            lambda: packed(json.dumps(rows).encode()), lambda data: json.loads(unpacked(data))
        ),
        "msgpack rows": measure(
            lambda: packed(msgspec.msgpack.encode(rows)),
            lambda data: msgspec.msgpack.decode(unpacked(data)),
        ),
    }


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(prog="python -m bench.codec", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    as_json = parser.parse_args().json
    figures = compare()
    if as_json:
        sys.stdout.write(json.dumps(figures) + "\n")
        return
    peer = figures["json rows"]
    print(f"{EVENTS} keystrokes, median of {ROUNDS}")
    for name, each in figures.items():
        cells = "   ".join(
            f"{key} {value:8.0f} (x{value / peer[key]:.2f})" for key, value in each.items()
        )
        print(f"{name:13} {cells}")


if __name__ == "__main__":
    main()
