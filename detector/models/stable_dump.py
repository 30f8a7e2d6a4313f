"""A skops file whose bytes depend on its content alone.

skops names parts by memory addresses and stamps them with the time of writing; two trainings with
the same outcome would then differ. Here the addresses become ordinals and the stamps a constant.
"""

import io
import json
import zipfile
from typing import Any

import skops.io

SCHEMA = "schema.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def stable_dumps(state: dict[str, Any]) -> bytes:
    """Return ``state`` as the bytes of a skops file, equal for equal content."""
    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(state))) as raw:
        schema = json.loads(raw.read(SCHEMA))
        names: dict[str, str] = {}
        _renumber(schema, {}, names)
        parts = {new: raw.read(old) for old, new in names.items()}
    parts[SCHEMA] = json.dumps(schema, separators=(",", ":")).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in sorted(parts):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(info, parts[name], compresslevel=9)
    return out.getvalue()


def _renumber(node: Any, numbers: dict[int, int], names: dict[str, str]) -> None:
    """Replace addresses and file names in a schema, in the order in which they are met."""
    if isinstance(node, list):
        for item in node:
            _renumber(item, numbers, names)
    elif isinstance(node, dict):
        if isinstance(node.get("__id__"), int):
            node["__id__"] = numbers.setdefault(node["__id__"], len(numbers) + 1)
        if isinstance(node.get("file"), str) and node["file"] != SCHEMA:
            suffix = node["file"].rpartition(".")[2]
            node["file"] = names.setdefault(node["file"], f"{len(names) + 1:05d}.{suffix}")
        for value in node.values():
            _renumber(value, numbers, names)
