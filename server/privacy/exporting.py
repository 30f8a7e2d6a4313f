"""Everything that is held about a person, as one zip file: for them, and for machines.

`index.html` reads; `data/` holds every row, table by table; `sessions/` what was recorded, opened;
`audit.json` who did and saw what; `manifest.json` the SHA-256 of every file, signed by the server.
"""

import hashlib
import html
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import IO, Any

import msgspec

from server.clock import iso_utc
from server.compaction.block import kept_fields
from server.compaction.reading import opened_session, stored_batches
from server.errors import NotKnown, OriginalDamaged, PictureMissing
from server.operation.keys import ServerKeys
from server.privacy.sealed import SealedObjects, owner_of
from server.records import AuditSearch, Person, SessionEntry
from server.scoring.facts import OpenedSession
from server.services.sealing import SampleSeal
from server.storage.protocols import OrganisationStore, Store
from wire.schema import schema_of
from wire.signing import SigningKey

EXPORT_DOMAIN = b"veritype personal export v1"
_AUDIT_AT_ONCE = 1_000
_ENDINGS = {
    "image/webp": "webp",
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/vnd.veritype.text-classes": "classes",
}


class Manifest(msgspec.Struct, frozen=True):
    """What is in an export; bytes are hex."""

    organisation: str
    person: str
    made_us: int
    files: Mapping[str, str]
    """Path and SHA-256."""
    missing: Sequence[str]
    """What is listed and could not be opened, and why."""
    key: str


