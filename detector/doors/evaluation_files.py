"""Writing an evaluation: figures as JSON, the report, its plots, and the log's row."""

import json
from pathlib import Path
from typing import Any

from detector.doors.corpus import TRAINED_ON
from detector.doors.plots import drawn
from detector.doors.sections import SECTIONS
from detector.evaluation.blocks import Block, Picture, markdown, page
from detector.evaluation.log_entry import with_entry
from detector.evaluation.plots import plots
from detector.evaluation.report import report

NAME = "evaluation"


def printed(result: dict[str, Any]) -> str:
    """Return the report as text for a terminal, without its plots."""
    return markdown((b for b in _blocks(result) if not isinstance(b, Picture)), "")


def _blocks(result: dict[str, Any]) -> tuple[Block, ...]:
    return report(result, {name: section.title for name, section in SECTIONS.items()})


def write_evaluation(result: dict[str, Any], out: Path, *, as_page: bool = False) -> list[Path]:
    """Write ``evaluation.json``, ``evaluation.md`` and the plots in ``evaluation/`` to ``out``.

    Args:
        result: what the evaluation made.
        out: folder to write to; made if it is missing.
        as_page: write ``evaluation.html`` too, one file with the plots in it.
    """
    pictures = drawn(plots(result))
    blocks = _blocks(result)
    folder = out / NAME
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        out / f"{NAME}.json": json.dumps(result, indent=1).encode() + b"\n",
        out / f"{NAME}.md": markdown(blocks, f"{NAME}/").encode(),
        **{folder / file: data for file, data in pictures.items()},
    }
    if as_page:
        files[out / f"{NAME}.html"] = page(blocks, pictures).encode()
    for path, data in files.items():
        path.write_bytes(data)
    return list(files)


def log_evaluation(result: dict[str, Any], log: Path) -> None:
    """Add a row for this run to the log; a file that is not there is begun."""
    log.parent.mkdir(parents=True, exist_ok=True)
    so_far = log.read_text("utf-8") if log.is_file() else ""
    log.write_text(with_entry(so_far, result, TRAINED_ON), "utf-8")
