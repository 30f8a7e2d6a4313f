"""A scratch environment for programs that are measured beside ours and are no dependency of it."""

import subprocess
import venv
from pathlib import Path

_INSTALL_S = 300.0


def scratch_python(folder: Path) -> Path:
    """The interpreter of an environment that is made if it is not there."""
    if not (folder / "bin" / "python").exists():
        venv.create(folder, with_pip=True)
    return folder / "bin" / "python"


def installed(python: Path, *packages: str) -> str:
    """Install from PyPI; returns why it cannot be, or nothing."""
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "-q", "install", *packages]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL_S, check=False)
    return done.stderr.strip().splitlines()[-1] if done.returncode else ""
