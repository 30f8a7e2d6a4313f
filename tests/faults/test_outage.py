"""A server that is down for a week. `make soak` takes full days of work."""

from pathlib import Path

from agent.shipping.shipper import BACKOFF_CAP_S
from tests.faults.outage import DAY_S, outage

DAYS = 7
HOURS_A_DAY = 0.2


def test_after_a_week_without_a_server_all_batches_arrive_in_order_and_once(
    tmp_path: Path,
) -> None:
    seen = outage(tmp_path, DAYS, HOURS_A_DAY)
    assert not seen.wrong
    assert seen.delivered >= seen.spooled > DAYS * HOURS_A_DAY * 120
    assert seen.pictures_lost > 0
    assert DAYS * DAY_S / (2 * BACKOFF_CAP_S) < seen.tries < DAYS * DAY_S / 60
