"""What the errands ask each second costs nothing where there is nothing to do."""

from server.clock import now_us
from server.errands.all import all_errands
from tests.server.house import House
from tests.server.plans import reading
from tests.server.storages import ON_SQLITE

FEW = {"organisations", "webhook_endpoints"}
"""They do not grow with the work that is done."""


@ON_SQLITE
def test_to_look_for_something_to_do_reads_no_table_that_grows(house: House) -> None:
    errands = all_errands(house.installation)
    for errand in errands:
        while errand.do_next(now_us()):
            pass
    asked = 0
    for errand in errands:
        with reading(house) as reads:
            assert not errand.do_next(now_us())
        asked += len(reads.asked)
        assert reads.scanned() <= FEW, errand
    assert asked >= len(errands) / 2
