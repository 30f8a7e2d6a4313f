"""Classes of keys go days after the last decision; times, hours and what was judged stay."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from server.cli.main import main
from server.clock import now_us
from server.compaction import block
from server.compaction.block import decode_block, encode_block
from server.compaction.compactor import Compactor
from server.compaction.reading import opened_session, stored_batches
from server.compaction.redacting import REMOVED, Redaction
from server.errors import KeyReplaced, NotKnown, StorageAway
from server.operation.examination import examine
from server.privacy.daily import Daily
from server.privacy.erasing import Erasure
from server.privacy.exporting import PersonalExports
from server.privacy.holding import LegalHolds
from server.privacy.purge_records import PurgeRecord, newest_record
from server.privacy.purging import Purge
from server.privacy.rotation import Rotation
from server.privacy.sealed import owner_of
from server.records import (
    Compacted,
    EventKind,
    ReviewEvent,
    Role,
    SessionState,
    Truth,
    Why,
)
from server.reviews.moving import move
from server.scoring import references
from server.scoring.again import score_again, score_all_again
from server.scoring.facts import OpenedSession
from server.scoring.session import Scoring
from server.scoring.worker import do_next
from server.services.asking import Asker
from server.services.review import Review
from server.submissions.aligning import worksites
from server.submissions.asked import Place as AskedPlace
from tests.server.browser import Browser, signed_in
from tests.server.device import Chain
from tests.server.holding import review_of
from tests.server.house import PASSWORD, House
from tests.server.kinds import Typing
from tests.server.privacy.conftest import Unjudged
from tests.server.privacy.uploads import names
from tests.server.storages import ON_SQLITE
from tests.server.test_scoring import undecodable
from wire.events import Keystroke, TextSubmitted
from wire.schema import kind_numbered, schema_of

DAY_US = 86_400_000_000
CLASSES = ("hold_us", "key_class", "flags", "device")
SUBMITTED = TextSubmitted(9_000_000, 1, 0, 60, 11, 12, 13, 14)


def purge(house: House, after_days: float = 31, *, dry_run: bool = False) -> PurgeRecord:
    installation, at_us = house.installation, now_us() + int(after_days * DAY_US)
    store, objects, keys = installation.store, installation.objects, installation.keys
    run = Purge(store, objects, keys, at_us, lambda *_: None, dry_run=dry_run)
    counts = run.run()
    if dry_run:
        return PurgeRecord(1, 0, "", counts, {}, [], 0, "", 0, [], overwritten=True)
    found = newest_record(house.own)
    assert found is not None
    return found


def verify(house: House, session: str, *words: str, fails: int = 0) -> str:
    command = ["session", "verify", session, *words, "--data", str(house.path)]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == fails, done.output
    return done.output


def opened(house: House, row: int = 1) -> OpenedSession:
    return opened_session(house.own, house.installation.objects, 1, row)


def kept(house: House) -> Compacted:
    found = house.own.compacted(1)
    assert found is not None
    return found


def columns(found: OpenedSession, kind: type[Any]) -> dict[str, list[int]]:
    parts = [batch.body.columns(kind) for batch in found.batches]
    return {f.name: [v for part in parts for v in part[f.name]] for f in schema_of(kind)}


def score(house: House) -> bool:
    installation = house.installation
    scoring = Scoring(installation.store, installation.objects, Unjudged(), installation.keys)
    return do_next(installation.store, scoring, "test")


@pytest.fixture
def typed(house: House, chain: Chain, typing: Typing) -> str:
    """A session with typing and a submitted text, over and scored, still in the log."""
    chain.send(typing(0, 60))
    damaged = undecodable(chain)
    chain.accept(damaged, chain.device.post(damaged.sealed))
    chain.send([SUBMITTED], final=True)
    assert score(house)
    return chain.session.hex()


@pytest.fixture
def compacted(house: House, typed: str) -> str:
    assert Compactor(house.installation.store, house.installation.objects).do_next()
    return typed


def test_what_goes_is_what_the_schema_keeps_as_class_sequences() -> None:
    digests = [f"TextSubmitted.digest_{n}" for n in range(4)]
    assert sorted(REMOVED) == sorted([*(f"Keystroke.{name}" for name in CLASSES), *digests])


def test_classes_go_at_their_time_and_the_rest_stays(
    house: House, chain: Chain, compacted: str
) -> None:
    before, were, at = opened(house), kept(house), names(house)
    sealed, head = stored_batches(house.own, house.installation.objects, 1, 1), house.own.head(1)
    assert dict(purge(house, 29).removed) == {}
    assert dict(purge(house, dry_run=True).removed) == {"class_sequences": 1}
    assert opened(house) == before
    found = purge(house)
    assert (dict(found.removed), found.left) == ({"class_sequences": 1}, [])
    assert dict(found.days) == {"class_sequences": [30]}
    assert found.names == sorted(name.hex() for name in at)

    assert names(house) == {kept(house).block_name}, "one object, and it is a new one"
    assert names(house) & {were.original_name, were.block_name} == set()
    after = opened(house)
    assert after.redacted_us is not None
    assert (after.headers, after.received_us) == (before.headers, before.received_us)
    for kind in {kind for batch in before.batches for kind in batch.body.tables}:
        was, now = columns(before, kind), columns(after, kind)
        for name, values in was.items():
            gone = f"{kind.__name__}.{name}" in REMOVED
            assert now[name] == ([0] * len(values) if gone else values)
    assert len(columns(after, Keystroke)["t_us"]) == 60
    assert [lost[0].sealed for lost in after.undecodable] == [b""], "nobody knows what is in it"
    assert stored_batches(house.own, house.installation.objects, 1, 1) == ()

    assert "verified until" in verify(house, compacted)
    told = json.loads(verify(house, compacted, "--json"))
    assert (told["batches"], told["wrong"], told["purged"]) == (3, None, False)
    assert house.own.head(1) == head
    again = chain.device.post(sealed[0].sealed)
    assert again.status_code == 200, "its receipt is given again"
    line = house.own.line(chain.session)
    assert line is not None
    assert (line.state, house.rows("assessments")) == (SessionState.SCORED, 1)


@pytest.mark.usefixtures("compacted")
def test_a_session_without_classes_is_not_visited_again_before_the_rest_is_due(
    house: House,
) -> None:
    later_us = now_us() + 40 * DAY_US
    assert len(house.own.retained(0, later_us, later_us, 0)) == 1
    purge(house)
    assert house.own.retained(0, later_us, later_us, 0) == []
    assert dict(purge(house, 40).removed) == {}
    assert dict(purge(house, 366).removed) == {"batches": 3}
    assert (names(house), house.rows("compacted")) == (set(), 0)


@pytest.mark.usefixtures("typed")
def test_one_that_waits_in_the_log_leaves_it_first(house: House) -> None:
    found = purge(house)
    assert dict(found.removed) == {"class_sequences": 1}
    assert (house.rows("batches"), names(house)) == (0, {kept(house).block_name})
    assert opened(house).redacted_us is not None


def test_one_that_nobody_ended_is_closed_with_it(
    house: House, chain: Chain, typing: Typing
) -> None:
    chain.send(typing(0, 60))
    assert dict(purge(house, 67).removed) == {}
    assert dict(purge(house, 69).removed) == {"class_sequences": 1}
    assert (house.rows("batches"), house.rows("scoring_states")) == (0, 0)
    assert columns(opened(house), Keystroke)["key_class"] == [0] * 60
    assert chain.device.post(chain.seal(typing(9_000_000, 3)).sealed).status_code == 409
    assert "verified until" in verify(house, chain.session.hex())
    assert dict(purge(house, 70).removed) == {}
    assert dict(purge(house, 404).removed) == {"batches": 1}
    assert names(house) == set()


def test_a_device_that_comes_back_keeps_its_session(
    house: House, chain: Chain, typing: Typing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the transaction a batch came: nothing of the session is closed."""
    chain.send(typing(0, 60))
    read = type(house.own).batches

    def then_one_more(*words: Any) -> Any:
        rows = read(*words)
        monkeypatch.undo()
        chain.send(typing(30_000_000, 60))
        return rows

    monkeypatch.setattr(type(house.own), "batches", then_one_more)
    assert dict(purge(house, 69).removed) == {"strays": 2}, "what it had put"
    assert house.rows("batches") == 2
    assert not house.own.head(1).closed


