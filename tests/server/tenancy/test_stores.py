"""Nothing in storage lets one organisation read or change what is another's, on either storage."""

import inspect
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import msgspec
import pytest
from sqlalchemy import ForeignKey, Table, func, select
from sqlalchemy.exc import IntegrityError

from server.clock import now_us
from server.errors import KeyReplaced, NameTaken, NotKnown, PolicyMovedOn
from server.records import (
    EVERYBODY,
    Compacted,
    Job,
    LateBlanking,
    NewSession,
    NewState,
    Role,
    Scope,
    SessionEntry,
    StoredAssessment,
    StoredBatch,
    StoredObject,
    Why,
)
from server.records.hours import Kind
from server.records.scoring import DueState
from server.records.signin import NewInvitation
from server.storage.protocols import OrganisationStore
from server.storage.sql.bound import Bound
from server.storage.sql.organisation import SqlOrganisationStore
from server.storage.tables import metadata
from tests.server import holding
from tests.server.device import Chain
from tests.server.house import POLICY, House
from tests.server.kinds import Typing
from tests.server.tenancy import (
    stores_announce,
    stores_api,
    stores_hours,
    stores_lead,
    stores_privacy,
    stores_reviews,
    stores_submissions,
)
from wire.chain import ChainHead

_LONG_US = 1 << 60
_ASSESSMENT = StoredAssessment("m", "f", "none", None, b"{}", 1)
_NEW = bytes(range(16))
_HASH = bytes(range(32))


@dataclass(frozen=True)
class Stolen:
    """Everything that another organisation could have learned of the first."""

    person: bytes
    device: bytes
    project: bytes
    entry: SessionEntry
    batch: StoredBatch
    object: StoredObject
    job: Job
    team: int
    invitation: int
    key: int


Call = Callable[[OrganisationStore, Stolen], object]


def _compacted(stolen: Stolen) -> Compacted:
    return Compacted(stolen.entry.row, _HASH, 1, _HASH, 1, 1)


