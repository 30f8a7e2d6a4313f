"""Freeze the agent with PyInstaller and make a Debian package of it.

    python -m deploy.agent.package [--out FOLDER]

The package is `/opt/veritype` (the frozen folder), the command, a menu entry, the manual page and
the licences of what is inside. It has no maintainer scripts: installing it starts nothing.
"""

import argparse
import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from configparser import ConfigParser
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from deploy.agent.manual import manual_page
from requirements.lock import closure

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
PROGRAM = "opt/veritype"
SYSTEM_LIBRARIES = (
    "libxcb1",
    "libxcb-randr0",
    "libxcb-render0",
    "libxcb-shm0",
    "libxcb-xfixes0",
)
"""What the program loads from the system: screenshots speak to the X server through these."""
_GLIBC = re.compile(r"GLIBC_(\d+)\.(\d+)\b")


def freeze(folder: Path) -> Path:
    """Freeze the agent below `folder`; returns the frozen folder."""
    # The same bytes from the same sources: no random hash order, no time of day, no display.
    environment = os.environ | {
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": str(source_date()),
        "DISPLAY": "",
        "PYINSTALLER_CONFIG_DIR": str(folder / "cache"),
    }
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"]
    places = ["--distpath", str(folder / "dist"), "--workpath", str(folder / "work")]
    subprocess.run(
        [*command, *places, str(HERE / "veritype.spec")], check=True, cwd=ROOT, env=environment
    )
    return folder / "dist" / "veritype"


def source_date() -> int:
    """The sources' date in seconds since 1970: `SOURCE_DATE_EPOCH`, else the last commit's."""
    told = os.environ.get("SOURCE_DATE_EPOCH")
    if told:
        return int(told)
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return int(done.stdout) if done.returncode == 0 and done.stdout.strip() else int(time.time())


def stage(frozen: Path, tree: Path) -> None:
    """Lay out below `tree` what the package holds."""
    shutil.copytree(frozen, tree / PROGRAM, symlinks=True)
    command = tree / "usr/bin/veritype"
    command.parent.mkdir(parents=True)
    command.symlink_to(Path("../..") / PROGRAM / "veritype")
    menu = tree / "usr/share/applications/veritype.desktop"
    menu.parent.mkdir(parents=True)
    shutil.copy(HERE / "veritype.desktop", menu)
    icon = tree / "usr/share/icons/hicolor/scalable/apps/veritype.svg"
    icon.parent.mkdir(parents=True)
    shutil.copy(ROOT / "server/static/mark.svg", icon)
    _compressed(tree / "usr/share/man/man1/veritype.1.gz", manual_page(source_date()).encode())
    papers = tree / "usr/share/doc/veritype"
    _compressed(papers / "changelog.gz", (ROOT / "CHANGELOG.md").read_bytes())
    for name in ("README.md", "PRIVACY.md"):
        shutil.copy(ROOT / name, papers)
    shutil.copy(HERE / "copyright", papers)
    _copy_licences(papers / "licences")


def _compressed(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data, 9, mtime=0))


def _copy_licences(folder: Path) -> None:
    """The licence texts of every library inside, and Python's own."""
    for name in sorted(closure("veritype", ("agent",))):
        try:
            files = distribution(name).files or []
        except PackageNotFoundError:
            continue  # Of another platform.
        texts = [file for file in files if re.search(r"(?i)licen[cs]e|copying|notice", file.name)]
        for file in texts:
            source = Path(str(file.locate()))
            if source.suffix not in (".py", ".pyc") and source.is_file():
                (folder / name).mkdir(parents=True, exist_ok=True)
                shutil.copy(source, folder / name / source.name)
    python = Path(os.__file__).with_name("LICENSE.txt")
    if python.is_file():
        (folder / "python").mkdir(parents=True)
        shutil.copy(python, folder / "python")


def control(tree: Path) -> str:
    """The package's description of itself."""
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    architecture = _output("dpkg", "--print-architecture").strip()
    size_kb = sum(path.lstat().st_size for path in tree.rglob("*") if path.is_file()) // 1024
    return f"""Package: veritype
Version: {setup["metadata"]["version"]}
Architecture: {architecture}
Maintainer: Veritype <veritype@localhost>
Installed-Size: {size_kb}
Depends: libc6 (>= {_newest_glibc(tree)}), {", ".join(SYSTEM_LIBRARIES)}
Section: utils
Priority: optional
Description: records how paid work was done, never what was typed
 The agent of Veritype for the trainer's computer: clock in, work, clock out.
 It records when and how you type, where inserted text came from and your hours,
 under rules that you accept first; it shows everything it records, and nothing
 runs off the clock.
"""


def _newest_glibc(tree: Path) -> str:
    """The newest version of the C library that any program inside asks for."""
    found: set[tuple[int, int]] = set()
    for path in tree.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.read_bytes()[:4] == b"\x7fELF":
            needs = _output("readelf", "--version-info", "--wide", str(path))
            found |= {(int(major), int(minor)) for major, minor in _GLIBC.findall(needs)}
    major, minor = max(found)
    return f"{major}.{minor}"


def build(tree: Path, out: Path) -> Path:
    """Write the package of `tree` into the folder `out`; returns its path."""
    description = control(tree)
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN/control").write_text(description)
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    out.mkdir(parents=True, exist_ok=True)
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z2", "--build", str(tree), str(out)]
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(source_date())}
    written = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return Path(written.stdout.rsplit("'", 2)[1])


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main() -> None:
    """Freeze, lay out, pack; say where the package is and how large."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder for the package")
    out: Path = parser.parse_args().out
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        frozen = freeze(folder)
        tree = folder / "tree"
        stage(frozen, tree)
        package = build(tree, out.resolve())
    size_mb = package.stat().st_size / 1e6
    print(f"{package} ({size_mb:.1f} MB, {time.monotonic() - began_s:.0f} s)")


if __name__ == "__main__":
    main()