class _Zip:
    """A zip file that remembers what was put into it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.files: dict[str, str] = {}
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)

    def add(self, path: str, data: bytes) -> None:
        self._zip.writestr(str(PurePosixPath(path)), data)
        self.files[path] = hashlib.sha256(data).hexdigest()

    def add_json(self, path: str, value: object) -> None:
        self.add(path, msgspec.json.format(msgspec.json.encode(value, enc_hook=_readable)))

    def close(self) -> None:
        self._zip.close()


class PersonalExports:
    """Makes exports."""

    def __init__(self, store: Store, objects: SealedObjects, keys: ServerKeys) -> None:
        self._store = store
        self._objects = objects
        self._keys = keys
        self._samples = SampleSeal(keys.sample_secret)

    def write(self, organisation: int, person: bytes, file: IO[bytes], now_us: int) -> Manifest:
        """Write everything about a person into a file; raises `NotKnown`."""
        own = self._store.of(organisation)
        somebody = own.person(person)
        if somebody is None:
            raise NotKnown("there is no such person")
        out, missing = _Zip(file), list[str]()
        held = own.held_about(person)
        out.add_json("person.json", _described(somebody))
        for table, rows in held.items():
            out.add_json(f"data/{table}.json", [_plain(row) for row in rows])
        self._sample(organisation, own, person, out)
        sessions = own.sessions_of(person)
        for session in sessions:
            missing += self._session(organisation, own, session, out)
        lines = [_plain(_fields(line)) for line in _audit(own, person)]
        out.add_json("audit.json", lines)
        name = next(o.name for o in self._store.organisations() if o.id == organisation)
        out.add("index.html", _index(name, somebody, held, sessions, len(lines), now_us))
        manifest = self._manifest(name, person, now_us, out, missing)
        out.close()
        return manifest

    def _manifest(
        self, organisation: str, person: bytes, now_us: int, out: _Zip, missing: Sequence[str]
    ) -> Manifest:
        key: SigningKey = self._keys.signing
        manifest = Manifest(
            organisation,
            person.hex(),
            now_us,
            dict(out.files),
            missing,
            key.verify_key.key_id.hex(),
        )
        document = msgspec.json.encode(manifest)
        out.add("manifest.json", document)
        out.add("manifest.sig", key.sign(EXPORT_DOMAIN, document).hex().encode())
        return manifest

    def _session(
        self, organisation: int, own: OrganisationStore, session: SessionEntry, out: _Zip
    ) -> Iterator[str]:
        folder, owner = f"sessions/{session.id.hex()}", owner_of(session, organisation)
        try:
            opened = opened_session(own, self._objects, organisation, session.row)
            batches = stored_batches(own, self._objects, organisation, session.row)
        except (OriginalDamaged, PictureMissing) as error:
            yield f"{folder}/events.json: {error}"
        else:
            out.add_json(f"{folder}/events.json", _events(opened))
            taken = own.taken_of(session.row) or [(b.digest, b.received_us) for b in batches]
            received = [
                {"sequence": number, "digest": digest.hex(), "received_us": received_us}
                for number, (digest, received_us) in enumerate(taken)
            ]
            out.add_json(f"{folder}/receipts.json", received)
            if (redaction := own.redaction(session.row)) is not None:
                out.add(f"{folder}/redaction.json", redaction.document)
                out.add(f"{folder}/redaction.sig", redaction.signature.hex().encode())
            for batch in batches:
                out.add(f"{folder}/batches/{batch.sequence}.bin", batch.sealed)
        for stored in own.objects_of(session.row):
            ending = _ENDINGS.get(stored.content_type, "txt")
            path = f"{folder}/objects/{stored.digest.hex()}.{ending}"
            try:
                out.add(path, self._objects.get(owner, stored.digest, stored.place))
            except PictureMissing as error:
                yield f"{path}: {error}"

    def _sample(self, organisation: int, own: OrganisationStore, person: bytes, out: _Zip) -> None:
        sealed = own.typing_sample(person)
        sample = self._samples.open(organisation, person, sealed) if sealed else None
        if sample is not None:
            out.add("typing-sample.json", sample)


def _audit(own: OrganisationStore, person: bytes) -> Iterator[Any]:
    """The lines that concern a person, and those that are theirs, the newest first."""
    for search in (AuditSearch(about=person), AuditSearch(actor=f"person:{person.hex()}")):
        before: int | None = None
        while page := own.audit_search(search, before, _AUDIT_AT_ONCE):
            before = page[-1].row
            yield from (line for line in page if search.about is not None or line.about != person)


def _events(opened: OpenedSession) -> dict[str, dict[str, list[int]]]:
    """All events, kind by kind, as columns: those that are still here."""
    found: dict[str, dict[str, list[int]]] = {}
    for batch in opened.batches:
        for kind, columns in batch.body.tables.items():
            of_kind = found.setdefault(kind.__name__, {})
            fields = schema_of(kind) if opened.redacted_us is None else kept_fields(kind)
            for name in (field.name for field in fields):
                of_kind.setdefault(name, []).extend(columns[name])
    return found


def _described(person: Person) -> dict[str, object]:
    return {
        "id": person.id.hex(),
        "name": person.name,
        "role": person.role.value,
        "login": person.login,
        "removed_us": person.removed_us,
    }


def _fields(line: Any) -> dict[str, object]:
    return {name: getattr(line, name) for name in line.__slots__ if name != "organisation"}


def _plain(row: Mapping[str, Any]) -> dict[str, object]:
    return {name: _readable(value) for name, value in row.items()}


def _readable(value: Any) -> object:
    """JSON documents as they are, other bytes as hex."""
    if not isinstance(value, bytes | memoryview):
        return value
    data = bytes(value)
    if data[:1] in (b"{", b"["):
        try:
            return msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return data.hex()
    return data.hex()


def _index(
    organisation: str,
    person: Person,
    held: Mapping[str, Sequence[Mapping[str, Any]]],
    sessions: Sequence[SessionEntry],
    lines: int,
    now_us: int,
) -> bytes:
    tables = "".join(
        f'<li><a href="data/{name}.json">{name.replace("_", " ")}</a>: {len(rows)}</li>'
        for name, rows in held.items()
        if rows
    )
    worked = "".join(
        f'<li><a href="sessions/{each.id.hex()}/">{each.id.hex()}</a>, '
        f"{iso_utc(each.opened_us)}</li>"
        for each in sessions
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>What is held about you</title></head><body>
<h1>What {html.escape(organisation)} holds about {html.escape(person.name)}</h1>
<p>Made {iso_utc(now_us)}. All of it is in this file, opened; <a href="manifest.json">the
manifest</a> lists every part with its SHA-256 and is signed by the server.</p>
<h2>Sessions</h2><p>Events, receipts, the batches as your computer signed them, and what was
uploaded.</p><ul>{worked}</ul>
<h2>Who did and saw what</h2><p><a href="audit.json">{lines} lines of the audit log</a> concern you
or are yours.</p>
<h2>Everything else, table by table</h2><ul>{tables}</ul>
<p>Left out: secrets by which the server knows you (passwords, codes and keys, stored as hashes or
sealed), who reviewed you and why a session was drawn for review, and other people's words in a
review that is not decided yet.</p>
</body></html>
""".encode()