STEALING: dict[str, Call] = {
    "accept_invitation": lambda s, x: s.accept_invitation(x.invitation, "N", "n", "h", 1),
    "add_consent": lambda s, x: s.add_consent(x.person, x.project, POLICY, 2),
    "add_late_blanking": lambda s, x: s.add_late_blanking(
        x.entry.row, LateBlanking(_HASH, bytes(32)), b"m", 1
    ),
    "add_object": lambda s, x: s.add_object(x.entry.row, StoredObject(_HASH, "image/webp", 1)),
    "add_pairing_code": lambda s, x: s.add_pairing_code(_HASH, x.person, _LONG_US),
    "add_password_reset": lambda s, x: s.add_password_reset(_HASH, x.person, _LONG_US),
    "add_policy": lambda s, x: s.add_policy(
        x.project, msgspec.structs.replace(POLICY, version=9), 1, "x", 1
    ),
    "add_session": lambda s, x: s.add_session(
        NewSession(_NEW, x.person, x.device, x.project, 1, "0.1.0", 1)
    ),
    "announcements": lambda s, _: s.announcements(0, 100),
    "assessment": lambda s, x: s.assessment(x.entry.row),
    "assessments": lambda s, x: s.assessments(x.entry.row),
    "batches": lambda s, x: s.batches(x.entry.row),
    "begin_second_factor": lambda s, x: s.begin_second_factor(x.person, b"sealed"),
    "bind_identity": lambda s, x: s.bind_identity(x.person, "https://other", "x", 1),
    "compact": lambda s, x: s.compact(_compacted(x), [x.batch], ends=True),
    "compacted": lambda s, x: s.compacted(x.entry.row),
    "redact": lambda s, x: s.redact(_compacted(x), _compacted(x), b"{}", bytes(64)),
    "redaction": lambda s, x: s.redaction(x.entry.row),
    "confirm_second_factor": lambda s, x: s.confirm_second_factor(x.person, 9, [_HASH], 1),
    "consent": lambda s, x: s.consent(x.person, x.project),
    "consent_history": lambda s, x: s.consent_history(x.person),
    "delete_second_factor": lambda s, x: s.delete_second_factor(x.person),
    "delete_typing_sample": lambda s, x: s.delete_typing_sample(x.person),
    "devices": lambda s, x: [*s.devices(None), *s.devices(x.person)],
    "end_sign_ins": lambda s, x: s.end_sign_ins(x.person),
    "finish_job": lambda s, x: s.finish_job(x.job, b"{}", _ASSESSMENT),
    "give_project": lambda s, x: s.give_project(x.project, [x.team]),
    "head": lambda s, x: s.head(x.entry.row),
    "in_log": lambda s, x: s.in_log(x.entry.row),
    "log_is_sealed": lambda s, _: s.log_is_sealed(),
    "hurry": lambda s, x: s.hurry(x.entry.row),
    "identity_provider": lambda s, _: s.identity_provider(),
    "invitations": lambda s, _: s.invitations(1),
    "join_team": lambda s, x: s.join_team(x.team, x.person, leads=True),
    "keep_states": lambda s, x: s.keep_states([NewState(x.entry.row, b"", 0, 1, 1, 0, b"", b"")]),
    "late_blankings": lambda s, x: s.late_blankings(x.entry.row),
    "leave_team": lambda s, x: s.leave_team(x.team, x.person),
    "line": lambda s, x: s.line(x.entry.id),
    "lines": lambda s, _: s.lines(EVERYBODY, 10, None),
    "members": lambda s, _: s.members(),
    "new_batches": lambda s, x: s.new_batches([due(x)], 10),
    "note_device": lambda s, x: s.note_device(x.device, "9.9.9", b"{}", 1 << 60),
    "object": lambda s, x: s.object(x.entry.row, x.object.digest),
    "password_hash": lambda s, x: s.password_hash(x.person),
    "people": lambda s, _: s.people(removed=True),
    "person": lambda s, x: s.person(x.person),
    "person_of_identity": lambda s, _: s.person_of_identity("https://first", "subject"),
    "person_of_login": lambda s, _: s.person_of_login("ada"),
    "platform_keys": lambda s, _: s.platform_keys(),
    "policies": lambda s, x: s.policies(x.project),
    "policy": lambda s, x: s.policy(x.project, 1),
    "project": lambda s, x: s.project(x.project),
    "projects": lambda s, _: s.projects(),
    "projects_closed_to": lambda s, x: s.projects_closed_to(x.person),
    "promise": lambda s, _: s.promise(),
    "put_typing_sample": lambda s, x: s.put_typing_sample(x.person, b"mine", 1),
    "quarantine": lambda s, x: s.quarantine(x.batch.row, "no reason"),
    "recovery_codes_left": lambda s, x: s.recovery_codes_left(x.person),
    "remove_identity_provider": lambda s, _: s.remove_identity_provider(),
    "remove_person": lambda s, x: s.remove_person(x.person, 1),
    "rename_person": lambda s, x: s.rename_person(x.person, "Mallory"),
    "rescore": lambda s, x: s.rescore([x.entry.row], Why.LATE_TEXT, 1),
    "revoke_device": lambda s, x: s.revoke_device(x.device, 1),
    "revoke_platform_key": lambda s, x: s.revoke_platform_key(x.key, 1),
    "scored_sessions": lambda s, _: s.scored_sessions(0, 10, None, None),
    "seal_log": lambda s, _: s.seal_log(0, 10),
    "sealing_key": lambda s, x: s.sealing_key(x.entry.row),
    "second_factor": lambda s, x: s.second_factor(x.person),
    "session": lambda s, x: s.session(x.entry.id),
    "session_numbered": lambda s, x: s.session_numbered(x.entry.row),
    "sessions_with_heads": lambda s, x: s.sessions_with_heads([x.entry.id]),
    "set_language": lambda s, x: s.set_language(x.person, "it"),
    "set_password": lambda s, x: s.set_password(x.person, "hash"),
    "set_role": lambda s, x: s.set_role(x.person, Role.ADMIN),
    "stored_digests": lambda s, x: s.stored_digests(x.entry.row),
    "submitted_late": lambda s, x: s.submitted_late(x.entry.row, 1),
    "taken": lambda s, x: s.taken(x.entry.row, 0),
    "teams": lambda s, _: s.teams(),
    "teams_of": lambda s, x: s.teams_of(x.person),
    "set_reviews_a_day": lambda s, x: s.set_reviews_a_day(x.project, 0),
    "teams_of_project": lambda s, x: s.teams_of_project(x.project),
    "total_objects": lambda s, x: s.total_objects(x.entry.row),
    "typing_sample": lambda s, x: s.typing_sample(x.person),
    "use_recovery_code": lambda s, x: s.use_recovery_code(x.person, _HASH, 1),
    "use_step": lambda s, x: s.use_step(x.person, 99),
    "withdraw_consent": lambda s, x: s.withdraw_consent(x.person, x.project, 2),
    "withdraw_invitation": lambda s, x: s.withdraw_invitation(x.invitation),
    "end_links_of": lambda s, _: s.end_links_of("x"),
    "people_as": lambda s, _: s.people_as(tuple(Role)),
    "retained": lambda s, _: s.retained(0, 1 << 60, 1 << 60, 1 << 60),
    "decided": lambda s, x: s.decided(x.entry.row),
    "objects_of": lambda s, x: s.objects_of(x.entry.row),
    "evidence_of": lambda s, x: s.evidence_of(x.entry.row),
    "forget_evidence": lambda s, x: s.forget_evidence(x.entry.row),
    "forget_overwritten": lambda s, _: s.forget_overwritten(),
    **stores_announce.CASES,
    **stores_api.CASES,
    **stores_hours.CASES,
    **stores_lead.CASES,
    **stores_privacy.CASES,
    **stores_reviews.CASES,
    **stores_submissions.CASES,
}
"""Each method that reads, or that can be called with what is another organisation's."""


