"""A typing sample over the routes."""

from tests.server.agents.refusals import refusal
from tests.server.device import Device
from tests.server.house import House
from tests.server.kinds import NewDevice, ProblemOf
from tests.server.storages import ON_BOTH
from wire.baseline import TypedKeys, TypingSample
from wire.messages import encode_message
from wire.problems import ProblemCode

SAMPLE = TypingSample(
    1, 5, TypedKeys((0, 9), (80_000, 80_000), (0, 3)), TypedKeys((0,), (80_000,), (0,))
)


def put_sample(device: Device, sample: TypingSample = SAMPLE) -> int:
    body = encode_message(sample)
    return device.online.put("/agent/v1/baseline", content=body, headers=device.auth).status_code


@ON_BOTH
def test_a_typing_sample_is_one_persons_and_is_gone_when_it_is_taken_back(
    house: House, new_device: NewDevice
) -> None:
    own, other = new_device(), new_device(house.other)
    assert [put_sample(own), put_sample(own), put_sample(other)] == [201, 200, 201]
    assert house.rows("typing_samples") == 2
    for _ in range(2):
        answer = own.online.delete("/agent/v1/baseline", headers=own.auth)
        assert answer.status_code == 200
        assert house.rows("typing_samples") == 1
    assert put_sample(other) == 200


def test_a_typing_sample_is_given_to_nobody(new_device: NewDevice, problem: ProblemOf) -> None:
    device = new_device()
    put_sample(device)
    answer = device.online.get("/agent/v1/baseline", headers=device.auth)
    refusal(problem, answer, ProblemCode.METHOD_NOT_ALLOWED, 405)
    answer = device.online.put("/agent/v1/baseline", content=b"{}", headers=device.auth)
    refusal(problem, answer, ProblemCode.INVALID_REQUEST, 400)
    answer = device.online.put("/agent/v1/baseline", content=encode_message(SAMPLE))
    refusal(problem, answer, ProblemCode.UNAUTHENTICATED, 401)
