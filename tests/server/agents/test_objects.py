"""Screenshots and notes of a session."""

import io
import secrets

import pytest
from PIL import Image

from server.privacy.sealed import owner_of
from server.services.agents import objects as objects_service
from tests.server.agents.refusals import refusal
from tests.server.device import Chain
from tests.server.house import House
from tests.server.kinds import NewDevice, ProblemOf
from tests.server.storages import ON_BOTH
from wire import limits
from wire.objects import object_digest
from wire.problems import ProblemCode


@pytest.fixture
def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (1, 2, 3)).save(out, "WEBP")
    return out.getvalue()


@ON_BOTH
def test_object_is_stored_once(chain: Chain, house: House, picture: bytes) -> None:
    statuses = [chain.device.put(chain.session, picture).status_code for _ in range(2)]
    assert statuses == [201, 200]
    session = house.own.session(chain.session)
    assert session is not None
    digest = object_digest(picture)
    entry = house.own.object(session.row, digest)
    assert entry is not None
    assert house.installation.objects.get(owner_of(session, 1), digest, entry.place) == picture


@pytest.mark.parametrize(
    ("data", "digest", "code", "status"),
    [
        (b"words", "0" * 64, ProblemCode.DIGEST_MISMATCH, 400),
        (b"words", "..%2f" * 10, ProblemCode.NOT_FOUND, 404),
        (b"words", "A" * 64, ProblemCode.INVALID_REQUEST, 400),
        (b"<svg>\x00", None, ProblemCode.INVALID_REQUEST, 400),
        (b"MZ\x90\x00\xff", None, ProblemCode.INVALID_REQUEST, 400),
        (b"x" * (limits.NOTE_MAX_CHARS + 1), None, ProblemCode.INVALID_REQUEST, 400),
        (b"x" * (limits.OBJECT_MAX_BYTES + 1), None, ProblemCode.TOO_LARGE, 413),
    ],
)
def test_object_that_is_refused_leaves_nothing(
    chain: Chain,
    house: House,
    problem: ProblemOf,
    data: bytes,
    digest: str | None,
    code: ProblemCode,
    status: int,
) -> None:
    refusal(problem, chain.device.put(chain.session, data, digest), code, status)
    assert house.rows("objects") == 0
    assert not [path for path in (house.path / "objects").rglob("*") if path.is_file()]


@ON_BOTH
def test_session_holds_so_many_bytes_of_objects(
    chain: Chain, picture: bytes, problem: ProblemOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects_service, "_SESSION_OBJECTS_MAX_BYTES", len(picture) + 1)
    assert chain.device.put(chain.session, picture).status_code == 201
    refusal(problem, chain.device.put(chain.session, b"note"), ProblemCode.TOO_LARGE, 413)
    assert chain.device.put(chain.session, picture).status_code == 200


def test_session_that_ended_long_ago_takes_no_objects(
    chain: Chain, house: House, picture: bytes, problem: ProblemOf
) -> None:
    chain.send(final=True)
    assert chain.device.put(chain.session, picture).status_code == 201
    week_us = 7 * 24 * 3600 * 1_000_000
    house.change("UPDATE heads SET received_us = received_us - :week_us", week_us=week_us)
    refusal(problem, chain.device.put(chain.session, b"note"), ProblemCode.INVALID_REQUEST, 400)


def test_object_of_another_devices_session(
    chain: Chain, new_device: NewDevice, house: House, picture: bytes, problem: ProblemOf
) -> None:
    thief = new_device(house.other)
    refusal(problem, thief.put(chain.session, picture), ProblemCode.WRONG_DEVICE, 403)
    unknown = secrets.token_bytes(16)
    refusal(problem, thief.put(unknown, picture), ProblemCode.UNKNOWN_SESSION, 404)
