"""The measured figures beside their budgets, as text or JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

_MEBI = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; `budget` is None for what only informs."""

    name: str
    value: float
    unit: str
    budget: float | None = None
    inclusive: bool = False
    """Whether the budget itself is still met."""

    @property
    def met(self) -> bool | None:
        """Whether the budget holds."""
        if self.budget is None:
            return None
        return self.value <= self.budget if self.inclusive else self.value < self.budget


@dataclass(slots=True)
class Report:
    """All of one run."""

    conditions: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    peers: list[Row] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> str:
        """Everything, for scripts."""
        return json.dumps(
            {
                "conditions": self.conditions,
                "figures": [asdict(row) | {"met": row.met} for row in self.rows],
                "peers": [asdict(row) for row in self.peers],
                "not_measured": self.missing,
            },
            indent=2,
        )

    def as_text(self) -> str:
        """A table to read."""
        lines = [f"{name}: {value}" for name, value in self.conditions.items()]
        lines += ["", _line("figure", "measured", "budget", "")]
        lines += [_row(row) for row in self.rows]
        lines += ["", "beside it, on the same desktop with the same input:"]
        lines += [_row(row) for row in self.peers]
        lines += [f"not measured: {name}: {why}" for name, why in self.missing.items()]
        return "\n".join(lines)


def mebibytes(size_bytes: float) -> float:
    """Bytes as MiB."""
    return size_bytes / _MEBI


def _row(row: Row) -> str:
    sign = "at most" if row.inclusive else "under"
    budget = "" if row.budget is None else f"{sign} {row.budget:g} {row.unit}"
    verdict = {None: "", True: "met", False: "NOT MET"}[row.met]
    return _line(row.name, f"{row.value:.4g} {row.unit}", budget, verdict)


def _line(*cells: str) -> str:
    widths: Sequence[int] = (58, 16, 20, 8)
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
