"""Updates are taken only as they were signed, and never installed."""

import hashlib
from pathlib import Path
from typing import BinaryIO

import msgspec
import pytest

from agent import AGENT_VERSION, updates
from agent.errors import AgentError, AgentTooOld, ServerUnreachable, UpdateRefused
from agent.shipping.transport import Answer, Transport
from agent.updates import check_new_enough, fetch, offered
from wire.messages import Projects, Release, encode_message, sign_release
from wire.problems import CONTENT_TYPE, ProblemCode, problem
from wire.server_keys import KeyRing
from wire.signing import SigningKey

KEY = SigningKey.generate()
DATA = b"a newer agent" * 5_000


def release(**changes: object) -> Release:
    signed = sign_release(
        version="9.0.0",
        file="veritype-9.0.0.whl",
        size_bytes=len(DATA),
        sha256=hashlib.sha256(DATA).digest(),
        key=KEY,
    )
    return msgspec.structs.replace(signed, **changes)


class Shop(Transport):
    """A server that offers something."""

    def __init__(self, offer: Answer, data: bytes = DATA, failure: str = "") -> None:
        super().__init__("http://127.0.0.1:9")
        self.offer, self.data, self.failure = offer, data, failure

    def get(self, path: str) -> Answer:
        return self.offer

    def download(self, path: str, into: BinaryIO, most_bytes: int) -> Answer:
        into.write(self.data)
        return Answer(200, failure=self.failure)


def shop(offer: Release, data: bytes = DATA, failure: str = "") -> Shop:
    return Shop(Answer(200, encode_message(offer), "application/json"), data, failure)


def test_a_release_that_holds_is_saved_as_it_is(tmp_path: Path) -> None:
    found = offered(shop(release()), KeyRing(KEY.verify_key))
    assert found is not None
    path = fetch(shop(release()), found, tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["veritype-9.0.0.whl"]
    assert path.read_bytes() == DATA
    with pytest.raises(UpdateRefused, match="already"):
        fetch(shop(release()), found, tmp_path)
    assert path.read_bytes() == DATA


@pytest.mark.parametrize(
    "changes",
    [
        {"version": "9.0.1"},
        {"file": "other.whl"},
        {"sha256": bytes(32)},
        {"size_bytes": 1},
        {"signature": bytes(64)},
    ],
)
def test_an_offer_that_the_pinned_key_did_not_sign_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(UpdateRefused, match="not signed"):
        offered(shop(release(**changes)), KeyRing(KEY.verify_key))


@pytest.mark.parametrize("file", ["../up.whl", "/etc/up", ".hidden", "a/b", "a\\b", ""])
def test_an_offer_that_names_a_path_is_refused(file: str) -> None:
    with pytest.raises(ServerUnreachable):
        offered(shop(release(file=file)), KeyRing(KEY.verify_key))


@pytest.mark.parametrize("data", [DATA[:-1], DATA[:-1] + b"x", b"", DATA + b"x"])
def test_a_file_that_is_not_the_signed_one_is_removed(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(UpdateRefused, match="removed"):
        fetch(shop(release(), data), release(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_download_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ServerUnreachable, match="broke off"):
        fetch(shop(release(), DATA[:50], "The answer broke off."), release(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UpdateRefused, match="cannot be written"):
        fetch(shop(release()), release(), tmp_path / "nowhere")


def test_no_offer_is_no_fault_and_another_problem_is_said() -> None:
    nothing = msgspec.json.encode(problem(ProblemCode.NOT_FOUND, 404))
    assert offered(Shop(Answer(404, nothing, CONTENT_TYPE)), KeyRing(KEY.verify_key)) is None
    with pytest.raises(AgentError, match="500"):
        offered(Shop(Answer(500, b"", "text/html")), KeyRing(KEY.verify_key))


def test_an_agent_that_is_too_old_is_told_why(monkeypatch: pytest.MonkeyPatch) -> None:
    check_new_enough(Projects(()))
    check_new_enough(Projects((), AGENT_VERSION, "why"))
    monkeypatch.setattr(updates, "AGENT_VERSION", "0.0.9")
    with pytest.raises(AgentTooOld, match=r"0\.1\.0.*pictures were lost.*veritype update"):
        check_new_enough(Projects((), "0.1.0", "Older pictures were lost."))
