"""What belongs to another organisation or opens another door."""

import io

import httpx
import pytest
from PIL import Image

from server.operation.keys import hash_of, hash_of_code, new_pairing_code, new_token
from server.records import Role, Scope
from tests.server.agents.refusals import refusal
from tests.server.device import Chain, Device
from tests.server.house import House
from tests.server.kinds import ProblemOf
from tests.server.storages import ON_BOTH
from wire.messages import ConsentRequest, encode_message
from wire.problems import ProblemCode


@pytest.fixture
def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (1, 2, 3)).save(out, "WEBP")
    return out.getvalue()


@ON_BOTH
def test_another_organisation_sees_and_reaches_nothing(
    chain: Chain, house: House, client: httpx.Client, picture: bytes, problem: ProblemOf
) -> None:
    store = house.installation.store
    chain.device.put(chain.session, picture)
    other = store.of(store.add_organisation("Other", 1))
    stranger = other.add_person("Stranger", Role.TRAINER, None, None)
    code, key = new_pairing_code(), new_token("vtp")
    other.add_pairing_code(hash_of_code(code), stranger.id, 1 << 60)
    other.add_platform_key("theirs", hash_of(key), frozenset(Scope), 1)
    device = Device(client)
    device.enrol(code)
    assert device.projects().projects == ()
    forged = ConsentRequest(house.own.projects()[0].id, 1, house.own.projects()[0].policy.digest())
    answer = client.post("/agent/v1/consents", content=encode_message(forged), headers=device.auth)
    refusal(problem, answer, ProblemCode.NOT_FOUND, 404)
    refusal(problem, device.put(chain.session, picture), ProblemCode.UNKNOWN_SESSION, 404)
    fields = {"authorization": f"Bearer {key}"}
    assert client.get("/v1/sessions", headers=fields).json()["sessions"] == []
    for tail in ("", "/assessment"):
        path = f"/v1/sessions/{chain.session.hex()}{tail}"
        refusal(problem, client.get(path, headers=fields), ProblemCode.NOT_FOUND, 404)
    assert other.people() == [stranger]
    assert other.session(chain.session) is None
    assert other.batches(1) == []


@pytest.mark.parametrize("path", ["/v1/sessions", "/v1/sessions/00", "/agent/v1/projects"])
def test_tokens_open_their_own_doors_only(
    chain: Chain, house: House, client: httpx.Client, problem: ProblemOf, path: str
) -> None:
    wrong = house.platform_key if path.startswith("/agent") else chain.device.enrolled.token
    for fields in ({}, {"authorization": f"Bearer {wrong}"}, {"authorization": "Basic eDp5"}):
        refusal(problem, client.get(path, headers=fields), ProblemCode.UNAUTHENTICATED, 401)
