"""Sessions leave the log, and nobody who reads or sends again sees a difference."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from server.cli.main import main
from server.compaction.compactor import Compactor
from server.compaction.reading import opened_session, stored_batches
from server.compaction.verifying import verify_session
from server.errors import NotKnown, OriginalDamaged
from server.records import Compacted
from server.scoring.assessor import DetectorAssessor
from server.scoring.session import Scoring
from server.scoring.worker import do_next
from tests.server.compaction.test_block import said
from tests.server.device import Chain
from tests.server.house import PASSWORD, House
from tests.server.kinds import Typing
from wire.batch import Envelope
from wire.messages import Acknowledgement
from wire.signing import SigningKey

Compact = Callable[[], bool]


@pytest.fixture(scope="module")
def assessor(one_thread: None) -> DetectorAssessor:
    return DetectorAssessor()


@pytest.fixture
def envelopes(
    chain: Chain, typing: Typing, house: House, assessor: DetectorAssessor
) -> list[Envelope]:
    """A session of three batches, sent, closed and scored."""
    sent = []
    for number in range(3):
        envelope = chain.seal(typing(number * 30_000_000, 150), final=number == 2)
        chain.accept(envelope, chain.device.post(envelope.sealed))
        sent.append(envelope)
    installation = house.installation
    scoring = Scoring(installation.store, installation.objects, assessor, installation.keys)
    assert do_next(installation.store, scoring, "test")
    return sent


@pytest.fixture
def compact(house: House) -> Compact:
    return Compactor(house.installation.store, house.installation.objects).do_next


def object_path(house: House, digest: bytes) -> Path:
    return house.path / "objects" / "1" / digest.hex()[:2] / digest.hex()


def where(house: House) -> Compacted:
    found = house.own.compacted(1)
    assert found is not None
    return found


def pages(house: House, client: httpx.Client, session: bytes) -> list[str]:
    """What the platform and the auditor are shown of a session."""
    key = {"authorization": f"Bearer {house.platform_key}"}
    path = f"/v1/sessions/{session.hex()}"
    form = {"login": "otto", "password": PASSWORD}
    client.post("/login", data=form)
    shown = [client.get(f"{path}{end}", headers=key) for end in ("", "/assessment")]
    shown.append(client.get(f"/sessions/{session.hex()}"))
    assert [answer.status_code for answer in shown] == [200, 200, 200]
    return [answer.text for answer in shown]


def test_nobody_who_reads_sees_a_difference(
    house: House, client: httpx.Client, chain: Chain, envelopes: list[Envelope], compact: Compact,
    assessor: DetectorAssessor,
) -> None:
    store, objects = house.own, house.installation.objects
    before = opened_session(store, objects, 1, 1), pages(house, client, chain.session)
    head, policy = store.head(1), store.projects()[0].policy
    assert compact()
    assert house.rows("batches") == 0
    after = opened_session(store, objects, 1, 1)
    assert said(after) == said(before[0])
    assert pages(house, client, chain.session) == before[1]
    assert assessor.assess(after, policy, {}, None) == assessor.assess(before[0], policy, {}, None)
    assert [batch.sealed for batch in stored_batches(store, objects, 1, 1)] == [
        envelope.sealed for envelope in envelopes
    ]
    assert store.head(1) == head
    assert not compact(), "once"
    assert house.installation.store.of(2).compacted(1) is None


def test_batch_that_is_sent_again_gets_its_receipt_again(
    chain: Chain, envelopes: list[Envelope], compact: Compact
) -> None:
    device = chain.device
    before = [device.post(envelope.sealed).content for envelope in envelopes]
    assert compact()
    answers = [device.post(envelope.sealed) for envelope in envelopes]
    assert [answer.content for answer in answers] == before
    for answer in answers:
        receipt = Acknowledgement(**{})if False else None
        del receipt
