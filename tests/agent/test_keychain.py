"""The device's secrets lie in the system's keyring or in one private file, never in both."""

import os
import shutil
import stat
import subprocess
import sys
import textwrap
from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from agent import keychain
from agent.errors import KeyringClosed
from agent.identity import (
    Identity,
    forget_secrets,
    load_enrolled,
    load_identity,
    move_to_keyring,
    store_identity,
    where_kept,
)
from agent.paths import HOME_VARIABLE, Paths


class Drawer(KeyringBackend):
    """A keyring in memory."""

    priority = 5

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._open()
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open()
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._open()
        if self.held.pop((service, username), None) is None:
            raise PasswordDeleteError("not there")

    def _open(self) -> None:
        if self.locked:
            raise KeyringLocked("locked")


@pytest.fixture
def drawer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Drawer]:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    before, made = keyring.get_keyring(), Drawer()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)


def in_file(home: Paths, identity: Identity) -> bool:
    return identity.token.encode() in home.identity.read_bytes()


def test_secrets_go_into_the_keyring_and_not_into_the_file(
    home: Paths, identity: Identity, drawer: Drawer
) -> None:
    assert store_identity(home, identity)
    assert not in_file(home, identity)
    assert b'"key"' not in home.identity.read_bytes()
    loaded = load_identity(home)
    assert (loaded.token, loaded.device) == (identity.token, identity.device)
    assert loaded.key.secret_bytes() == identity.key.secret_bytes()
    assert load_enrolled(home).in_keyring
    assert "system's keyring" in where_kept(home)


@pytest.mark.usefixtures("_no_keyring")
def test_without_a_keyring_they_lie_in_a_file_of_this_user_alone(
    home: Paths, identity: Identity
) -> None:
    assert not store_identity(home, identity)
    assert in_file(home, identity)
    assert stat.S_IMODE(home.identity.stat().st_mode) == 0o600
    assert "only you can read" in where_kept(home)
    assert not move_to_keyring(home, identity)


def test_a_keyring_that_comes_up_later_takes_them_over(
    home: Paths, identity: Identity, drawer: Drawer
) -> None:
    drawer.locked = True
    assert not store_identity(home, identity)
    assert in_file(home, identity)
    drawer.locked = False
    assert "at the next start" in where_kept(home)
    assert move_to_keyring(home, load_identity(home))
    assert not in_file(home, identity)
    assert load_identity(home).token == identity.token
    assert not move_to_keyring(home, identity)


def test_a_locked_keyring_is_one_sentence(home: Paths, identity: Identity, drawer: Drawer) -> None:
    store_identity(home, identity)
    drawer.locked = True
    with pytest.raises(KeyringClosed, match="unlock"):
        load_identity(home)
    assert load_enrolled(home).person_name == identity.person_name


def test_enrolling_anew_and_leaving_take_the_old_secrets_out(
    home: Paths, identity: Identity, drawer: Drawer
) -> None:
    store_identity(home, identity)
    other = Identity(
        identity.server, b"n" * 16, "Robin", "token-new", identity.key, identity.server_key
    )
    store_identity(home, other)
    assert [name for _, name in drawer.held] == [other.device.hex()]
    assert forget_secrets(home)
    assert drawer.held == {}
    assert not home.identity.exists()


def test_secrets_that_the_keyring_keeps_are_said_to_be_kept(
    home: Paths, identity: Identity, drawer: Drawer
) -> None:
    store_identity(home, identity)
    drawer.locked = True
    assert not forget_secrets(home)


def test_secrets_that_do_not_read_back_stay_in_the_file_alone(
    home: Paths, identity: Identity, drawer: Drawer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def garbled(self: Drawer, service: str, username: str) -> str | None:
        return "garbled" if (service, username) in self.held else None

    monkeypatch.setattr(Drawer, "get_password", garbled)
    assert not store_identity(home, identity)
    assert in_file(home, identity)
    assert drawer.held == {}


def test_a_stand_in_is_no_keyring(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Drawer, "priority", 0.5)
    assert keychain.keyring_name() == ""
    assert not keychain.keep("name", keychain.Secrets("token", b"key"))
    assert drawer.held == {}


def test_secrets_do_not_show() -> None:
    assert "token" not in repr(keychain.Secrets("token", b"key"))


_PROGRAM = """
    from agent.identity import Identity, forget_secrets, load_identity, store_identity, where_kept
    from agent.paths import open_paths
    from wire.signing import SigningKey
    paths, key = open_paths(), SigningKey.generate()
    identity = Identity("http://127.0.0.1:1", b"d" * 16, "R", "token", key, key.verify_key)
    assert store_identity(paths, identity)
    assert b"token" not in paths.identity.read_bytes()
    assert load_identity(paths).key.secret_bytes() == key.secret_bytes()
    print(where_kept(paths))
    assert forget_secrets(paths)
"""


@pytest.mark.live
def test_a_real_secret_service_keeps_them(home: Paths) -> None:
    """GNOME's keyring on a bus of its own."""
    assert shutil.which("gnome-keyring-daemon"), "tests/system-packages installs it"
    script = textwrap.dedent(_PROGRAM)
    unlock = "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null"
    environment = {
        name: value for name, value in os.environ.items() if name != "PYTHON_KEYRING_BACKEND"
    } | {
        "HOME": str(home.home),
        "XDG_RUNTIME_DIR": str(home.home),
        "XDG_DATA_HOME": str(home.home / "data"),
        HOME_VARIABLE: str(home.home),
    }
    shell = (
        f'{unlock}; "$0" -c "$1"; status=$?; kill "$(pgrep -P $$ -x gnome-keyring-d)"; exit $status'
    )
    ran = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", shell, sys.executable, script],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.stdout == "in the system's keyring (SecretService)\n", ran.stderr