@pytest.mark.usefixtures("compacted")
def test_what_is_stored_unsealed_goes_too(house: House) -> None:
    """Both objects as a version before sealing left them."""
    were, objects = kept(house), house.installation.objects
    session = house.own.session_numbered(1)
    assert session is not None
    for digest, place in ((were.original, were.original_place), (were.block, were.block_place)):
        assert place is not None
        owner = owner_of(session, 1)
        objects.stored.put(1, digest, objects.get(owner, digest, place))
        objects.stored.delete(1, [place.name])
    house.change("UPDATE compacted SET original_name = NULL, block_name = NULL, person_key = NULL")
    assert names(house) == {were.original, were.block}
    assert dict(purge(house).removed) == {"class_sequences": 1}
    assert names(house) == {kept(house).block_name}


@pytest.mark.usefixtures("compacted")
def test_holds_and_open_reviews_suspend_it(house: House) -> None:
    hold = LegalHolds(house.own, "operator").place(now_us(), project="Demo", reason="Case 1")
    found = purge(house)
    assert (dict(found.removed), found.held_sessions) == ({}, 1)
    LegalHolds(house.own, "operator").lift(hold, now_us())
    review = review_of(house.own, 1)
    assert dict(purge(house).removed) == {}
    assert opened(house).redacted_us is None
    move(house.own, review, ReviewEvent(EventKind.CLOSED, now_us()))
    assert dict(purge(house).removed) == {"class_sequences": 1}


