"""Measured figures beside their budgets, as text or JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum

_MEBI = 1024 * 1024


class Bound(StrEnum):
    """How a figure has to lie to its budget."""

    UNDER = "under"
    AT_MOST = "at most"
    AT_LEAST = "at least"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; `budget` is None for what only informs."""

    name: str
    value: float
    unit: str
    budget: float | None = None
    bound: Bound = Bound.UNDER

    @property
    def met(self) -> bool | None:
        """Whether the budget holds."""
        if self.budget is None:
            return None
        match self.bound:
            case Bound.UNDER:
                return self.value < self.budget
            case Bound.AT_MOST:
                return self.value <= self.budget
            case Bound.AT_LEAST:
                return self.value >= self.budget


@dataclass(slots=True)
class Report:
    """All of one run."""

    beside: str = "beside it:"
    """What introduces the peers' figures."""
    conditions: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    peers: list[Row] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def missed(self) -> list[str]:
        """The names of the figures whose budgets do not hold."""
        return [row.name for row in (*self.rows, *self.peers) if row.met is False]

    def as_json(self) -> str:
        """Everything, for scripts."""
        return json.dumps(
            {
                "conditions": self.conditions,
                "figures": [asdict(row) | {"met": row.met} for row in self.rows],
                "peers": [asdict(row) | {"met": row.met} for row in self.peers],
                "not_measured": self.missing,
            },
            indent=2,
        )

    def as_text(self) -> str:
        """A table to read."""
        lines = [f"{name}: {value}" for name, value in self.conditions.items()]
        lines += ["", _line("figure", "measured", "budget", "")]
        lines += [_row(row) for row in self.rows]
        if self.peers:
            lines += ["", self.beside]
            lines += [_row(row) for row in self.peers]
        lines += [f"not measured: {name}: {why}" for name, why in self.missing.items()]
        return "\n".join(lines)


def mebibytes(size_bytes: float) -> float:
    """Bytes as MiB."""
    return size_bytes / _MEBI


def _row(row: Row) -> str:
    budget = "" if row.budget is None else f"{row.bound.value} {row.budget:g} {row.unit}"
    verdict = {None: "", True: "met", False: "NOT MET"}[row.met]
    return _line(row.name, f"{row.value:.4g} {row.unit}", budget, verdict)


def _line(*cells: str) -> str:
    widths: Sequence[int] = (58, 16, 20, 8)
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
