"""Figures as people read them."""

from typing import Any

PLAIN = ("auc", "calibration_error")
"""Figures that are no share of sessions."""


def share(figure: Any) -> str:
    """Return a share with its interval: "1.2 % (0.4 to 2.6)"."""
    if figure is None:
        return "–"
    if not isinstance(figure, dict):
        return f"{_percent(figure)} %"
    if figure.get("value") is None:
        return "–"
    value = f"{_percent(figure['value'])} %"
    if figure.get("low") is None or figure.get("high") is None:
        return value
    return f"{value} ({_percent(figure['low'])} to {_percent(figure['high'])})"


def number(figure: Any) -> str:
    """Return a number with its interval: "0.981 (0.950 to 1.000)"."""
    if figure is None:
        return "–"
    if not isinstance(figure, dict):
        return f"{figure:.3f}" if isinstance(figure, float) else str(figure)
    if figure.get("value") is None:
        return "–"
    if figure.get("low") is None or figure.get("high") is None:
        return f"{figure['value']:.3f}"
    return f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"


def worded(name: str, figure: Any) -> str:
    """Return a figure by its name's sort: a plain number or a share."""
    return number(figure) if any(part in name for part in PLAIN) else share(figure)


def counted(figure: dict[str, Any]) -> str:
    """Return how many sessions and writers are behind a figure."""
    return f"{figure['sessions']} ({figure['writers']})"


def title(name: str) -> str:
    """Return a figure's name as words."""
    return _TITLES.get(name, name.replace("_", " "))


_TITLES = {
    "auc": "AUC",
    "apcer_at_bpcer_1": "attacks missed where 1 % of the genuine are flagged",
    "apcer_at_bpcer_0.1": "attacks missed where 0.1 % of the genuine are flagged",
    "bpcer_shipped": "genuine flagged, shipped thresholds",
    "bpcer_shipped_abstained_as_flag": "the same, an abstention counted as a flag",
    "apcer_shipped": "attacks missed, shipped thresholds",
    "apcer_shipped_abstained_as_caught": "the same, an abstention counted as caught",
    "abstained_genuine": "abstained on genuine",
    "abstained_attacks": "abstained on attacks",
    "accuracy_shipped": "decided rightly, shipped thresholds",
    "calibration_error": "calibration error (ECE)",
    "calibration_error_at_table_prevalence": "the same at the table's own share of attacks",
}


def _percent(value: float) -> str:
    shown = f"{100 * value:.1f}"
    return shown.removesuffix(".0")
