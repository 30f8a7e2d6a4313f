"""The log of runs over evaluation-only tables: one row a run, written by the run itself."""

from typing import Any

from detector.evaluation.wording import number, share

HEADER = """# Log of evaluation-only tables

Killourhy-Maxion, IIITD-BU, CoAuthor and every other table that the model does not learn from are
scored only after features and thresholds were frozen by a commit. Nothing is trained on them and no
threshold is taken from them. `python -m detector evaluate --log FILE` adds a row to the table below
by itself; the last column is written by hand when something is changed after the run.

| run | frozen at | model | outcome | what was changed after it |
|---|---|---|---|---|
"""


def with_entry(log: str, result: dict[str, Any], learnt_from: tuple[str, ...]) -> str:
    """Return the log with a row for ``result`` after the last row of its table.

    Args:
        log: the log so far; empty for a new one.
        result: what the evaluation made.
        learnt_from: tables that are no evaluation-only ones.
    """
    lines = (log or HEADER).rstrip("\n").split("\n")
    rows = [at for at, line in enumerate(lines) if line.startswith("|")]
    if not rows:
        return with_entry(f"{log.rstrip()}\n\n{HEADER}", result, learnt_from)
    run = len(rows) - 1
    frozen = result["frozen"]
    commit = frozen["commit"][:7] if len(frozen["commit"]) == 40 else frozen["commit"]
    changed = "" if frozen["code_as_committed"] else " (code not as committed)"
    cells = (
        str(run),
        f"{commit}{changed}, {frozen['date']}",
        f"{frozen['model_version']}, features {frozen['features_version']}",
        _outcome(result, learnt_from),
        "nothing yet",
    )
    lines.insert(rows[-1] + 1, "| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _outcome(result: dict[str, Any], learnt_from: tuple[str, ...]) -> str:
    parts = [
        f"{file.removesuffix('.parquet')}: {_figures(figures)}"
        for file, figures in result["tables"].items()
        if file not in learnt_from and "by_label" in figures
    ]
    return "; ".join(parts) or "no evaluation-only table"


def _figures(figures: dict[str, Any]) -> str:
    said = [f"{label} flagged {share(r['flagged'])}" for label, r in figures["by_label"].items()]
    for label, made in figures.get("against_genuine", {}).items():
        said.append(f"AUC of {label} {number(made['auc'])}")
    suggestions = figures.get("accepted_suggestions_over_20_located")
    if suggestions is not None:
        said.append(f"suggestions over 20 located {share(suggestions)}")
    return ", ".join(said)
