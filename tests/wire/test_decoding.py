"""Many threads may be the first to decode a type."""

import subprocess
import sys

RACE = """
import sys
from threading import Barrier, Thread

import msgspec

from wire.decoding import decoder_of

THREADS, TYPES = 8, 150
sys.setswitchinterval(1e-6)


def decode(kind, start, found):
    start.wait()
    found.append(decoder_of(kind).decode(b'{"inner": [{"number": 7}]}').inner[0].number)


for _ in range(TYPES):
    inner = msgspec.defstruct("Inner", [("number", int)])
    kind = msgspec.defstruct("Outer", [("inner", tuple[inner, ...])])
    start, found = Barrier(THREADS), []
    threads = [Thread(target=decode, args=(kind, start, found)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [7] * THREADS, found
"""
"""In a process of its own: what goes wrong there takes the interpreter along."""


def test_threads_that_decode_a_type_first_at_the_same_moment_all_read_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", RACE], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
