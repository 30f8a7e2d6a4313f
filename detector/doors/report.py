"""Evaluation results as indented text for people."""

from typing import Any


def readable(result: dict[str, Any], depth: int = 0) -> str:
    """Return nested figures as indented lines; an estimate takes one line."""
    lines: list[str] = []
    for name, value in result.items():
        pad = "  " * depth
        if isinstance(value, dict) and {"value", "low", "high"} <= value.keys():
            lines.append(f"{pad}{name}: {_estimate(value)}")
        elif isinstance(value, dict):
            lines.append(f"{pad}{name}:")
            lines.append(readable(value, depth + 1))
        else:
            lines.append(f"{pad}{name}: {value}")
    return "\n".join(line for line in lines if line)


def _estimate(value: dict[str, Any]) -> str:
    if value["value"] is None:
        return "not defined"
    return (
        f"{value['value']} [{value['low']}, {value['high']}] "
        f"({value['sessions']} sessions, {value['writers']} writers)"
    )
