"""A data folder, opened. The only module that names concrete storage."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from server.errors import DataFolderUnusable, NotKnown, ServerError
from server.operation.backup import Manifest
from server.operation.config import Settings
from server.operation.house import DataFolder
from server.operation.keys import ServerKeys, load_server_keys, make_server_keys
from server.operation.restore import Told, put_back
from server.operation.settings import load_settings
from server.privacy.sealed import SealedObjects
from server.privacy.vault import Vault
from server.storage.log_seal import LogSeal
from server.storage.objects.folder import FolderObjects
from server.storage.objects.s3 import S3Address, S3Objects
from server.storage.protocols import ObjectStore, Store
from server.storage.sqlite.store import SqliteStore


@dataclass(frozen=True, slots=True)
class Installation:
    """An opened data folder."""

    folder: DataFolder
    settings: Settings
    store: Store
    objects: SealedObjects
    keys: ServerKeys


def make_data_folder(path: Path) -> None:
    """Make or complete a data folder: secrets, database, schema."""
    folder = DataFolder(path)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings = load_settings(path)
    store = _store(folder, settings, None)
    try:
        store.migrate()
        if settings.database and not folder.keys.exists() and _has_data(store):
            raise DataFolderUnusable(
                "another node made this database; copy its keys folder here first"
            )
    finally:
        store.close()
    make_server_keys(folder.keys)
    if not settings.database:
        folder.database.chmod(0o600)
    if not settings.objects:
        folder.objects.mkdir(mode=0o700, exist_ok=True)


def open_installation(path: Path) -> Installation:
    """Open a data folder that `make_data_folder` made.

    Raises:
        DataFolderUnusable: there is none, or its secrets are not usable.
        ConfigInvalid: a setting is wrong.
    """
    folder = DataFolder(path)
    settings = load_settings(path)
    if not settings.database and not folder.database.is_file():
        raise DataFolderUnusable(
            "there is no Veritype data in that folder; run 'veritype-server init' first"
        )
    keys = load_server_keys(folder.keys)
    store = _store(folder, settings, keys)
    objects = SealedObjects(_objects(folder, settings), Vault(store, keys))
    return Installation(folder, settings, store, objects, keys)


def _store(folder: DataFolder, settings: Settings, keys: ServerKeys | None) -> Store:
    log = LogSeal(keys)
    if settings.database:
        return _postgres(settings.database, log)
    return SqliteStore(folder.database, log)


def _postgres(address: str, log: LogSeal) -> Store:
    # Its driver is read by those that use it: each command would take half as long again.
    from server.storage.postgres.store import PostgresStore  # noqa: PLC0415

    return PostgresStore(address, log)


def _objects(folder: DataFolder, settings: Settings) -> ObjectStore:
    if not settings.objects:
        return FolderObjects(folder.objects)
    return S3Objects(
        S3Address(
            settings.objects,
            settings.objects_endpoint,
            settings.objects_region,
            settings.objects_key_id,
            settings.objects_secret,
            settings.objects_path_style,
        )
    )


def restore_objects(path: Path, told: Told) -> None:
    """Put restored objects into the bucket of the settings, if they name one.

    Raises:
        ServerError: the bucket does not take them; the data folder is gone again.
    """
    folder = DataFolder(path)
    try:
        settings = load_settings(path)
        if settings.objects:
            put_back(folder.objects, _objects(folder, settings), told)
    except ServerError:
        shutil.rmtree(path)
        raise


def restore_database(path: Path, manifest: Manifest) -> None:
    """Read a restored dump into the PostgreSQL database of the settings; a SQLite file is in place.

    Raises:
        ServerError: no database is set, it is not empty, or the dump is refused; the data folder
            is gone again.
    """
    from server.storage.postgres.dumps import DUMP, restore_dump  # noqa: PLC0415 - see `_postgres`

    folder = DataFolder(path)
    try:
        settings = load_settings(path)
        if manifest.database != DUMP:
            if settings.database:
                raise DataFolderUnusable("the backup is of SQLite, and 'database' is set")
            return
        if not settings.database:
            raise DataFolderUnusable("the backup is of PostgreSQL: set 'database' to an empty one")
        store = _postgres(settings.database, LogSeal(None))
        empty = not store.schema().found
        store.close()
        if not empty:
            raise DataFolderUnusable("the database of the settings is not empty: name another one")
        restore_dump(settings.database, folder.path)
        (folder.path / DUMP).unlink()
    except ServerError:
        shutil.rmtree(path)
        raise


def _has_data(store: Store) -> bool:
    try:
        store.first_organisation()
    except NotKnown:
        return False
    return True
