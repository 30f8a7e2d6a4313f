"""Backing up a running installation, and what a backup says of itself.

The order is database, objects, secrets: an object is stored before the database names it, and
nothing but `purge` takes one away (it waits for the backup), so that whatever the copied database
names was there when the copies of the objects were made. A backup is written under another name
and gets its own when the manifest is on the disk: there is no half one.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from server.clock import now_us
from server.errors import PictureMissing, ServerError
from server.operation.house import DataFolder
from server.operation.settings import FILE_NAME as SETTINGS_FILE
from server.storage.protocols import ObjectStore, Store

FORMAT = "veritype backup 1"
MANIFEST = "manifest.json"
OBJECTS = "objects"
_CHUNK_BYTES = 1 << 20
Told = Callable[[str, int, int], None]


class Entry(msgspec.Struct, frozen=True):
    """One file of a backup."""

    path: str
    size_bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What is in a backup; whatever is not listed, or differs, makes it a damaged one."""

    format: str
    made_us: int
    """When it began: every batch acknowledged before is in it."""
    database: str
    """The database's file in the backup."""
    schema: str
    objects_copied: bool
    """False in those that earlier versions made of a bucket, which only list them."""
    missing: tuple[str, ...]
    """Objects that the database names and the store no longer has."""
    files: tuple[Entry, ...]


def back_up(
    folder: DataFolder,
    store: Store,
    objects: ObjectStore,
    into: Path,
    told: Told,
) -> tuple[Path, Manifest]:
    """Write a backup of a running installation into a folder; returns where it lies.

    Objects that the backup before it in that folder holds whole are not read again: both share
    their files.

    Raises:
        ServerError: it could not be made; nothing with a backup's name is left.
    """
    began_us = now_us()
    stamp = datetime.fromtimestamp(began_us // 1_000_000, UTC).strftime("%Y%m%dT%H%M%SZ")
    path = into / f"veritype-{stamp}"
    draft = into / f".{path.name}.unfinished"
    if path.exists() or draft.exists():
        raise ServerError(f"{path} is there already")
    make_private(draft)
    try:
        database = store.copy_to(draft, told)
        missing = _objects(store, objects, _Earlier(into), draft, told)
        _small_files(folder, draft)
        manifest = Manifest(
            FORMAT,
            began_us,
            database,
            store.schema().found,
            True,
            tuple(missing),
            tuple(_entries(draft, told)),
        )
        write_synced(draft / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
        draft.rename(path)
        _sync_folder(into)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return path, manifest


def digest_of_file(path: Path) -> tuple[int, str]:
    """Size and SHA-256."""
    digest, size_bytes = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            size_bytes += len(chunk)
    return size_bytes, digest.hexdigest()


def write_synced(path: Path, data: bytes) -> None:
    """Write a file for the owner alone, on the disk when this returns."""
    make_private(path.parent)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def make_private(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for the owner alone."""
    if not folder.is_dir():
        make_private(folder.parent)
        folder.mkdir(mode=0o700)


def object_path(organisation: int, digest: bytes) -> Path:
    """Where an object lies in a backup: as in a data folder."""
    name = digest.hex()
    return Path(OBJECTS) / str(organisation) / name[:2] / name


class _Earlier:
    """The newest backup that lies in a folder already, if there is one that reads."""

    def __init__(self, into: Path) -> None:
        self._path, self._entries = into, dict[str, Entry]()
        for path in sorted(into.glob("veritype-*"), reverse=True):
            try:
                manifest = msgspec.json.decode((path / MANIFEST).read_bytes(), type=Manifest)
            except (OSError, msgspec.DecodeError, UnicodeDecodeError):
                continue
            self._path, self._entries = path, {entry.path: entry for entry in manifest.files}
            return

    def share(self, name: Path, draft: Path) -> bool:
        """Give a draft the file of this name, if it is here and whole."""
        entry, source = self._entries.get(str(name)), self._path / name
        if entry is None or source.is_symlink() or not source.is_file():
            return False
        if digest_of_file(source) != (entry.size_bytes, entry.sha256):
            return False
        make_private((draft / name).parent)
        os.link(source, draft / name)
        return True


def _objects(
    store: Store, objects: ObjectStore, earlier: _Earlier, draft: Path, told: Told
) -> list[str]:
    missing: list[str] = []
    listed = sorted(set(store.listed_objects()))
    for done, (organisation, digest) in enumerate(listed):
        told("objects", done, len(listed))
        name = object_path(organisation, digest)
        if earlier.share(name, draft):
            continue
        try:
            data = objects.get(organisation, digest)
        except PictureMissing:
            missing.append(f"{organisation}/{digest.hex()}")
        else:
            write_synced(draft / name, data)
    return missing


def _small_files(folder: DataFolder, draft: Path) -> None:
    for source in (folder.keys, folder.releases):
        for path in sorted(source.iterdir()) if source.is_dir() else ():
            if path.is_file() and not path.name.startswith("."):
                write_synced(draft / source.name / path.name, path.read_bytes())
    settings = folder.path / SETTINGS_FILE
    if settings.is_file():
        write_synced(draft / SETTINGS_FILE, settings.read_bytes())


def _entries(draft: Path, told: Told) -> Iterator[Entry]:
    files = sorted(path for path in draft.rglob("*") if path.is_file())
    for done, path in enumerate(files):
        told("checksums", done, len(files))
        yield Entry(str(path.relative_to(draft)), *digest_of_file(path))


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
