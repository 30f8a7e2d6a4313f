"""What the generator measured."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

SAVED = "measured"
LATE_S = 0.005
_LOST = 1


class RunResult(msgspec.Struct, frozen=True):
    """The figures of one run that are not one per request."""

    took_s: float
    generator_cpu_s: float
    """The generator's own, apart from the server's."""
    connections: int
    reopened: int
    """Connections that ended and were opened again."""
    receipts: dict[int, str]
    """The bodies of a sample of the answers, by the request's number."""
    refusals: dict[str, int]
    """The commonest bodies of answers that were none."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One run, request by request."""

    run: RunResult
    latency_s: np.ndarray
    """From the moment a request was due; NaN without an answer."""
    status: np.ndarray
    late_s: np.ndarray
    """How long after that moment it was sent."""

    @property
    def acknowledged(self) -> np.ndarray:
        """Which requests were answered with 200."""
        return np.asarray(self.status == 200)

    @property
    def sent_late(self) -> int:
        """Requests that the generator itself sent more than 5 ms after they were due."""
        return int((self.late_s > LATE_S).sum())

    def percentile_ms(self, share: float) -> float:
        """The latency that this share of the answered requests stayed under; none: the run's."""
        answered = self.latency_s[~np.isnan(self.latency_s)]
        longest_s = np.quantile(answered, share) if len(answered) else self.run.took_s
        return float(longest_s) * 1000

    def errors(self) -> dict[str, int]:
        """How often what other than 200 came back."""
        counted = Counter(self.status[~self.acknowledged].tolist())
        names = {0: "no answer", _LOST: "connection lost"}
        return {names.get(status, f"HTTP {status}"): count for status, count in counted.items()}


def load_measured(folder: Path) -> Measured:
    """Read what the generator left in a folder."""
    run = msgspec.json.decode((folder / f"{SAVED}.json").read_bytes(), type=RunResult)
    with np.load(folder / f"{SAVED}.npz") as arrays:
        return Measured(run, arrays["latency_s"], arrays["status"], arrays["late_s"])
