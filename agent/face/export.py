"""Everything this device holds about its person, in files that can be read without Veritype.

Never the secret key and never the token: whoever had those could sign as this device.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from agent import AGENT_VERSION
from agent.errors import ExportRefused
from agent.face import consents
from agent.face.day import day_of
from agent.face.receipts import receipt_file
from agent.identity import Identity, load_enrolled
from agent.paths import Paths
from agent.session.hours import What
from agent.settings import Settings
from agent.spool.reading import ObjectSeen, SpoolReader
from agent.spool.rows import BatchRow
from wire.batch import decode, open_envelope
from wire.codes import LossReason, ObjectKind
from wire.errors import WireError

_README = """\
What Veritype holds about you on this computer
==============================================

about.json      who you are to the server, this device's public name, the agent's settings
consents.json   which rules you accepted or withdrew; the rules themselves are in consents/
hours.json      your hours by day, project and session, in seconds
receipts.json   what the server signed for: `veritype verify receipts.json`
batches/        batches that wait to be sent, opened: one event a line (JSON lines)
aside/          batches that the server refused, opened in the same way
objects/        pictures, titles, notes and class sequences that still lie here
preferences.json  what you chose for yourself, if you did
agent.log       what failed on this computer; nothing of what you did

What was sent and acknowledged lies on the server and not here any more: see your sessions there.
The device's secret key and token are left out on purpose.
"""
_LOSSES = {int(reason): reason.name.lower() for reason in LossReason}
_SUFFIXES = {
    ObjectKind.IMAGE: "webp",
    ObjectKind.TITLE: "txt",
    ObjectKind.NOTE: "txt",
    ObjectKind.TEXT_CLASSES: "classes",
}


def export(
    folder: Path, reader: SpoolReader, paths: Paths, identity: Identity, settings: Settings
) -> int:
    """Write everything into a new or empty folder of this user alone; returns how many files.

    Raises:
        ExportRefused: the folder holds something already, or cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise ExportRefused(f"{folder} is not empty: name a new folder.")
        folder.chmod(0o700)
        for name, data in _files(reader, paths, identity, settings):
            _write(folder / name, data)
        own = (paths.log, paths.preferences, paths.typing_sample)
        for left in (*own, *paths.home.glob("spool.db.damaged-*")):
            if left.exists():
                shutil.copyfile(left, folder / left.name)
    except OSError as error:
        raise ExportRefused(f"{folder} cannot be written: {error.strerror}.") from error
    return sum(1 for path in folder.rglob("*") if path.is_file())


def _files(
    reader: SpoolReader, paths: Paths, identity: Identity, settings: Settings
) -> Iterator[tuple[str, bytes]]:
    yield "README.txt", _README.encode()
    yield "about.json", _json(_about(reader, identity, settings))
    given = consents.all_given(paths)
    yield "consents.json", _json([msgspec.structs.asdict(each) for each in given])
    # Rules that were withdrawn and accepted again lie there under both names.
    rules = {path.stem: path for path in sorted(paths.consents.glob("*"))}
    for stem, path in rules.items():
        if not stem.startswith("project-") and path.suffix in (".json", ".withdrawn"):
            yield f"consents/{stem}.json", path.read_bytes()
    yield "hours.json", _json([day.as_json() for day in _days(reader, paths)])
    yield (
        "receipts.json",
        _json(msgspec.to_builtins(receipt_file(reader, paths, load_enrolled(paths)))),
    )
    for seen in reader.sessions():
        for name, aside in (("batches", False), ("aside", True)):
            for row in reader.batches(seen.session, aside=aside):
                yield f"{name}/{_name(row)}.jsonl", _opened(row)
    for stored in reader.objects():
        if stored.data:
            yield f"objects/{_object_name(stored)}", stored.data


def _about(reader: SpoolReader, identity: Identity, settings: Settings) -> dict[str, Any]:
    return {
        "person_name": identity.person_name,
        "server": identity.server,
        "server_key": identity.server_key.raw,
        "device": identity.device,
        "device_public_key": identity.key.verify_key.raw,
        "agent_version": AGENT_VERSION,
        "settings": asdict(settings),
        "losses_not_reported_yet": {
            _LOSSES.get(reason, f"reason_{reason}"): count
            for reason, count in reader.losses().items()
        },
        "blanked": reader.blankings(),
        "sessions": [asdict(seen) for seen in reader.sessions()],
    }


def _days(reader: SpoolReader, paths: Paths) -> Iterator[Any]:
    moments = [
        row.zero_us + at_us
        for seen in reader.sessions()
        for row in reader.hours(seen.session)
        for at_us in (row.start_us, row.end_us)
        if row.what in (What.COVERED, What.MANUAL)
    ]
    if not moments:
        return
    day, last = _local_day(min(moments)), _local_day(max(moments))
    while day <= last:
        found = day_of(reader, paths, day, 0)
        if found.projects:
            yield found
        day += timedelta(days=1)


def _local_day(at_us: int) -> date:
    return datetime.fromtimestamp(at_us / 1e6).astimezone().date()


def _opened(waiting: BatchRow) -> bytes:
    """A batch as JSON lines: its header, then each event."""
    try:
        envelope = open_envelope(waiting.sealed)
        body = decode(envelope).body
    except WireError as error:
        return _json({"unreadable": type(error).__name__, "sealed": waiting.sealed}, indent=False)
    header = {"header": msgspec.structs.asdict(envelope.header), "digest": envelope.digest}
    lines = [_json(header, indent=False)]
    for kind, columns in body.tables.items():
        lines += [
            _json({"event": kind.__name__, **dict(zip(columns, row, strict=True))}, indent=False)
            for row in zip(*columns.values(), strict=True)
        ]
    return b"\n".join(lines) + b"\n"


def _name(row: BatchRow) -> str:
    return f"{row.session.hex()}-{row.sequence:06}"


def _object_name(stored: ObjectSeen) -> str:
    kind = stored.kind.name.lower()
    # Two sessions may hold the same title or note.
    session, digest = stored.session.hex()[:16], stored.digest.hex()[:16]
    return f"{kind}-{session}-{digest}.{_SUFFIXES[stored.kind]}"


def _json(value: object, *, indent: bool = True) -> bytes:
    encoded = msgspec.json.encode(_plain(value))
    return msgspec.json.format(encoded) + b"\n" if indent else encoded


def _plain(value: Any) -> Any:
    """Bytes in hex, so that an id reads the same everywhere."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
