"""What is typed in the live sessions: tables of keystrokes from a generator or a corpus."""

import os
import random
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from detector.doors.parquet import ACTIVITY_NAMES, KEY_NAMES, NO_HOLD_MS
from detector.simulation.hands import Holds
from detector.simulation.robots import robot_a4
from detector.simulation.text import draw_text
from detector.simulation.writer import composing
from detector.tables import MISSING, TEXT_KEYS, Activity, BoolArray, Keystrokes, keystrokes

CORPUS = Path(
    os.environ.get("VERITYPE_CORPUS", Path(__file__).parents[2].parent / "shared" / "data")
)
"""Folder of the corpora; the tests do with the generator where it is absent."""
ESSAYS = CORPUS / "klicke.parquet"
ESSAY_TEXTS = CORPUS / "klicke_final_text_class.parquet"
LONGEST_PAUSE_S = 15.0
MOST_TRIES = 20
TEXT_KEYS_A_MINUTE = 90
"""A stretch with fewer holds too little writing for a session of two minutes to say anything."""


def composed(seed: int, seconds: float) -> Keystrokes:
    """A generated stretch of composing, by a person who does not only think."""
    rng = np.random.default_rng(seed)
    while True:
        made = composing(rng, minutes=seconds / 60.0, longest_pause_s=LONGEST_PAUSE_S)
        table = until(made.keystrokes, seconds)
        if _text_keys(table).sum() >= TEXT_KEYS_A_MINUTE * seconds / 60.0:
            return table


def robot(seed: int, seconds: float) -> Keystrokes:
    """A typing program with uniform gaps that lets go of each key at once."""
    rng = np.random.default_rng(seed)
    return until(
        robot_a4(rng, draw_text(rng, round(seconds * 6)), holds=Holds.ZERO).keystrokes, seconds
    )


def essay_stretch(seed: int, seconds: float) -> Keystrokes:
    """A stretch of a genuine essay, its times as they were recorded.

    Raises:
        LookupError: no essay has such a stretch.
    """
    writers = pq.read_table(ESSAY_TEXTS, columns=["session"])["session"].to_pylist()
    for session in random.Random(seed).sample(writers, MOST_TRIES):
        table = _essay(session)
        start = _busy_start(table, seconds)
        if start is not None:
            return until(_since(table, start), seconds)
    raise LookupError(f"no essay of {ESSAYS} has {seconds:g} s of writing without a paste")


def _essay(session: str) -> Keystrokes:
    """One essay of the corpus, without reading the others."""
    columns = ["t_ms", "hold_ms", "key", "activity"]
    rows = pq.read_table(ESSAYS, columns=columns, filters=[("session", "==", session)])
    hold_ms = rows["hold_ms"].to_numpy().astype(np.int64)
    return keystrokes(
        rows["t_ms"].to_numpy().astype(np.int64) * 1000,
        [KEY_NAMES.index(name) for name in rows["key"].to_pylist()],
        np.where(hold_ms == NO_HOLD_MS, MISSING, hold_ms * 1000),
        activity=[ACTIVITY_NAMES.index(name) for name in rows["activity"].to_pylist()],
    )


def passage(seed: int, characters: int) -> str:
    """A text to copy and paste: pseudo-words, so that no test holds anyone's text."""
    rng = random.Random(seed)
    classes = draw_text(np.random.default_rng(seed), characters)
    letters = "etaoinshrdlucmwfgypbvk"
    return "".join(rng.choice(letters) if c == "a" else c for c in classes)[:characters]


def until(table: Keystrokes, seconds: float) -> Keystrokes:
    """The rows of the first seconds."""
    return table.rows(0, int(np.searchsorted(table.t_us, round(seconds * 1e6))))


def _busy_start(table: Keystrokes, seconds: float) -> int | None:
    """The first row from which enough is typed, nothing pasted, and no pause is too long."""
    text = _text_keys(table)
    pasted = table.activity == Activity.PASTE
    needed = TEXT_KEYS_A_MINUTE * seconds / 60.0
    for start in range(0, len(table), 40):
        stop = int(np.searchsorted(table.t_us, table.t_us[start] + round(seconds * 1e6)))
        here = slice(start, stop)
        pauses = np.diff(table.t_us[here])
        if stop == len(table) or text[here].sum() < needed or pasted[here].any():
            continue
        if len(pauses) and pauses.max() < LONGEST_PAUSE_S * 1e6:
            return start
    return None


def _text_keys(table: Keystrokes) -> BoolArray:
    return np.isin(table.key, [int(key) for key in TEXT_KEYS])


def _since(table: Keystrokes, start: int) -> Keystrokes:
    rest = table.rows(start, len(table))
    return keystrokes(rest.t_us - rest.t_us[0], rest.key, rest.hold_us, activity=rest.activity)