OWN: dict[str, Call] = {
    **stores_announce.OWN,
    **stores_lead.OWN,
    **stores_privacy.OWN,
    # Its answer is what was asked for, less what another session of the own names.
    "forget_objects": lambda s, x: s.forget_objects(x.entry.row, [x.object.digest]),
    "add_invitation": lambda s, x: s.add_invitation(
        NewInvitation(bytes(32), Role.TRAINER, frozenset({x.team}), None, "x", 1, _LONG_US)
    ),
    "add_person": lambda s, _: s.add_person("Own", Role.TRAINER, None, None),
    "add_platform_key": lambda s, _: s.add_platform_key("own", bytes(32), frozenset(Scope), 1),
    "add_project": lambda s, _: s.add_project("Own", POLICY, "x", 1),
    "add_team": lambda s, _: s.add_team("Own"),
    "audit": lambda s, _: s.audit("a", "b", "c"),
    "note_pass": lambda s, _: s.note_pass(0, 1),
    "put_promise": lambda s, _: s.put_promise(b"{}", 1),
    "require_second_factor": lambda s, _: s.require_second_factor(required=True),
    "second_factor_required": lambda s, _: s.second_factor_required(),
    "set_identity_provider": lambda s, _: s.set_identity_provider("https://own", "c", b"s"),
    **stores_reviews.OWN,
}
"""Those that make something of their own; they too leave everything else alone."""


EMPTY = {
    "erasures",
    "tombstones",
    "assessments",
    "compacted",
    "control_sessions",
    "corrections",
    "facts",
    "idempotency_keys",
    "review_claims",
    "review_settings",
    "seen_in_full",
    "webhook_attempts",
    "withdrawals",
}
"""Tables that the first organisation has nothing in."""
NOTHING: tuple[object, ...] = (None, False, 0, [], (), frozenset(), {}, ChainHead(), (0, 0))


def due(stolen: Stolen) -> DueState:
    entry = stolen.entry
    return DueState(entry.organisation, entry.row, entry.id, stolen.project, 1, 0, 1, 0, 0, b"")


