"""The trace alignment against `difflib.SequenceMatcher` on the same codes, in the same run.

`python -m bench.detector_alignment [--json]` prints the least CPU time of some rounds and the
ratio. difflib compares in one order and takes time with the square of the text, so the ratio is
taken at 1,000 characters against 4,000 keys; the larger sizes, and cases made to be slow, are
timed without it.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from difflib import SequenceMatcher
from functools import partial

import numpy as np

from detector.alignment import align, align_codes
from detector.alignment.rebuild import rebuild, text_codes
from detector.simulation import draw_text
from detector.simulation.session import CLASS_OF
from detector.tables import Keystrokes, keystrokes
from wire.keys import KeyClass

ROUNDS = 3
PEER_SIZE = (1_000, 4_000)
SIZE = (10_000, 40_000)


def typed(text: str, clicks: int, rng: np.random.Generator) -> Keystrokes:
    """Keys that type a text, with clicks at random places, as seen on X11."""
    keys = np.array([int(CLASS_OF[character]) for character in text])
    keys = np.insert(keys, rng.integers(0, len(keys), clicks), int(KeyClass.CLICK))
    return keystrokes(np.arange(len(keys)) * 150_000, keys)


def part_of_typing(size: tuple[int, int], rng: np.random.Generator) -> tuple[Keystrokes, str]:
    """A log and a text from its middle, a foreign passage of a fiftieth in it."""
    characters, keys = size
    everything = draw_text(rng, keys)
    own = everything[characters : 2 * characters]
    at = characters // 2
    return typed(everything, 200, rng), own[:at] + draw_text(rng, characters // 50) + own[at:]


def slow_cases(rng: np.random.Generator) -> dict[str, tuple[Keystrokes, str]]:
    """Cases that a careless aligner takes minutes for."""
    characters, keys = SIZE
    log = typed(draw_text(rng, keys), 200, rng)
    return {
        "another_text": (log, draw_text(rng, characters)),
        "one_letter": (typed("a" * keys, 200, rng), "a" * characters),
        "no_keys": (keystrokes((), ()), draw_text(rng, characters)),
        "100k_of_own": part_of_typing((100_000, 200_000), rng),
        "100k_of_another": (log, draw_text(rng, 100_000)),
    }


def least_ms(call: Callable[[], object]) -> float:
    """The least CPU time of some rounds."""
    times = []
    for _ in range(ROUNDS):
        started = time.process_time()
        call()
        times.append(time.process_time() - started)
    return round(min(times) * 1_000, 1)


def figures() -> dict[str, float]:
    """Milliseconds by case, and how many times longer difflib takes."""
    rng = np.random.default_rng(4)
    table, text = part_of_typing(PEER_SIZE, rng)
    source, target = rebuild(table), text_codes(text)
    peer = SequenceMatcher(None, source.codes.tobytes(), target.tobytes(), autojunk=False)
    small = least_ms(lambda: align_codes(source, target))
    started = time.process_time()
    peer.get_opcodes()
    difflib_ms = round((time.process_time() - started) * 1_000, 1)
    made = {
        "1k_characters_4k_keys_ms": small,
        "difflib_on_the_same_ms": difflib_ms,
        "difflib_over_ours": round(difflib_ms / max(small, 0.1), 1),
    }
    table, text = part_of_typing(SIZE, rng)
    made["10k_characters_40k_keys_ms"] = least_ms(lambda: align(table, text))
    for name, (log, other) in slow_cases(rng).items():
        made[f"{name}_ms"] = least_ms(partial(align, log, other))
    return made


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    made = figures()
    if parser.parse_args().json:
        json.dump(made, sys.stdout)
        return
    for name, value in made.items():
        print(f"{name:32} {value:>12,.1f}")


if __name__ == "__main__":
    main()
