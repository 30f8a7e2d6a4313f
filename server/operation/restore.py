"""Restoring a backup: into an empty place only, and only if it is whole."""

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec

from server.errors import ServerError
from server.operation.backup import FORMAT, MANIFEST, Manifest, digest_of_file, make_private
from server.storage.protocols import ObjectStore

Told = Callable[[str, int, int], None]


class BackupDamaged(ServerError):  # noqa: N818 - the house's word for what cannot be used
    """A backup is incomplete or was changed."""


def read_manifest(backup: Path) -> Manifest:
    """What a backup says that it holds.

    Raises:
        BackupDamaged: it says nothing that reads.
    """
    try:
        manifest = msgspec.json.decode((backup / MANIFEST).read_bytes(), type=Manifest)
    except FileNotFoundError as error:
        raise BackupDamaged(f"{backup} is no backup: it has no {MANIFEST}") from error
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BackupDamaged(f"{backup / MANIFEST} cannot be read; take another backup") from error
    if manifest.format != FORMAT:
        raise BackupDamaged(f"the backup is of another format than {FORMAT!r}")
    return manifest


def check(backup: Path, told: Told) -> Manifest:
    """Check every file of a backup against its manifest.

    Raises:
        BackupDamaged: a file is missing, changed or too many; the text names the first.
    """
    manifest = read_manifest(backup)
    known = {entry.path for entry in manifest.files}
    for path in (each for each in backup.rglob("*") if not each.is_dir()):
        name = str(path.relative_to(backup))
        if name != MANIFEST and name not in known:
            raise BackupDamaged(f"{name} is in the backup and not in its manifest")
    for done, entry in enumerate(manifest.files):
        told("checking", done, len(manifest.files))
        path = backup / entry.path
        if not _inside(entry.path) or path.is_symlink() or not path.is_file():
            raise BackupDamaged(f"{entry.path} is missing in the backup")
        if digest_of_file(path) != (entry.size_bytes, entry.sha256):
            raise BackupDamaged(f"{entry.path} is damaged in the backup: take another one")
    return manifest


def restore_files(backup: Path, data: Path, told: Told) -> Manifest:
    """Check a backup and copy it into a data folder that is not there or empty.

    The folder gets its name when all of it is on the disk.

    Raises:
        BackupDamaged: the backup is not whole; nothing was written.
        ServerError: there is something in the folder.
    """
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise ServerError(f"{data} is not empty: restore into a new folder, then move it")
    manifest = check(backup, told)
    draft = data.with_name(f".{data.name}.restoring")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        make_private(draft)
        for done, entry in enumerate(manifest.files):
            told("restoring", done, len(manifest.files))
            target = draft / entry.path
            make_private(target.parent)
            shutil.copyfile(backup / entry.path, target)
            target.chmod(0o600)
            if digest_of_file(target) != (entry.size_bytes, entry.sha256):
                raise BackupDamaged(f"{entry.path} could not be copied whole: check the disk")
        make_private(draft / "objects")
        if data.exists():
            data.rmdir()
        draft.rename(data)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return manifest


def put_back(folder: Path, objects: ObjectStore, told: Told) -> None:
    """Store restored objects where the settings want them, and take them out of the folder.

    Raises:
        StorageAway: that store does not take them; repeating it is harmless.
        BackupDamaged: it gives back something else than it was given.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for done, path in enumerate(files):
        told("objects", done, len(files))
        organisation, name = int(path.relative_to(folder).parts[0]), bytes.fromhex(path.name)
        data = path.read_bytes()
        objects.put(organisation, name, data)
        if objects.get(organisation, name) != data:
            raise BackupDamaged("the object store gives back something else; look at the bucket")
    shutil.rmtree(folder)


def _inside(name: str) -> bool:
    path = Path(name)
    return not path.is_absolute() and ".." not in path.parts
