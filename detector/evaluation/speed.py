"""How long assessing takes, in processor time of one core."""

import time
from typing import Any

import numpy as np

from detector.assess import Case, assess, assess_all
from detector.model import Model
from detector.simulation.day import working_day
from detector.tables import Recording

LONG_SESSION_EVENTS = 100_000
FLEET_SESSION_EVENTS = 20_000
FLEET_SESSIONS = 1_000
FLEET_SAMPLE = 5
"""Sessions are cut from the long one: simulating more would take longer than assessing them."""
REPEATS = 5
"""The least of so many tries counts: whatever else runs only ever adds time."""


def speed_figures(model: Model) -> dict[str, Any]:
    """Return processor time for an 8-hour session and for many sessions of 20,000 events."""
    rng = np.random.default_rng(3)
    table = working_day(rng, LONG_SESSION_EVENTS)
    day = Recording(table)
    starts = range(0, FLEET_SAMPLE * FLEET_SESSION_EVENTS, FLEET_SESSION_EVENTS)
    fleet = [Recording(table.rows(start, start + FLEET_SESSION_EVENTS)) for start in starts]
    assess(day, model)
    one = min(_seconds([day], model) for _ in range(REPEATS))
    many = min(_seconds(fleet, model) for _ in range(REPEATS))
    return {
        "session_of_100,000_events_ms": round(one * 1000, 2),
        "1,000_sessions_of_20,000_events_s": round(many / FLEET_SAMPLE * FLEET_SESSIONS, 2),
        "note": f"processor time, least of {REPEATS}; the second from {FLEET_SAMPLE} sessions",
    }


def _seconds(recordings: list[Recording], model: Model) -> float:
    started = time.process_time()
    assess_all([Case(recording) for recording in recordings], model)
    return time.process_time() - started
