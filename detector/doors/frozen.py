"""What a run of the evaluation rests on: commit, versions and the corpus files' hashes."""

import hashlib
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from detector.features.vector import FEATURES_VERSION
from detector.model import Model

ROOT = Path(__file__).parents[2]
CODE = ("detector", "wire", "setup.cfg", "requirements")
"""What of a checkout can change a figure."""
LIBRARIES = ("numpy", "scipy", "scikit-learn", "skops", "pyarrow")
NO_CHECKOUT = "not a git checkout"


def frozen(folder: Path, model: Model) -> dict[str, Any]:
    """Return commit, whether the code differs from it, versions, date and the tables' hashes."""
    commit, changed = _git("rev-parse", "HEAD"), _git("status", "--porcelain", "--", *CODE)
    return {
        "commit": commit if commit is not None else NO_CHECKOUT,
        "code_as_committed": changed == "" if changed is not None else None,
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "model_version": model.version,
        "features_version": FEATURES_VERSION,
        "python": platform.python_version(),
        "processor": platform.machine(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "files": {path.name: _sha256(path) for path in sorted(folder.iterdir()) if path.is_file()},
    }


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
