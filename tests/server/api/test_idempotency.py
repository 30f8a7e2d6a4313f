"""Idempotency keys: whatever is sent with one is done once, on a real socket."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from server.errors import StorageAway
from server.http.idempotency import BODY_MAX_BYTES
from server.records import Scope
from server.services.invitations import Invitations
from server.services.repeating import CUT_OFF_US, KEPT_US
from tests.server.device import problem_of
from tests.server.house import House
from wire.problems import ProblemCode

PATH = "/v1/invitations"
MAIL = {"email": "ada@example.com"}


def invite(
    platform: httpx.Client, key: str, body: object = MAIL, token: str | None = None
) -> httpx.Response:
    # A server closes a connection on which a request failed: none is used twice here.
    fields = {"idempotency-key": key, "connection": "close"}
    if token is not None:
        fields["authorization"] = f"Bearer {token}"
    return platform.post(PATH, json=body, headers=fields)


def code_of(answer: httpx.Response) -> tuple[int, ProblemCode | None]:
    return answer.status_code, problem_of(answer).code


def kept(shared: House) -> str:
    with shared.database.reading.connect() as connection:
        return str(connection.exec_driver_sql("SELECT * FROM idempotency_keys").all())


def test_the_same_request_is_done_once_and_answered_as_it_was(
    shared: House, platform: httpx.Client
) -> None:
    before = shared.rows("invitations")
    first, again = invite(platform, "once"), invite(platform, "once")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["content-type"] == "application/json"
    assert shared.rows("invitations") == before + 1


def test_the_same_key_with_another_request_is_refused(platform: httpx.Client) -> None:
    invite(platform, "mismatch")
    other = invite(platform, "mismatch", {"email": "otto@example.com"})
    assert code_of(other) == (422, ProblemCode.IDEMPOTENCY_MISMATCH)
    query = platform.post(f"{PATH}?x=1", json=MAIL, headers={"idempotency-key": "mismatch"})
    assert code_of(query) == (422, ProblemCode.IDEMPOTENCY_MISMATCH)


def test_another_platform_key_has_idempotency_keys_of_its_own(
    shared: House, platform: httpx.Client
) -> None:
    token = shared.administration.add_platform_key("second", {Scope.PEOPLE_WRITE})
    first, other = invite(platform, "theirs"), invite(platform, "theirs", token=token)
    assert first.json()["link"] != other.json()["link"]


def test_of_two_at_once_one_is_done(
    shared: House, platform: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shared.rows("invitations")
    begun, go_on = threading.Event(), threading.Event()
    real = Invitations.invite

    def slow(*given: object) -> str:
        begun.set()
        assert go_on.wait(10)
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(Invitations, "invite", slow)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(invite, platform, "two")
        assert begun.wait(10)
        second = invite(platform, "two")
        go_on.set()
        assert first.result().status_code == 201
    assert code_of(second) == (409, ProblemCode.IN_PROGRESS)
    assert second.headers["retry-after"] == "1"
    assert invite(platform, "two").json() == first.result().json()
    assert shared.rows("invitations") == before + 1


def test_what_was_cut_off_is_not_done_again_and_says_so(
    shared: House, platform: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shared.rows("invitations")
    real = Invitations.invite

    def dies(*given: object) -> str:
        real(*given)  # type: ignore[arg-type]
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(Invitations, "invite", dies)
        assert invite(platform, "cut-off").status_code == 500
    assert shared.rows("invitations") == before + 1
    assert code_of(invite(platform, "cut-off")) == (409, ProblemCode.IN_PROGRESS)
    shared.change("UPDATE idempotency_keys SET begun_us = begun_us - :ago", ago=CUT_OFF_US)
    assert code_of(invite(platform, "cut-off")) == (409, ProblemCode.OUTCOME_UNKNOWN)
    assert shared.rows("invitations") == before + 1


def test_what_was_refused_frees_its_key(shared: House, platform: httpx.Client) -> None:
    assert code_of(invite(platform, "refused", {"email": "nobody"}))[0] == 400
    assert code_of(invite(platform, "refused", {"mail": "x"}))[0] == 400
    powerless = shared.administration.add_platform_key("powerless", {Scope.PEOPLE_READ})
    assert code_of(invite(platform, "refused", token=powerless))[0] == 403
    assert code_of(invite(platform, "refused", token="vtp_unknown"))[0] == 401
    assert invite(platform, "refused").status_code == 201


def test_busy_storage_frees_the_key(
    platform: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_given: object) -> str:
        raise StorageAway("away")

    with monkeypatch.context() as patch:
        patch.setattr(Invitations, "invite", away)
        assert invite(platform, "busy").status_code == 503
    assert invite(platform, "busy").status_code == 201


def test_an_answer_is_forgotten_after_a_day(shared: House, platform: httpx.Client) -> None:
    first = invite(platform, "old")
    shared.change("UPDATE idempotency_keys SET expires_us = expires_us - :ago", ago=KEPT_US)
    assert invite(platform, "old").json() != first.json()
    assert shared.rows("idempotency_keys") == 1, "whatever expired is gone with the next request"


def test_neither_key_nor_answer_can_be_read_in_the_database(
    shared: House, platform: httpx.Client
) -> None:
    link = invite(platform, "a-secret-of-the-platform").json()["link"]
    stored = kept(shared)
    assert "a-secret" not in stored
    assert link.rsplit("/", 1)[1] not in stored
    assert "ada@example.com" not in stored


def test_an_answer_that_was_tampered_with_is_not_given(
    shared: House, platform: httpx.Client
) -> None:
    invite(platform, "tampered")
    shared.change("UPDATE idempotency_keys SET sealed = :other", other=b"VTR1" + bytes(60))
    assert code_of(invite(platform, "tampered")) == (409, ProblemCode.OUTCOME_UNKNOWN)


@pytest.mark.parametrize("key", ["", "x" * 129, "two words", "tab\tbed"])
def test_key_of_another_form_is_refused(platform: httpx.Client, key: str) -> None:
    assert code_of(invite(platform, key)) == (400, ProblemCode.INVALID_REQUEST)


def test_who_may_not_ask_is_told_so_though_the_body_is_none(
    shared: House, platform: httpx.Client
) -> None:
    reader = shared.administration.add_platform_key("reader", {Scope.PEOPLE_READ})
    for token, status in (("vtp_unknown", 401), (reader, 403), (shared.platform_key, 400)):
        fields = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        for body in (b"{", b"\xff", b"[" * 100_000):
            assert platform.post(PATH, content=body, headers=fields).status_code == status


def test_body_over_the_limit_is_refused_before_anything_reads_it(platform: httpx.Client) -> None:
    answer = platform.post(PATH, content=b" " * (BODY_MAX_BYTES + 1))
    assert code_of(answer) == (413, ProblemCode.TOO_LARGE)
