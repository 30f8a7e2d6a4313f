"""Copying made to look composed: revisions put in, as an evader would."""

import numpy as np

from detector.tables import Keystrokes, keystrokes
from wire.keys import KeyClass

LONGEST_REVISION = 40


def with_injected_revisions(rng: np.random.Generator, table: Keystrokes) -> Keystrokes:
    """Return ``table`` with its last keys deleted and typed again here and there.

    What is deleted is retyped at the person's own intervals, shuffled, so that neither deletions
    nor the product/process ratio tell copying apart.
    """
    count = len(table)
    if count < LONGEST_REVISION * 4:
        return table
    interval = np.diff(table.t_us, prepend=table.t_us[:1])
    typical = interval[interval < np.quantile(interval, 0.9)]
    boundary = np.flatnonzero(table.key == KeyClass.SPACE)
    chosen = set(boundary[rng.random(len(boundary)) < rng.uniform(0.005, 0.06)].tolist())
    rows: list[int] = []
    for row in range(count):
        rows.append(row)
        if row in chosen and row > LONGEST_REVISION:
            length = int(rng.integers(2, LONGEST_REVISION))
            rows.extend([-1] * length)
            rows.extend(range(row - length + 1, row + 1))
    source = np.array(rows)
    erased = source < 0
    again = np.r_[False, np.diff(np.maximum.accumulate(source)) <= 0] & ~erased
    source = np.where(erased, 0, source)
    made = interval[source]
    added = erased | again
    made[added] = rng.choice(typical, int(added.sum()))
    starts = erased & ~np.r_[False, erased[:-1]]
    made[starts] += np.round(rng.uniform(2e5, 2e6, int(starts.sum()))).astype(np.int64)
    key = np.where(erased, int(KeyClass.BACKSPACE), table.key[source])
    return keystrokes(np.cumsum(made) - made[0], key, table.hold_us[source])
