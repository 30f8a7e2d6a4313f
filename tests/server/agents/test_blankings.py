"""What was blanked after a session was over."""

import httpx
import msgspec
import pytest

from server.records import LateBlanking
from tests.server.agents.refusals import refusal
from tests.server.device import Chain
from tests.server.house import House
from tests.server.kinds import NewDevice, ProblemOf
from tests.server.storages import ON_BOTH
from wire.codes import ObjectKind
from wire.messages import BlankingNotice, encode_message, sign_blanking
from wire.problems import ProblemCode


def notice(chain: Chain, digest: bytes, kept: bytes = bytes(32)) -> BlankingNotice:
    return sign_blanking(
        session=chain.session,
        object_kind=ObjectKind.IMAGE,
        digest=digest,
        kept=kept,
        blanked_us=5,
        key=chain.device.key,
    )


def tell(chain: Chain, message: BlankingNotice) -> httpx.Response:
    device = chain.device
    body = encode_message(message)
    return device.online.post("/agent/v1/blankings", content=body, headers=device.auth)


@ON_BOTH
def test_a_blanking_after_the_end_is_stored_once_and_in_order(house: House, chain: Chain) -> None:
    chain.send(final=True)
    first, second = notice(chain, b"d" * 32, b"k" * 32), notice(chain, b"k" * 32)
    assert [tell(chain, each).status_code for each in (first, second, first)] == [201, 201, 200]
    entry = house.own.session(chain.session)
    assert entry is not None
    assert house.own.late_blankings(entry.row) == [
        LateBlanking(b"d" * 32, b"k" * 32),
        LateBlanking(b"k" * 32, bytes(32)),
    ]


def test_a_blanking_that_the_device_did_not_sign_is_refused(
    house: House, chain: Chain, problem: ProblemOf
) -> None:
    forged = msgspec.structs.replace(notice(chain, b"d" * 32), digest=b"e" * 32)
    refusal(problem, tell(chain, forged), ProblemCode.SIGNATURE_INVALID, 403)
    assert house.rows("late_blankings") == 0


def test_a_device_cannot_fill_the_store_with_blankings(
    chain: Chain, house: House, problem: ProblemOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.services.agents.objects._LATE_BLANKINGS_MAX", 2)
    for number in range(2):
        assert tell(chain, notice(chain, bytes([number + 1]) * 32)).status_code == 201
    answer = tell(chain, notice(chain, b"d" * 32))
    refusal(problem, answer, ProblemCode.TOO_LARGE, 413)
    assert house.rows("late_blankings") == 2


def test_a_device_blanks_nothing_of_another(
    chain: Chain, new_device: NewDevice, problem: ProblemOf
) -> None:
    other = Chain(new_device(), chain.session, bytes(16))
    answer = tell(other, notice(other, b"d" * 32))
    refusal(problem, answer, ProblemCode.WRONG_DEVICE, 403)
