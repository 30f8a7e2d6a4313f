"""Writing labelled sessions for `python -m detector train --labels`.

Two files: `sessions.parquet`, the detector's keystroke table (times and classes of keys, never
characters), and `labels.csv`, one line a session with its label's provenance. People and sessions
appear under pseudonyms made with a key that is thrown away: one export cannot be joined to another.
"""

import csv
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from detector.doors.labels import LABELS_FILE, SESSIONS_FILE, LabelledSession, write_labelled
from detector.from_wire.recordings import recording_from_batches
from server.clock import iso_utc
from server.compaction.reading import opened_session
from server.errors import ServerError
from server.labels.choosing import Label, label_of_control, label_of_review
from server.privacy.sealed import SealedObjects
from server.records import SessionEntry
from server.scoring.assessments import Assessed
from server.storage.protocols import OrganisationStore
from wire.decoding import decoder_of

_AT_ONCE = 200
_PSEUDONYM_CHARS = 24
_ACTOR = "operator"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A session with its label."""

    entry: SessionEntry
    label: Label
    model_version: str
    features_version: str


class LabelExport:
    """Exports one organisation's labels."""

    def __init__(self, store: OrganisationStore, objects: SealedObjects, organisation: int) -> None:
        self._store = store
        self._objects = objects
        self._organisation = organisation
        self._key = secrets.token_bytes(32)

    def write(self, folder: Path) -> int:
        """Write both files into a new folder; how many sessions.

        Raises:
            ServerError: the folder is there already, or no session has a label.
        """
        found = list(self._labelled())
        if not found:
            raise ServerError(
                "no session has a label yet: mark control sessions, or wait for decided reviews"
            )
        try:
            folder.mkdir(mode=0o700, parents=True)
        except FileExistsError:
            raise ServerError(f"{folder} is there already: name a new folder") from None
        written = write_labelled(folder / SESSIONS_FILE, (self._session(one) for one in found))
        with (folder / LABELS_FILE).open("w", newline="", encoding="utf-8") as file:
            lines = csv.writer(file)
            lines.writerow(_COLUMNS)
            lines.writerows(self._line(one) for one in found)
        self._store.audit(_ACTOR, "labels.exported", f"sessions={written}")
        return written

    def _labelled(self) -> Iterator[Labelled]:
        """A control's maker knows better than its reviewers: its label comes first."""
        done = set[int]()
        for control in self._store.control_sessions():
            done.add(control.session_row)
            yield from self._of(
                control.session_row, label_of_control(control.truth, control.marked_us)
            )
        after = 0
        while reviews := self._store.committed_reviews(after, _AT_ONCE):
            after = reviews[-1].row
            for review in reviews:
                row = review.session_row
                if row is not None and row not in done:
                    done.add(row)
                    yield from self._of(row, label_of_review(review, self._published(row)))

    def _published(self, session_row: int) -> Assessed | None:
        stored = self._store.assessments(session_row)
        return decoder_of(Assessed).decode(stored[0].document) if stored else None

    def _of(self, session_row: int, label: Label | None) -> Iterator[Labelled]:
        entry = self._store.session_numbered(session_row) if label is not None else None
        if entry is None or label is None or not self._store.evidence_of(session_row):
            return
        kept = self._store.compacted(session_row)
        if kept is not None and kept.redacted_us is not None:
            # Its keys have no classes and no hold times any more: nothing to learn from.
            return
        stored = self._store.assessments(session_row)
        model, features = (
            (stored[0].model_version, stored[0].features_version) if stored else ("none", "none")
        )
        yield Labelled(entry, label, model, features)

    def _session(self, one: Labelled) -> LabelledSession:
        opened = opened_session(self._store, self._objects, self._organisation, one.entry.row, ())
        return LabelledSession(
            self._pseudonym(b"session", one.entry.id),
            self._pseudonym(b"person", one.entry.person),
            one.label.label,
            recording_from_batches(opened.batches).keystrokes,
        )

    def _line(self, one: Labelled) -> tuple[str, ...]:
        label = one.label
        return (
            self._pseudonym(b"session", one.entry.id),
            label.label,
            label.source.value,
            label.how.value,
            f"{label.selected_with:.6g}",
            f"{label.weight:.6g}",
            "yes" if label.may_evaluate else "no",
            iso_utc(label.decided_us)[:10],
            str(one.entry.policy_version),
            one.model_version,
            one.features_version,
        )

    def _pseudonym(self, what: bytes, of: bytes) -> str:
        return hmac.digest(self._key, what + b"\0" + of, "sha256").hex()[:_PSEUDONYM_CHARS]


_COLUMNS = (
    "session",
    "label",
    "source",
    "how_selected",
    "selected_with",
    "weight",
    "may_evaluate",
    "decided_on",
    "policy_version",
    "model_version",
    "features_version",
)
