"""Devices whose clocks are far off: what they record counts, by the server's own time."""

import time

import msgspec
import pytest

from tests.server.device import Chain
from tests.server.house import House
from tests.server.kinds import Typing
from wire.messages import Acknowledgement

_YEAR_US = 365 * 24 * 3600 * 1_000_000
_MINUTE_US = 60 * 1_000_000


@pytest.mark.parametrize("off_us", [-_YEAR_US, _YEAR_US])
def test_a_device_a_year_off_loses_nothing_and_moves_no_hour(
    chain: Chain, typing: Typing, house: House, off_us: int
) -> None:
    began_us = time.time_ns() // 1000
    receipts: list[Acknowledgement] = []
    for final in (False, True):
        start_us = chain.sequence * 30_000_000
        envelope = chain.seal(
            typing(start_us, 40), sealed_wall_us=time.time_ns() // 1000 + off_us, final=final
        )
        answer = chain.device.post(envelope.sealed)
        receipts.append(chain.accept(envelope, answer))
        again = msgspec.json.decode(
            chain.device.post(envelope.sealed).content, type=Acknowledgement
        )
        assert again == receipts[-1]
    for receipt in receipts:
        receipt.verify(chain.device.server_key)
        assert began_us - _MINUTE_US < receipt.received_us < began_us + _MINUTE_US
    line = house.own.line(chain.session)
    assert line is not None
    assert abs(line.opened_us - began_us) < _MINUTE_US
    entry = house.own.session(chain.session)
    assert entry is not None
    stored = house.own.batches(entry.row)
    assert [batch.digest for batch in stored] == [receipt.digest for receipt in receipts]
    assert house.own.head(entry.row).closed
