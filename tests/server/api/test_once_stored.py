"""Requests that are done once, at the storage: of many who begin at once, one has it."""

from concurrent.futures import ThreadPoolExecutor

from server.errands.answers import ForgetAnswers
from server.records.idempotency import KeptAnswer, Once
from tests.server.house import House

KEY, ASKED, OTHER = bytes(32), b"a" * 32, b"b" * 32


def test_of_many_who_begin_at_once_one_has_it(house: House) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: house.own.begin_once(KEY, ASKED, 10, 20), range(16)))
    assert found.count(None) == 1
    assert found.count(Once(ASKED, 10, None)) == 15


def test_it_is_kept_until_it_expires_or_is_freed(house: House) -> None:
    own = house.own
    assert own.begin_once(KEY, ASKED, 10, 20) is None
    answer = KeptAnswer("/v1/x", 201, b"sealed")
    own.keep_answer(KEY, answer)
    assert own.begin_once(KEY, OTHER, 19, 29) == Once(ASKED, 10, answer)
    assert own.begin_once(KEY, OTHER, 20, 30) is None, "expired"
    own.forget_once(KEY)
    assert own.begin_once(KEY, ASKED, 21, 31) is None
    assert not ForgetAnswers(house.installation.store).do_next(30)
    assert ForgetAnswers(house.installation.store).do_next(31)
    assert house.rows("idempotency_keys") == 0
    assert own.begin_once(KEY, ASKED, 21, 31) is None
    due = house.installation.store.forget_expired(32, dry_run=True)
    assert due["idempotency_keys"] == 1
    house.installation.store.forget_expired(32, dry_run=False)
    assert house.rows("idempotency_keys") == 0
