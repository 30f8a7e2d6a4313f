"""Dumping and restoring by PostgreSQL's own programs, which must be of its version or newer."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from server.errors import ServerError

DUMP = "database.dump"
_VARIABLES = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}
_SAID_MAX_CHARS = 300


def dump(address: str, folder: Path) -> str:
    """Write a dump of one snapshot of the database; the file's name.

    Raises:
        ServerError: pg_dump is not there or refuses.
    """
    _run(
        address,
        "pg_dump",
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--file={DUMP}",
        folder=folder,
    )
    (folder / DUMP).chmod(0o600)
    return DUMP


def restore_dump(address: str, folder: Path) -> None:
    """Read a dump into a database that is empty, all of it or nothing.

    Raises:
        ServerError: pg_restore is not there or refuses.
    """
    name = str(conninfo_to_dict(address)["dbname"])
    words = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
    _run(address, "pg_restore", *words, f"--dbname={name}", DUMP, folder=folder)


def _run(address: str, *words: str, folder: Path) -> None:
    try:
        ran = subprocess.run(
            words,
            cwd=folder,
            env=_environment(address),
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise ServerError(
            f"{words[0]} is not installed: install PostgreSQL's client programs, of the server's"
            " version or newer"
        ) from error
    if ran.returncode:
        # What these programs say names tables and versions, never rows or passwords.
        said = " ".join(ran.stderr.split())[:_SAID_MAX_CHARS]
        raise ServerError(f"{words[0]} did not succeed: {said}")


def _environment(address: str) -> Mapping[str, str]:
    """The address in variables: on the command line everybody on the machine could read it."""
    given = conninfo_to_dict(address)
    named = {_VARIABLES[key]: str(value) for key, value in given.items() if key in _VARIABLES}
    return os.environ | named
