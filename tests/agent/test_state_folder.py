"""Identity, consent, lock and control socket: what other users of the machine must not get."""

import os
import stat
import threading

import msgspec
import pytest

from agent.errors import (
    AgentError,
    AgentNotRunning,
    AlreadyRunning,
    ConsentMissing,
    ControlFailed,
    NotEnrolled,
    StateUnsafe,
)
from agent.face import control
from agent.face.consent import accepted_policy, consent_text, has_consent, store_consent
from agent.face.control import LINE_MAX_BYTES, Reply, Request, Server
from agent.face.status import HeldPicture, Status
from agent.identity import Identity, load_identity, store_identity
from agent.paths import HOME_VARIABLE, Paths, open_paths
from agent.settings import read_settings
from agent.startup import only_instance
from tests.agent.conftest import POLICY
from wire.codes import Category
from wire.policy import Policy, Region, Screenshots, SiteRule, WindowRule


def test_the_folder_and_the_secrets_are_this_users_alone(home: Paths, identity: Identity) -> None:
    store_identity(home, identity)
    assert stat.S_IMODE(home.home.stat().st_mode) == 0o700
    assert stat.S_IMODE(home.identity.stat().st_mode) == 0o600
    loaded = load_identity(home)
    assert loaded.key.secret_bytes() == identity.key.secret_bytes()
    assert loaded.token == identity.token


def test_an_open_folder_is_closed(home: Paths) -> None:
    home.home.chmod(0o755)
    open_paths()
    assert stat.S_IMODE(home.home.stat().st_mode) == 0o700


def test_an_identity_that_others_could_read_is_refused(home: Paths, identity: Identity) -> None:
    store_identity(home, identity)
    home.identity.chmod(0o644)
    with pytest.raises(StateUnsafe):
        load_identity(home)


def test_an_identity_behind_a_link_is_refused(home: Paths, identity: Identity) -> None:
    store_identity(home, identity)
    moved = home.home / "elsewhere.json"
    home.identity.rename(moved)
    home.identity.symlink_to(moved)
    with pytest.raises(StateUnsafe):
        load_identity(home)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\x00", b'{"server": 1}'])
def test_a_damaged_identity_says_enrol_again(home: Paths, content: bytes) -> None:
    home.identity.write_bytes(content)
    home.identity.chmod(0o600)
    with pytest.raises(NotEnrolled, match="enrol"):
        load_identity(home)


def test_secrets_do_not_show(identity: Identity) -> None:
    shown = f"{identity!r} {identity} {identity.key!r}"
    assert identity.token not in shown
    assert identity.key.secret_bytes().hex() not in shown


def test_consent_is_for_exactly_one_document(home: Paths) -> None:
    digest = store_consent(home, POLICY)
    assert has_consent(home, POLICY)
    assert accepted_policy(home, digest) == POLICY
    other = msgspec.structs.replace(POLICY, record_titles=True)
    assert not has_consent(home, other)
    with pytest.raises(ConsentMissing):
        accepted_policy(home, other.digest())


def test_a_consent_that_was_edited_does_not_count(home: Paths) -> None:
    digest = store_consent(home, POLICY)
    file = home.consents / f"{digest.hex()}.json"
    file.write_bytes(file.read_bytes().replace(b'"record_titles":false', b'"record_titles":true'))
    with pytest.raises(ConsentMissing):
        accepted_policy(home, digest)


def test_the_consent_text_says_what_the_policy_says() -> None:
    policy = Policy(
        version=9,
        windows=(WindowRule(Category.PRIVATE, title="*bank\x1b[2J*"),),
        screenshots=Screenshots(interval_s=300, whole_screen=True, pixelate=True),
    )
    text = consent_text("Essays", policy)
    assert "version 9" in text
    assert "every 5 minutes" in text
    assert "the whole screen" in text
    assert "private windows" in text
    assert "\x1b" not in text
    assert "no screenshots" in consent_text("Essays", POLICY)
    assert "extension" not in consent_text("Essays", POLICY)
    assert "no screenshots" in consent_text(
        "Essays", msgspec.structs.replace(policy, confidential=True)
    )


def test_the_consent_text_names_the_pages_and_what_is_kept_of_a_submitted_text() -> None:
    site = SiteRule("https://tasks.example/*", (Region("Response B", "#b"),))
    text = consent_text("Essays", msgspec.structs.replace(POLICY, sites=(site,)))
    for words in ("https://tasks.example/*", "Response B", "the KIND of each", "keyboards"):
        assert words in text


def test_one_instance_only(home: Paths) -> None:
    with only_instance(home), pytest.raises(AlreadyRunning), only_instance(home):
        pass
    with only_instance(home):
        pass


def serve_once(server: Server, *, pictures: int = 0) -> threading.Thread:
    held = (HeldPicture(1, 1 << 60, 1 << 20, 600.5),) * pictures

    def serve() -> None:
        conversation = server.accept(5)
        assert conversation is not None
        request = conversation.request()
        error = "" if request and request.do == "status" else "no"
        conversation.reply(Reply(error, Status(running=True, recording=False), held))

    thread = threading.Thread(target=serve)
    thread.start()
    return thread


def test_the_control_socket_answers_and_is_private(home: Paths) -> None:
    server = Server(home.socket)
    assert stat.S_IMODE(home.socket.stat().st_mode) == 0o600
    thread = serve_once(server)
    assert control.ask(home.socket, Request(do="status")).running
    thread.join()
    thread = serve_once(server)
    with pytest.raises(ControlFailed, match="no"):
        control.ask(home.socket, Request(do="x" * LINE_MAX_BYTES))
    thread.join()
    server.close()
    with pytest.raises(AgentNotRunning):
        control.ask(home.socket, Request(do="status"))


def test_thousands_of_pictures_that_wait_can_be_listed(home: Paths) -> None:
    server = Server(home.socket)
    thread = serve_once(server, pictures=20_000)
    assert len(control.exchange(home.socket, Request(do="status")).pictures) == 20_000
    thread.join()
    server.close()


def test_a_deep_state_folder_still_has_a_socket(
    home: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = home.home.joinpath(*["a-rather-long-folder-name"] * 6)
    monkeypatch.setenv(HOME_VARIABLE, str(deep))
    paths = open_paths()
    assert len(os.fspath(paths.socket)) > 108
    server = Server(paths.socket)
    thread = serve_once(server)
    assert control.ask(paths.socket, Request(do="status")).running
    thread.join()
    server.close()


@pytest.mark.parametrize("value", ["nonsense", "0", "31", "nan", "-1"])
def test_a_bad_setting_is_named(value: str) -> None:
    with pytest.raises(AgentError, match="VERITYPE_SEAL_INTERVAL_S"):
        read_settings({"VERITYPE_SEAL_INTERVAL_S": value})


def test_settings_have_defaults() -> None:
    assert read_settings({}).seal_interval_us == 30_000_000
    assert read_settings({"VERITYPE_SEAL_INTERVAL_S": "2"}).seal_interval_us == 2_000_000