@pytest.mark.parametrize("where", ["redact", "delete", "compacted"])
def test_what_a_crash_cut_off_is_finished_by_the_next_run(
    house: House, typed: str, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the row names the new columns, before the old bytes go, and right after the log."""
    del typed
    stored = house.installation.objects.stored

    def cut_off(*_: object) -> None:
        raise StorageAway("cut off")

    with monkeypatch.context() as patch:
        if where == "redact":
            patch.setattr(type(house.own), "redact", cut_off)
        elif where == "delete":
            patch.setattr(stored, "delete", cut_off)
        else:
            patch.setattr("server.compaction.redacting.Redactor._replace", cut_off)
        with pytest.raises(StorageAway):
            purge(house)
    assert len(names(house)) == {"redact": 3, "delete": 3, "compacted": 2}[where]
    assert dict(purge(house).removed) in ({"class_sequences": 1}, {"strays": 2})
    assert names(house) == {kept(house).block_name}
    assert opened(house).redacted_us is not None


def test_a_key_that_was_replaced_meanwhile_seals_it_anew(
    house: House, compacted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    redact = type(house.own).redact

    def replaced(*_: object) -> bool:
        monkeypatch.setattr(type(house.own), "redact", redact)
        raise KeyReplaced("replaced")

    monkeypatch.setattr(type(house.own), "redact", replaced)
    assert dict(purge(house).removed) == {"class_sequences": 1}
    assert "verified until" in verify(house, compacted)


@pytest.mark.usefixtures("compacted")
def test_a_day_with_more_than_fits_goes_on_an_hour_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation = house.installation
    store, objects, keys = installation.store, installation.objects, installation.keys
    node, hour_us = Daily(house.path, store, objects, keys), 3_600_000_000
    at_us = (now_us() // DAY_US + 40) * DAY_US
    with monkeypatch.context() as patch:
        patch.setattr("server.privacy.daily._CLASSES_FOR_S", -1.0)
        assert [node.do_next(at_us) for _ in range(5)] == [True] * 4 + [False]
    assert kept(house).redacted_us is None
    assert not node.do_next(at_us + hour_us - 1), "a backup has its turn"
    assert node.do_next(at_us + hour_us + 1)
    assert kept(house).redacted_us is not None
    assert not node.do_next(at_us + 2 * hour_us), "done for the day"


@pytest.mark.usefixtures("compacted")
def test_another_node_that_was_first_leaves_nothing_to_count(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(house.own), "redact", lambda *_: False)
    assert dict(purge(house).removed) == {"strays": 1}, "the columns that it had put"
    monkeypatch.undo()
    assert kept(house).redacted_us is None
    purge(house)
    again = house.own.redact(kept(house), kept(house), b"{}", bytes(64))
    assert not again, "once"


@pytest.mark.usefixtures("compacted")
def test_what_cannot_be_read_is_told_and_stays(house: House) -> None:
    were = kept(house)
    objects = house.installation.objects.stored
    there = {name: objects.get(1, name) for name in names(house)}
    objects.delete(1, list(there))
    found = purge(house)
    assert (dict(found.removed), found.unreadable_sessions, found.left) == ({}, 1, [])
    assert "1 sessions of Test keep their key classes" in " ".join(examine(house.installation))
    assert kept(house) == were
    for name, data in there.items():
        objects.put(1, name, data)
    assert dict(purge(house).removed) == {"class_sequences": 1}, "back from a backup"


def test_a_lost_original_is_said_in_what_is_signed(house: House, compacted: str) -> None:
    original = kept(house).original_name
    assert original is not None
    house.installation.objects.stored.delete(1, [original])
    assert dict(purge(house).removed) == {"class_sequences": 1}
    assert "cannot be read" in verify(house, compacted, fails=1)


def test_what_does_not_hold_is_named(house: House, compacted: str) -> None:
    purge(house)
    signed = house.own.redaction(1)
    assert signed is not None
    said = msgspec.json.decode(signed.document, type=Redaction)
    lie = msgspec.json.encode(msgspec.structs.replace(said, batches=2))
    change = "UPDATE compacted SET redaction = :d"
    house.change(change, d=lie)
    assert "the signature over what is left" in verify(house, compacted, fails=1)
    house.change(change, d=signed.document)
    taken = b"".join(d + at.to_bytes(8, "little") for d, at in house.own.taken_of(1))
    house.change("UPDATE compacted SET taken = :t", t=taken[40:])
    assert "not those that were signed" in verify(house, compacted, fails=1)
    house.change("UPDATE compacted SET taken = :t", t=taken)
    house.change("UPDATE heads SET digest = :d", d=bytes(32))
    assert "do not end where" in verify(house, compacted, fails=1)
    house.change("UPDATE heads SET digest = :d", d=bytes.fromhex(said.head))
    assert "verified until" in verify(house, compacted)
    digest = kept(house).block
    house.change("UPDATE compacted SET block = :d", d=bytes(32))
    assert "columns that are kept" in verify(house, compacted, fails=1)
    house.change("UPDATE compacted SET block = :d", d=digest)
    house.installation.objects.stored.delete(1, list(names(house)))
    assert "restore the objects" in verify(house, compacted, fails=1)


def test_it_is_not_scored_again(house: House, compacted: str) -> None:
    own = house.own
    assert score_all_again(own, None, "another") == 1
    assert score(house)
    before = own.assessments(1), own.line(bytes.fromhex(compacted))
    purge(house)
    assert score_all_again(own, None, "another") == 0
    with pytest.raises(NotKnown, match="not scored again"):
        score_again(own, compacted)
    # A job that was queued before.
    own.rescore([1], Why.ASKED, 0)
    assert score(house)
    assert (own.assessments(1), own.line(bytes.fromhex(compacted))) == before
    purge(house, 400)
    own.rescore([1], Why.ASKED, 0)
    assert score(house), "without any evidence as without classes"
    assert (own.assessments(1), own.line(bytes.fromhex(compacted))) == before


@pytest.mark.usefixtures("compacted")
def test_nothing_is_compared_with_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    own, objects = house.own, house.installation.objects
    entry = own.session_numbered(1)
    assert entry is not None
    monkeypatch.setattr(type(own), "upheld_sessions", lambda *_: [1])
    assert len(references._upheld(own, objects, 1, entry)) == 1
    line = own.line(entry.id)
    assert line is not None
    place = AskedPlace(entry.id.hex())
    assert worksites(1, own, objects, [line], [place])[0].faults == ()
    purge(house)
    assert references._upheld(own, objects, 1, entry) == ()
    site = worksites(1, own, objects, [line], [place])[0]
    assert site.faults == ("evidence_gone",)
    assert len(site.worked.recording.keystrokes) == 0


@pytest.mark.usefixtures("compacted")
def test_labels_are_written_of_sessions_that_have_their_classes(
    house: House, tmp_path: Path
) -> None:
    exporting = pytest.importorskip("server.labels.exporting")
    house.own.mark_control(1, Truth.GENUINE, "person:1", 5)
    export = exporting.LabelExport(house.own, house.installation.objects, 1)
    assert export.write(tmp_path / "before") == 1
    purge(house)
    with pytest.raises(Exception, match="no session has a label"):
        export.write(tmp_path / "after")


def test_the_copy_holds_what_is_left_and_what_was_signed(house: House, compacted: str) -> None:
    installation = house.installation

    def copy() -> dict[str, bytes]:
        exports = PersonalExports(installation.store, installation.objects, installation.keys)
        out = io.BytesIO()
        exports.write(1, house.trainer.id, out, now_us())
        with zipfile.ZipFile(out) as file:
            return {name: file.read(name) for name in file.namelist()}

    at = f"sessions/{compacted}"
    before = copy()
    purge(house)
    after = copy()
    assert set(json.loads(before[f"{at}/events.json"])["Keystroke"]) == {"t_us", *CLASSES}
    assert set(json.loads(after[f"{at}/events.json"])["Keystroke"]) == {"t_us"}
    assert after[f"{at}/receipts.json"] == before[f"{at}/receipts.json"]
    assert f"{at}/batches/0.bin" in before
    assert f"{at}/batches/0.bin" not in after
    assert json.loads(after[f"{at}/redaction.json"])["batches"] == 3
    assert json.loads(after["manifest.json"])["missing"] == []


def test_pages_say_it(house: House, address: str, compacted: str) -> None:
    with Browser(address) as trainer:
        signed_in(trainer, "ada", PASSWORD)
        assert "was deleted" not in trainer.get(f"/sessions/{compacted}").text
        assert trainer.get(f"/sessions/{compacted}/replay.bin").content
        purge(house)
        page = trainer.get(f"/sessions/{compacted}").text
        assert 'data-testid="redacted"' in page
        assert 'data-testid="no-replay"' in page
        assert 'id="replay-play"' not in page
        assert trainer.get(f"/sessions/{compacted}/replay.bin").content == b""
        assert "which kind of key was typed, and for how long each was held, was deleted" in page
        drawn = trainer.get(f"/sessions/{compacted}/timeline.json").json()
    assert sum(rate for _, rate in drawn["typing"]) > 0, "times are kept"
    review = Review(house.installation.store, house.installation.objects)
    asker = Asker(1, "admin", Role.ADMIN, house.auditor.id)
    assert review.redacted_us(asker, compacted) is not None


def test_it_follows_its_person_to_another_key_and_to_the_end(house: House, compacted: str) -> None:
    installation = house.installation
    purge(house)
    was = kept(house)
    rotation = Rotation(installation.store, installation.objects, 1, lambda *_: None)
    rotation.person(house.trainer.id)
    assert kept(house).block_name != was.block_name
    assert names(house) == {kept(house).block_name}
    assert "verified until" in verify(house, compacted)
    listed = set(installation.store.listed_objects())
    assert listed == {(1, kept(house).block_name)}, "as a backup takes it"
    store, objects, keys = installation.store, installation.objects, installation.keys
    Erasure(store, objects, keys, 1, "operator").erase(house.trainer, now_us())
    assert names(house) == set()
    assert "the digests of 3 batches" in verify(house, compacted)


@pytest.mark.usefixtures("compacted")
@ON_SQLITE
def test_every_later_version_reads_what_is_left(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its batches are gone, so it cannot be made again from them."""
    whole, redacted = encode_block(opened(house)), encode_block(opened(house), redacted=True)
    monkeypatch.setattr(block, "SCHEMA", bytes(8))
    with pytest.raises(Exception, match="another version"):
        decode_block(whole)
    assert columns(decode_block(redacted), Keystroke)["key_class"] == [0] * 60
    known = kind_numbered
    monkeypatch.setattr(
        block, "kind_numbered", lambda number: None if number == Keystroke.KIND else known(number)
    )
    found = decode_block(redacted)
    assert columns(found, Keystroke)["t_us"] == [], "of a kind that it does not know"
    assert len(columns(found, TextSubmitted)["t_us"]) == 1
