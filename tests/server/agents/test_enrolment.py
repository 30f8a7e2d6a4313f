"""Enrolment: a code and a key in, a device and its token out."""

from concurrent.futures import ThreadPoolExecutor

import httpx

from server.operation.keys import hash_of_code, new_pairing_code
from tests.server.agents.refusals import refusal
from tests.server.device import Device
from tests.server.house import House
from tests.server.kinds import ProblemOf
from tests.server.storages import ON_BOTH
from wire.problems import ProblemCode


def test_pairing_code_works_once(house: House, client: httpx.Client, problem: ProblemOf) -> None:
    code = house.administration.pair("Tim Trainer")
    first, second = Device(client), Device(client)
    assert first.enrol(code.lower().replace("-", " ")).status_code == 200
    assert first.enrolled.person_name == "Tim Trainer"
    refusal(problem, second.enrol(code), ProblemCode.CODE_INVALID, 403)
    assert house.rows("devices") == 1


def test_pairing_code_gets_too_old(house: House, client: httpx.Client, problem: ProblemOf) -> None:
    code = new_pairing_code()
    house.own.add_pairing_code(hash_of_code(code), house.trainer.id, 1)
    refusal(problem, Device(client).enrol(code), ProblemCode.CODE_INVALID, 403)


def test_guessing_codes_is_slowed_down(client: httpx.Client, problem: ProblemOf) -> None:
    answers = [Device(client).enrol("AAAA-BBBB-CCCC") for _ in range(11)]
    assert {answer.status_code for answer in answers[:10]} == {403}
    refusal(problem, answers[10], ProblemCode.OVERLOADED, 429)
    assert int(answers[10].headers["retry-after"]) > 0


@ON_BOTH
def test_two_devices_racing_on_one_code_get_one_enrolment(
    house: House, client: httpx.Client
) -> None:
    code = house.administration.pair("Tim Trainer")
    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(lambda _: Device(client).enrol(code).status_code, range(6)))
    assert sorted(statuses) == [200, 403, 403, 403, 403, 403]
