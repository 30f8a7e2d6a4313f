"""Why PostgreSQL cannot be used, in one sentence without secrets."""

import re

from psycopg import Error
from psycopg.errors import (
    InsufficientPrivilege,
    InvalidAuthorizationSpecification,
    InvalidCatalogName,
    InvalidPassword,
)
from sqlalchemy import Connection, func, select

from server.errors import DataFolderUnusable

_OLDEST = 150_000
_CAUSES: dict[type[Error], str] = {
    InvalidPassword: "the database refuses the password",
    InvalidAuthorizationSpecification: "the database does not let this user in",
    InvalidCatalogName: "there is no database of that name; create it first",
    InsufficientPrivilege: "the database user may not create tables; it must own the database",
}
_SAID = (
    (re.compile("password authentication failed|no password supplied"), InvalidPassword),
    (re.compile('database ".*" does not exist'), InvalidCatalogName),
    (
        re.compile('role ".*" does not exist|no pg_hba.conf'),
        InvalidAuthorizationSpecification,
    ),
)


def check_version(connection: Connection) -> None:
    """Raise `DataFolderUnusable` on a PostgreSQL that is too old."""
    number = int(_setting(connection, "server_version_num"))
    if number < _OLDEST:
        found, oldest = number // 10_000, _OLDEST // 10_000
        raise DataFolderUnusable(f"PostgreSQL {found} is too old; {oldest} or newer is needed")


def wrong_settings(connection: Connection) -> list[str]:
    """Settings under which a commit would not be on the disk."""
    return [
        f"database: {name} is off; what was acknowledged could be lost"
        for name in ("fsync", "full_page_writes")
        if _setting(connection, name) == "off"
    ]


def why(error: BaseException) -> str:
    """The sentence for a failure; the text of the failure itself is not in it."""
    cause = _driver_error(error)
    for kind, sentence in _CAUSES.items():
        if isinstance(cause, kind):
            return sentence
    # A connection that was refused carries no code, only what the server said.
    for said, kind in _SAID:
        if said.search(str(cause)):
            return _CAUSES[kind]
    if isinstance(cause, Error) and cause.sqlstate:
        return f"the database refuses (SQLSTATE {cause.sqlstate}); see its log"
    return "the database cannot be reached; check its address and its log"


def _driver_error(error: BaseException) -> BaseException | None:
    found: BaseException | None = error
    while found is not None and not isinstance(found, Error):
        found = getattr(found, "orig", None) or found.__cause__
    return found


def _setting(connection: Connection, name: str) -> str:
    return str(connection.execute(select(func.current_setting(name))).scalar_one())
