"""Consent and its withdrawal, as a device meets them."""

import httpx
import msgspec

from tests.server.agents.refusals import refusal
from tests.server.device import Chain, Device
from tests.server.house import House
from tests.server.kinds import NewDevice, ProblemOf
from tests.server.storages import ON_BOTH
from wire.messages import ConsentRequest, Withdrawal, encode_message
from wire.problems import ProblemCode


def test_no_session_without_consent(
    house: House, new_device: NewDevice, problem: ProblemOf
) -> None:
    refusal(problem, new_device().open(), ProblemCode.CONSENT_MISSING, 403)
    assert house.rows("sessions") == 0


def test_consent_must_name_the_policy_in_force(
    new_device: NewDevice, client: httpx.Client, problem: ProblemOf
) -> None:
    device = new_device()
    offer = device.projects().projects[0]
    forged = ConsentRequest(offer.project, offer.policy.version, bytes(32))
    answer = client.post("/agent/v1/consents", content=encode_message(forged), headers=device.auth)
    refusal(problem, answer, ProblemCode.CONFLICT, 409)
    assert device.projects().projects[0].consented_version == 0


def test_consent_is_one_persons(new_device: NewDevice, house: House, problem: ProblemOf) -> None:
    new_device().consent()
    refusal(problem, new_device(house.other).open(), ProblemCode.CONSENT_MISSING, 403)


def test_policy_version_of_a_session_is_the_one_in_force(
    new_device: NewDevice, problem: ProblemOf
) -> None:
    device = new_device()
    device.consent()
    refusal(problem, device.open(policy_version=2), ProblemCode.CONSENT_MISSING, 403)


def withdraw(device: Device, project: str | None = None) -> httpx.Response:
    name = project or device.projects().projects[0].project.hex()
    return device.online.delete(f"/agent/v1/consents/{name}", headers=device.auth)


def test_withdrawn_consent_opens_no_session_and_what_was_recorded_still_comes_in(
    chain: Chain, problem: ProblemOf
) -> None:
    device = chain.device
    first = withdraw(device)
    assert msgspec.json.decode(first.content, type=Withdrawal).withdrawn_us > 0
    assert withdraw(device).content == first.content
    assert device.projects().projects[0].consented_version == 0
    refusal(problem, device.open(), ProblemCode.CONSENT_MISSING, 403)
    chain.send(final=True)


@ON_BOTH
def test_consent_can_be_given_again_for_the_same_version(
    chain: Chain, house: House, problem: ProblemOf
) -> None:
    device = chain.device
    withdraw(device)
    assert device.consent().status_code == 200
    assert device.open().status_code == 200
    assert (house.rows("consents"), house.rows("withdrawals")) == (2, 1)
    withdraw(device)
    refusal(problem, device.open(), ProblemCode.CONSENT_MISSING, 403)


def test_withdrawal_is_one_persons_and_of_a_project_that_is_there(
    chain: Chain, new_device: NewDevice, house: House, problem: ProblemOf
) -> None:
    other = new_device(house.other)
    other.consent()
    withdraw(other)
    assert chain.device.open().status_code == 200
    refusal(problem, withdraw(other, "A" * 32), ProblemCode.INVALID_REQUEST, 400)
    refusal(problem, withdraw(other, "a" * 32), ProblemCode.NOT_FOUND, 404)
    assert house.rows("withdrawals") == 1
