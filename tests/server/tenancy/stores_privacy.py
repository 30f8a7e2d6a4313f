"""Keys, and what is sealed: each method, called with what is another organisation's."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from server.records import AuditSearch, Owner, Place, ToReseal
from server.records.privacy import ErasedSession, Held, LegalHold, PersonalExport
from server.storage.protocols import OrganisationStore

Call = Callable[[OrganisationStore, Any], object]
_PLACE = Place(bytes(32), 1)


def _moved(stolen: Any) -> ToReseal:
    owner = Owner(stolen.entry.organisation, stolen.person, stolen.entry.id)
    return ToReseal(owner, stolen.entry.row, (stolen.object.digest,), (stolen.object.place,))


_HOLD = LegalHold(0, None, None, None, "theirs", "x", 1, None, None, None, None)
_ERASED = ErasedSession(1, b"", b"{}", bytes(64))
_EXPORT = PersonalExport(1, b"", 1, 1, None, None, None, None)

CASES: Mapping[str, Call] = {
    "ask_blanking": lambda s, x: s.ask_blanking(x.entry.row, x.person, b"c" * 32, "why", 2),
    "blanking_requests_of": lambda s, x: s.blanking_requests_of(x.person, 10),
    "open_blanking_requests": lambda s, _: s.open_blanking_requests(10),
    "decide_blanking": lambda s, _: s.decide_blanking(1, "no", 2, granted=True),
    "add_legal_hold": lambda s, x: s.add_legal_hold(replace(_HOLD, person=x.person)),
    "add_tombstone": lambda s, x: s.add_tombstone(x.entry.row, _ERASED),
    "audit_end": lambda s, _: s.audit_end(),
    "audit_heads": lambda s, _: s.audit_heads(10),
    "audit_lines": lambda s, _: s.audit_lines(0, 10),
    "audit_search": lambda s, x: s.audit_search(AuditSearch(x.person), None, 10),
    "begin_erasure": lambda s, x: s.begin_erasure(x.person, "x", 1),
    "claim_export": lambda s, _: s.claim_export(1 << 60),
    "empty_session": lambda s, x: s.empty_session(x.entry.row, b"{}", b"{}"),
    "erasing": lambda s, x: s.erasing(x.person),
    "exports_asked": lambda s, _: s.exports_asked(),
    "export_of": lambda s, x: s.export_of(x.person),
    "finish_erasure": lambda s, x: s.finish_erasure(x.person, "Nobody", "x", 1),
    "finish_export": lambda s, x: s.finish_export(replace(_EXPORT, person=x.person)),
    "forget_exports": lambda s, x: s.forget_exports(1 << 60, x.person),
    "held_about": lambda s, x: [row for rows in s.held_about(x.person).values() for row in rows],
    "taken_of": lambda s, x: s.taken_of(x.entry.row),
    "tombstone": lambda s, x: s.tombstone(x.entry.row),
    "ask_export": lambda s, x: s.ask_export(x.person, 1),
    "held": lambda s, _: s.held(1) != Held(frozenset(), frozenset(), frozenset()),
    "legal_holds": lambda s, _: s.legal_holds(),
    "lift_legal_hold": lambda s, _: s.lift_legal_hold(1, "x", 1),
    "looked_at": lambda s, x: s.looked_at("operator", x.entry.id.hex()),
    "purge_records": lambda s, _: s.purge_records(10),
    "sessions_of": lambda s, x: s.sessions_of(x.person),
    "forget_organisation_key": lambda s, _: s.forget_organisation_key(1),
    "forget_person_key": lambda s, _: s.forget_person_key(1),
    "move_sealed": lambda s, x: s.move_sealed(_moved(x), [_PLACE]),
    "organisation_keys": lambda s, _: s.organisation_keys(),
    "person_keys": lambda s, x: s.person_keys(x.person),
    "person_keys_under": lambda s, _: s.person_keys_under(1, 10),
    "plain_in_use": lambda s, x: s.plain_in_use(x.object.digest),
    "rewrap_organisation_key": lambda s, _: s.rewrap_organisation_key(1, b"", b""),
    "rewrap_person_keys": lambda s, _: s.rewrap_person_keys(1, {1: b"mine"}),
    "sealed_under": lambda s, _: s.sealed_under(1, 10),
    "unsealed": lambda s, _: s.unsealed(10),
}
OWN: Mapping[str, Call] = {
    "add_audit_head": lambda s, _: s.add_audit_head(0, b"{}", bytes(64), 1),
    "add_purge_record": lambda s, _: s.add_purge_record(1, b"{}", bytes(64)),
    "claim_daily": lambda s, _: s.claim_daily("purge", 1, 1),
    "finish_daily": lambda s, _: s.finish_daily("purge", 1),
    "add_organisation_key": lambda s, _: s.add_organisation_key(b"own", 0, 1),
    # The organisation's own newest key, and somebody else's person.
    "add_person_key": lambda s, x: s.add_person_key(
        x.person, s.add_organisation_key(b"own", 0, 1).row, b"mine", 0, 1
    ),
}


def furnish(own: OrganisationStore, stolen_person: bytes) -> None:
    """Something in every table of the first organisation."""
    own.add_legal_hold(replace(_HOLD, person=stolen_person))
    own.audit("operator", "person.added", stolen_person.hex())
    own.add_audit_head(0, b"{}", bytes(64), 1)
    own.add_purge_record(1, b"{}", bytes(64))
    own.claim_daily("purge", 1, 1)
    own.ask_export(stolen_person, 1)
