"""Every table that holds something about a person: what is exported of it, what erasure leaves.

The one list for both. A test fails when a table refers to people, to sessions or to a table in
this list and is not in it: whoever adds one decides here what becomes of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, Table, or_, select, true

from server.storage import tables


@dataclass(frozen=True, slots=True)
class Personal:
    """One table."""

    whose: tuple[str, ...]
    """Columns that lead to the person: directly, by a session, or by another table in the list."""
    why: str
    """Why erasure does what it does with it."""
    deleted: bool = False
    changed: Mapping[str, object] = field(default_factory=dict)
    """What its columns hold after erasure; the others stay."""
    hidden: frozenset[str] = frozenset()
    """Columns that the export leaves out: secrets, and what would name or bind somebody else."""


def _hidden(*names: str) -> frozenset[str]:
    return frozenset(names)


_PAY = "hours and pay: kept as long as accounting law asks, under a number instead of a name"
_GONE = "nothing needs it any more"
_DESTROYED = "without it nothing that was sealed opens: this is the erasure"
_CONTENT = "content of evidence"
_WRITTEN = "reviews are closed and emptied before, by `forget_reviews_of`"
_ANSWERED = "what the platform was told stays true; it names the session, not the person"

_BLIND = _hidden("how", "selected_with", "probability", "stake", "claimed_by", "second_share")
"""Why a session was looked at, and by whom: reviews are blind both ways."""

PERSONAL: Mapping[str, Personal] = {
    "sessions": Personal(("person",), _PAY, changed={"observes": None}),
    "heads": Personal(("session",), "where the chain ended", changed={"last_row": None}),
    "batches": Personal(("session",), _CONTENT, deleted=True, hidden=_hidden("sealed")),
    "compacted": Personal(("session",), _CONTENT, deleted=True, hidden=_hidden("taken")),
    "objects": Personal(("session",), _CONTENT, deleted=True),
    "late_blankings": Personal(("session",), _CONTENT, deleted=True),
    "blanking_requests": Personal(("session", "person"), _CONTENT, deleted=True),
    "tombstones": Personal(("session",), "digests alone", hidden=_hidden("digests")),
    "facts": Personal(("session",), "hours alone stay of it, written by the erasure"),
    "assessments": Personal(("session",), "emptied by the erasure: not judged"),
    "scoring_jobs": Personal(
        ("session",), _GONE, changed={"done": True, "failure": None}, hidden=_hidden("worker")
    ),
    "scoring_states": Personal(
        ("session",), _CONTENT, deleted=True, hidden=_hidden("worker", "state", "provisional")
    ),
    "consents": Personal(("person",), "shows that recording was agreed to"),
    "withdrawals": Personal(("person",), "shows when agreement ended"),
    "devices": Personal(
        ("person",),
        "its public key checks what was signed",
        changed={"platform": "", "agent_version": "", "observes": None, "seen_us": None},
        hidden=_hidden("token_hash"),
    ),
    "pairing_codes": Personal(("person",), _GONE, deleted=True, hidden=_hidden("code_hash")),
    "password_resets": Personal(("person",), _GONE, deleted=True, hidden=_hidden("token_hash")),
    "recovery_codes": Personal(("person",), _GONE, deleted=True, hidden=_hidden("code_hash")),
    "second_factors": Personal(("person",), _GONE, deleted=True, hidden=_hidden("sealed")),
    "identities": Personal(("person",), _GONE, deleted=True),
    "notices": Personal(("person",), _GONE, deleted=True),
    "mail_addresses": Personal(("person",), _GONE, deleted=True, hidden=_hidden("token_hash")),
    "team_members": Personal(("person",), _GONE, deleted=True),
    "typing_samples": Personal(("person",), _GONE, deleted=True, hidden=_hidden("message")),
    "person_keys": Personal(("person",), _DESTROYED, deleted=True, hidden=_hidden("wrapped")),
    "personal_exports": Personal(("person",), _GONE, deleted=True),
    "erasures": Personal(("person",), "shows that it was done"),
    "legal_holds": Personal(("person", "session"), "none is in force; shows that one was"),
    "zones": Personal(("person",), _PAY),
    "hours": Personal(("session", "person"), _PAY),
    "session_hours": Personal(("session", "person"), _PAY),
    "holds": Personal(("session",), _PAY),
    "timesheets": Personal(("person",), _PAY, changed={"reason": None, "answer": None}),
    "corrections": Personal(("timesheet",), _PAY, changed={"reason": None}),
    "submissions": Personal(
        ("person",),
        _ANSWERED,
        # Looked at again: what was to be decided is answered anew.
        changed={"sealed": None, "alignment": None, "look_us": 0},
        hidden=_hidden("sealed"),
    ),
    "submission_sessions": Personal(("session",), _ANSWERED),
    "submission_answers": Personal(("submission",), _ANSWERED),
    "reviews": Personal(
        ("session",),
        _WRITTEN,
        hidden=_BLIND,
    ),
    "review_events": Personal(
        ("person", "review"), _WRITTEN, hidden=_hidden("person", "how", "selected_with", "again")
    ),
    "review_claims": Personal(("person",), "shows who reviewed, by number"),
    "seen_in_full": Personal(("person",), "shows who saw what, by number"),
    "control_sessions": Personal(("session",), _WRITTEN, hidden=_hidden("truth")),
}


def rows_of(name: str, organisation: int, person: bytes) -> Select[tuple[object, ...]]:
    """The rows of a table that the person is shown, with the columns that they are shown."""
    table, personal = tables.metadata.tables[name], PERSONAL[name]
    shown = [column for column in table.c if column.name not in personal.hidden]
    theirs = is_theirs(name, organisation, person)
    return select(*shown).where(theirs, _may_see(table, person)).order_by(*table.primary_key)


def is_theirs(name: str, organisation: int, person: bytes) -> ColumnElement[bool]:
    """Whether a row of a table is about the person."""
    table = tables.metadata.tables[name]
    found = [_leads(table, column, organisation, person) for column in PERSONAL[name].whose]
    return or_(*found) & (table.c.organisation == organisation)


def _leads(table: Table, name: str, organisation: int, person: bytes) -> ColumnElement[bool]:
    column = table.c[name]
    (key,) = column.foreign_keys
    target = key.column.table
    if target is tables.people:
        return column == person
    return column.in_(select(key.column).where(is_theirs(target.name, organisation, person)))


def _may_see(table: Table, person: bytes) -> ColumnElement[bool]:
    """Less other people's part in what is not decided, and holds that the law forbids to tell."""
    reviews = tables.reviews
    if table is tables.legal_holds:
        return table.c.not_told_because.is_(None)
    if table is reviews:
        return table.c.how != "control"
    if table is tables.control_sessions:
        return ~true()
    if table is tables.review_events:
        decided = select(reviews.c.row).where(
            reviews.c.decided_us.is_not(None), reviews.c.how != "control"
        )
        return (table.c.person == person) | table.c.review.in_(decided)
    return true()
