"""How fast one device may post, so that a broken one does not crowd out the others.

The generic cell rate algorithm (ITU-T I.371): of each device only the moment is kept at which all
that it sent would have been sent at an even pace.
"""

import math

_SWEEP_FROM = 10_000


class Pace:
    """So many posts in a row, and so many a second on average."""

    def __init__(self, per_s: float, burst: int) -> None:
        self._interval_s = 1 / per_s
        self._burst_s = burst / per_s
        self._even: dict[bytes, float] = {}
        self._sweep_at = _SWEEP_FROM

    def __len__(self) -> int:
        return len(self._even)

    def wait_s(self, device: bytes, now_s: float) -> int:
        """Count a post; or, if it comes too early, the whole seconds to wait, and count nothing."""
        even_s = max(self._even.get(device, 0.0), now_s) + self._interval_s
        early_s = even_s - now_s - self._burst_s
        if early_s > 1e-9:
            return math.ceil(early_s)
        self._even[device] = even_s
        if len(self._even) >= self._sweep_at:
            self._sweep(now_s)
        return 0

    def _sweep(self, now_s: float) -> None:
        """Forget those whose pace is even again: like devices that never posted."""
        self._even = {device: s for device, s in self._even.items() if s > now_s}
        self._sweep_at = max(_SWEEP_FROM, 2 * len(self._even))