@pytest.fixture
def stolen(house: House, chain: Chain, typing: Typing) -> Stolen:
    """The first organisation, with something in every corner."""
    own, store = house.own, house.installation.store
    chain.device.put(chain.session, b"note")
    chain.send(typing(0, 60), final=True)
    entry = own.session(chain.session)
    job = store.claim("worker", now_us())
    assert entry is not None
    assert job is not None
    person, team = house.trainer.id, own.add_team("First").id
    own.put_typing_sample(person, b"sealed", 1)
    own.join_team(team, person, leads=False)
    assert own.put_hours(job, [(0, 60, Kind.OBSERVED)], 1)
    own.set_zone(person, "Asia/Kathmandu", 0)
    own.set_identity_provider("https://first", "c", b"s")
    own.bind_identity(person, "https://first", "subject", 1)
    own.begin_second_factor(person, b"sealed")
    own.confirm_second_factor(person, 1, [_HASH], 1)
    own.put_promise(b"{}", 1)
    own.give_project(entry.project, [team])
    stores_reviews.furnish(own, entry)
    holding.hold(own, entry.row, [(0, 1)], _LONG_US, 1)
    stores_submissions.furnish(own, entry)
    stores_privacy.furnish(own, person)
    stores_announce.furnish(own, person)
    stores_lead.furnish(own)
    own.add_late_blanking(entry.row, LateBlanking(b"b" * 32, bytes(32)), b"m", 1)
    assert own.ask_blanking(entry.row, person, b"c" * 32, "theirs", 1)
    own.add_password_reset(b"r" * 32, person, _LONG_US)
    asked = NewInvitation(b"i" * 32, Role.TRAINER, frozenset({team}), None, "x", 1, _LONG_US)
    (digest,) = own.stored_digests(entry.row)
    found = own.object(entry.row, digest)
    assert found is not None
    return Stolen(
        person,
        entry.device,
        entry.project,
        entry,
        own.batches(entry.row)[0],
        found,
        job,
        team,
        own.add_invitation(asked),
        own.platform_keys()[0].row,
    )


def test_every_method_has_a_case() -> None:
    methods = {
        name
        for name, member in inspect.getmembers(OrganisationStore, inspect.isfunction)
        if not name.startswith("_")
    }
    assert methods == STEALING.keys() | OWN.keys()


def test_an_organisation_reaches_nothing_of_another(house: House, stolen: Stolen) -> None:
    store = house.installation.store
    first = store.first_organisation()
    other = store.of(store.add_organisation("Other", 1))
    before = rows_of(house, first)
    assert {name for name, rows in before.items() if not rows} <= EMPTY
    for name, call in (STEALING | OWN).items():
        with suppress(IntegrityError, KeyReplaced, NameTaken, NotKnown, PolicyMovedOn):
            given = call(other, stolen)
            assert name in OWN or given in NOTHING or isinstance(given, int), name
        assert rows_of(house, first) == before, f"{name} changed what is another's"
    assert list(crossings(house)) == [], "a row refers to what is another's"


def rows_of(house: House, organisation: int) -> dict[str, list[tuple[object, ...]]]:
    """Every row of an organisation."""
    found = dict[str, list[tuple[object, ...]]]()
    with house.database.reading.connect() as connection:
        for table in metadata.sorted_tables:
            if "organisation" in table.c:
                query = select(table).where(table.c.organisation == organisation)
                rows = connection.execute(query.order_by(*table.primary_key)).all()
                found[table.name] = [tuple(row) for row in rows]
    return found


def crossings(house: House) -> Iterator[str]:
    """Columns in which a row of one organisation refers to a row of another."""
    with house.database.reading.connect() as connection:
        for table, key in references():
            target = key.column.table.alias()
            query = (
                select(func.count())
                .select_from(table.join(target, key.parent == target.c[key.column.name]))
                .where(table.c.organisation != target.c.organisation)
            )
            if connection.execute(query).scalar_one():
                yield f"{table.name}.{key.parent.name}"


def references() -> Iterator[tuple[Table, ForeignKey]]:
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            if "organisation" in table.c and "organisation" in key.column.table.c:
                yield table, key


def test_no_part_of_a_store_hides_anothers_method() -> None:
    """The parts are mixed into one class, where a private name twice would be the last one's."""
    defined = defaultdict[str, list[str]](list)
    for part in SqlOrganisationStore.__mro__:
        if part not in (SqlOrganisationStore, Bound, object):
            for name in vars(part):
                if not name.startswith("__"):
                    defined[name].append(part.__name__)
    assert {name: parts for name, parts in defined.items() if len(parts) > 1} == {}
