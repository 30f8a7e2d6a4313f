"""Galleries as files: a name, a version, and the columns as npy arrays one after another.

The columns are mapped into memory, so that a search reads only the pages that it touches.
"""

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from detector.errors import BadGalleryError
from detector.replay import Gallery

MAGIC = b"veritype gallery 1\n".ljust(64)
"""As long as npy aligns to, so that every column starts at a multiple of its item's size."""
COLUMNS = (
    ("session_tag", np.uint64),
    ("person_tag", np.uint64),
    ("shapes", np.uint32),
    ("shape_tag", np.uint32),
    ("session", np.uint32),
    ("start", np.uint32),
)


def write_gallery(gallery: Gallery, path: Path) -> None:
    """Write a gallery; a file that is there is replaced at once or, on failure, not at all."""
    unfinished = path.with_name(path.name + ".unfinished")
    with unfinished.open("wb") as file:
        file.write(MAGIC)
        npy.write_array(file, np.array([gallery.check], dtype=np.uint64), allow_pickle=False)
        for name, kind in COLUMNS:
            npy.write_array(file, getattr(gallery, name).astype(kind), allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def read_gallery(path: Path) -> Gallery:
    """Map a gallery's columns.

    Raises:
        BadGalleryError: the file is no gallery, or damaged.
    """
    try:
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise BadGalleryError(f"{path} is no gallery of signatures")
        offset = len(MAGIC)
        check, offset = _column(path, offset, np.uint64)
        columns = {}
        for name, kind in COLUMNS:
            columns[name], offset = _column(path, offset, kind)
    except (ValueError, OSError) as error:
        raise BadGalleryError(f"{path} is damaged: build the gallery again ({error})") from error
    if len(check) != 1 or path.stat().st_size != offset:
        raise BadGalleryError(f"{path} is damaged: build the gallery again")
    return Gallery(int(check[0]), **columns)


def _column(path: Path, offset: int, kind: type[np.unsignedinteger]) -> tuple[NDArray[Any], int]:
    """Map the array at ``offset``; return it and where it ends."""
    with path.open("rb") as file:
        file.seek(offset)
        if npy.read_magic(file) != (1, 0):
            raise ValueError("unknown version of npy")
        shape, _, found = npy.read_array_header_1_0(file)
        start = file.tell()
    if found != np.dtype(kind) or len(shape) != 1:
        raise ValueError(f"{found} where {np.dtype(kind)} belongs")
    count = int(shape[0])
    end = start + count * found.itemsize
    if path.stat().st_size < end:
        raise ValueError("it ends early")
    if not count:
        return np.zeros(0, dtype=kind), end
    return np.memmap(path, dtype=kind, mode="r", offset=start, shape=(count,)), end
