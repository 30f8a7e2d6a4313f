"""What the scorer asks often is found by an index, however much is stored."""

from server.clock import now_us
from server.compaction.compactor import Compactor
from server.records import ROUND_US
from tests.server.device import Chain
from tests.server.house import House
from tests.server.kinds import Typing
from tests.server.plans import reading
from tests.server.scoring.conftest import MakeWorker
from tests.server.storages import ON_SQLITE


@ON_SQLITE
def test_a_look_searches_for_its_sessions_and_reads_no_other(
    house: House, chain: Chain, typing: Typing
) -> None:
    chain.send(typing(0, 3))
    with reading(house) as reads:
        due = house.installation.store.claim_states("here", now_us() + 2 * ROUND_US, 10)
        assert house.own.new_batches(due, 10)
    assert reads.scanned() == {"walk", "organisations"}


@ON_SQLITE
def test_to_look_for_work_reads_no_table_that_grows(
    house: House, chain: Chain, typing: Typing, make_worker: MakeWorker
) -> None:
    chain.send(typing(0, 3), final=True)
    installation = house.installation
    compactor = Compactor(installation.store, installation.objects)
    worker = make_worker(compactor=compactor)
    while worker.do_next():
        pass
    with reading(house) as reads:
        assert not worker.do_next()
    assert len(reads.asked) >= 3
    assert reads.scanned() <= {"organisations"}
