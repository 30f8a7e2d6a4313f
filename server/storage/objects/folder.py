"""Objects as files: `<folder>/<organisation>/<first two hex digits>/<digest>`."""

import os
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from server.errors import PictureMissing, StorageAway

_NAME = re.compile("[0-9a-f]{64}")


class FolderObjects:
    """See `server.storage.protocols.objects.ObjectStore`; on a local disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, organisation: int, digest: bytes, data: bytes) -> None:
        """Write, sync, and only then give the file its name; repeating it repairs it."""
        path = self._path(organisation, digest)
        try:
            # One that is there may be cut short, or its name not on the disk yet.
            if path.exists() and path.stat().st_size == len(data):
                # It is wanted again: nothing that looks for what nobody lists may take it for old.
                os.utime(path)
            else:
                self._write(path, data)
            for folder in (path.parent, path.parent.parent, self._folder):
                _sync_folder(folder)
        except OSError as error:
            raise StorageAway("the folder of objects takes nothing; try again later") from error

    def get(self, organisation: int, digest: bytes) -> bytes:
        """Read an object."""
        try:
            return self._path(organisation, digest).read_bytes()
        except FileNotFoundError as error:
            raise PictureMissing(f"object {digest.hex()} is not in the store") from error
        except OSError as error:
            raise StorageAway("the folder of objects cannot be read; try again later") from error

    def has(self, organisation: int, digest: bytes) -> bool:
        """Whether the bytes are there."""
        return self._path(organisation, digest).exists()

    def digests(self, organisation: int, before_us: int | None = None) -> Iterator[bytes]:
        """Every object of an organisation."""
        for path in (self._folder / str(organisation)).glob("??/*"):
            if _NAME.fullmatch(path.name) and _is_older(path, before_us):
                yield bytes.fromhex(path.name)

    def delete(self, organisation: int, digests: Iterable[bytes]) -> None:
        """Delete objects for good."""
        paths = [self._path(organisation, digest) for digest in digests]
        try:
            for path in paths:
                path.unlink(missing_ok=True)
            for folder in {path.parent for path in paths if path.parent.exists()}:
                _sync_folder(folder)
        except OSError as error:
            raise StorageAway("the folder of objects takes nothing; try again later") from error

    def check(self) -> Sequence[str]:
        """What is wrong with the folder."""
        if not self._folder.is_dir() or not os.access(self._folder, os.R_OK | os.W_OK | os.X_OK):
            return ["objects: the folder is missing, or the server may not write to it"]
        return []

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{secrets.token_hex(8)}")
        try:
            with draft.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)

    def _path(self, organisation: int, digest: bytes) -> Path:
        name = digest.hex()
        return self._folder / str(organisation) / name[:2] / name


def _is_older(path: Path, than_us: int | None) -> bool:
    try:
        return than_us is None or path.stat().st_mtime_ns // 1_000 < than_us
    except FileNotFoundError:
        return False


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
