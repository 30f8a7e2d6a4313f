"""The server's secrets are rotated without a restart, and what they gave out is still taken."""

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from itsdangerous import BadSignature

from server.cli.main import main
from server.clock import now_us
from server.errors import DataFolderUnusable, ServerError
from server.http.cookies import SignedSessions
from server.operation import key_files
from server.operation.key_files import (
    OVERLAP_US,
    Kind,
    accepted,
    generations,
    handovers_in,
    in_force,
    out_of_use,
    rotate,
)
from server.operation.key_watch import KeyWatch
from server.operation.keys import load_server_keys, make_server_keys
from wire.chain import derive_nonce

SECOND_US = 1_000_000
SESSION = bytes(16)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_server_keys(tmp_path / "keys")
    return tmp_path / "keys"


def begin(folder: Path, kind: Kind, ago_us: int = 5 * SECOND_US) -> None:
    rotate(folder, kind, now_us() - ago_us, now_us() - ago_us - SECOND_US)


def test_a_rotation_begins_when_it_says(folder: Path) -> None:
    first, at_us = in_force(folder, Kind.NONCE, 0), now_us() + 600 * SECOND_US
    from_us = rotate(folder, Kind.NONCE, at_us, now_us())
    assert at_us <= from_us < at_us + SECOND_US
    assert in_force(folder, Kind.NONCE, from_us - 1) == first
    assert in_force(folder, Kind.NONCE, from_us) != first
    # Another node may be ahead: what it gives out is taken before it is our turn.
    assert len(accepted(folder, Kind.NONCE, now_us())) == 2
    with pytest.raises(ServerError, match="not in force yet"):
        rotate(folder, Kind.NONCE, at_us + SECOND_US, now_us())


def test_what_was_replaced_is_accepted_for_its_time_and_then_out_of_use(folder: Path) -> None:
    for kind in (Kind.NONCE, Kind.COOKIE, Kind.SIGNING):
        from_us = rotate(folder, kind, now_us(), now_us())
        end_us = from_us + OVERLAP_US[kind]
        assert len(accepted(folder, kind, end_us)) == 2
        assert len(accepted(folder, kind, end_us + 1)) == 1
    late = now_us() + 40 * 86_400 * SECOND_US
    assert sorted(path.name for path in out_of_use(folder, late)) == [
        "cookie.key",
        "signing.key",
    ]
    assert out_of_use(folder, now_us()) == []


def test_nonces_and_cookies_of_before_are_taken_and_new_ones_given(folder: Path) -> None:
    before = load_server_keys(folder)
    begin(folder, Kind.NONCE)
    begin(folder, Kind.COOKIE)
    keys = load_server_keys(folder)
    assert keys.nonce_secret != before.nonce_secret
    for secret in (before.nonce_secret, keys.nonce_secret):
        assert keys.is_nonce(derive_nonce(secret, SESSION, 3), SESSION, 3)
    assert not keys.is_nonce(derive_nonce(bytes(32), SESSION, 3), SESSION, 3)
    assert keys.cookie_secrets[0] == before.cookie_secrets[-1]
    assert keys.cookie_secrets[-1] != before.cookie_secrets[-1]


def test_signing_keys_follow_each_other_and_old_halves_stay_public(folder: Path) -> None:
    first = load_server_keys(folder).signing.verify_key
    begin(folder, Kind.SIGNING, 60 * SECOND_US)
    begin(folder, Kind.SIGNING)
    (folder / "signing.key").unlink()
    keys = load_server_keys(folder)
    assert first.raw.hex() in keys.ring.keys
    assert len(keys.ring.keys) == 3
    make_server_keys(folder)
    assert not (folder / "signing.key").exists(), "init makes no second beginning"


def test_a_rotation_that_was_cut_off_leaves_nothing_behind(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(key_files, "make_secret", lambda *_: (_ for _ in ()).throw(OSError("full")))
        with pytest.raises(OSError, match="full"):
            rotate(folder, Kind.SIGNING, now_us() + 9 * SECOND_US, now_us())
    assert handovers_in(folder) == ()
    begin(folder, Kind.SIGNING)
    assert len(handovers_in(folder)) == 1
    assert len(list(folder.glob("*.handover"))) == 1


def test_a_changed_handover_is_refused(folder: Path) -> None:
    begin(folder, Kind.SIGNING)
    (path,) = folder.glob("*.handover")
    document = json.loads(path.read_text())
    path.write_text(json.dumps(document | {"from_us": 7}))
    with pytest.raises(DataFolderUnusable, match="was changed"):
        load_server_keys(folder)
    path.write_text("{")
    with pytest.raises(DataFolderUnusable, match="cannot be read"):
        load_server_keys(folder)


def test_the_key_of_typing_samples_stays(folder: Path) -> None:
    with pytest.raises(ServerError, match="typing samples"):
        rotate(folder, Kind.SAMPLES, now_us(), now_us())


def test_new_secrets_are_the_owners_alone_and_show_nothing(folder: Path) -> None:
    begin(folder, Kind.SIGNING)
    for path in folder.iterdir():
        assert not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO), path
    keys = load_server_keys(folder)
    assert keys.cookie_secrets[-1] not in repr(keys)


def test_files_of_other_names_are_no_secrets(folder: Path) -> None:
    (folder / "nonce-soon.key").write_bytes(bytes(32))
    (folder / "nonces.key").write_bytes(bytes(32))
    assert len(generations(folder, Kind.NONCE)) == 1


def test_a_running_server_takes_new_secrets_and_bears_a_damaged_folder(folder: Path) -> None:
    keys = load_server_keys(folder)
    before = keys.signing.verify_key
    watch = KeyWatch(keys, folder)
    begin(folder, Kind.SIGNING)
    watch.look()
    after = keys.signing.verify_key
    assert after != before
    (folder / "nonce.key").chmod(0o644)
    watch.look()
    assert keys.signing.verify_key == after
    watch.start()
    watch.stop()


def test_cookie_of_the_old_secret_is_read_and_new_ones_are_signed_anew(folder: Path) -> None:
    keys = load_server_keys(folder)
    signer = SignedSessions(_nowhere, keys=keys, lasts_s=60, secure=True).signer
    old = signer.sign(b"person")
    begin(folder, Kind.COOKIE)
    keys.refresh(folder)
    assert signer.unsign(old) == b"person"
    fresh = SignedSessions(_nowhere, keys=load_server_keys(folder), lasts_s=60, secure=True)
    assert fresh.signer.unsign(signer.sign(b"person")) == b"person"
    keys.cookie_secrets = keys.cookie_secrets[-1:]
    with pytest.raises(BadSignature):
        signer.unsign(old)


async def _nowhere(*_: object) -> None:
    """An application that is never asked."""


def test_commands_list_and_rotate(tmp_path: Path) -> None:
    def run(*words: str, fails: int = 0) -> str:
        result = CliRunner().invoke(main, [*words, "--data", str(tmp_path / "data")])
        assert result.exit_code == fails, result.output
        return result.output

    run("init")
    assert len(json.loads(run("keys", "list", "--json"))["keys"]) == 6
    assert set(json.loads(run("keys", "rotate", "--json"))) == {"signing", "nonce", "cookie"}
    states = [each["state"] for each in json.loads(run("keys", "list", "--json"))["keys"]]
    assert states.count("to come") == 3
    assert "not in force yet" in run("keys", "rotate", "nonce", fails=1)
    run("keys", "rotate", "samples", fails=2)
    assert "in force" in run("keys", "list")
