"""What the scorer asks often is found by an index, however much is stored."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import event

from server.clock import now_us
from server.records import ROUND_US
from tests.server.device import Chain
from tests.server.house import House
from tests.server.kinds import Typing
from tests.server.storages import ON_SQLITE


@ON_SQLITE
def test_a_look_searches_for_its_sessions_and_reads_no_other(
    house: House, chain: Chain, typing: Typing
) -> None:
    chain.send(typing(0, 3))
    due = house.installation.store.claim_states("here", now_us() + 2 * ROUND_US, 10)
    asked: list[tuple[str, Sequence[object]]] = []
    engine = house.database.reading

    def note(*called: Any) -> None:
        if called[2].startswith("WITH"):
            asked.append((called[2], called[3]))

    event.listen(engine, "before_cursor_execute", note)
    assert house.own.new_batches(due, 10)
    event.remove(engine, "before_cursor_execute", note)
    ((statement, values),) = asked
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", tuple(values)).all()
    steps = [str(step.detail) for step in plan]
    assert sum(step.startswith("SEARCH") for step in steps) > 3
    assert {step for step in steps if step.startswith("SCAN")} == {"SCAN walk"}
