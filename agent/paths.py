"""Where the agent keeps its state: one folder that nobody else can read."""

import os
import threading
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from agent.errors import StateUnsafe
from agent.platforms.files import is_own, is_private, is_private_file

HOME_VARIABLE = "VERITYPE_HOME"
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
"""Windows lets only administrators make links, and has no such flag."""


@dataclass(frozen=True, slots=True)
class Paths:
    """The files of one person's agent on this device."""

    home: Path

    @property
    def identity(self) -> Path:
        """Device key, token and server address."""
        return self.home / "identity.json"

    @property
    def server_keys(self) -> Path:
        """The server's keys that followed the one that was pinned."""
        return self.home / "server-keys.json"

    @property
    def consents(self) -> Path:
        """Policies this person accepted, by digest."""
        return self.home / "consents"

    @property
    def spool(self) -> Path:
        """What was recorded and not yet acknowledged, and the receipts."""
        return self.home / "spool.db"

    @property
    def lock(self) -> Path:
        """Held by the one running agent process."""
        return self.home / "agent.lock"

    @property
    def tray_lock(self) -> Path:
        """Held by the one icon in the tray."""
        return self.home / "tray.lock"

    @property
    def socket(self) -> Path:
        """Where the agent process listens for the command line."""
        return self.home / "agent.sock"

    @property
    def extension_socket(self) -> Path:
        """Where the agent process listens for the browser extension's host."""
        return self.home / "extension.sock"

    @property
    def native_host(self) -> Path:
        """The command that a browser starts to reach the agent; `veritype browser install`."""
        return self.home / "native-host"

    @property
    def preferences(self) -> Path:
        """The trainer's own choices."""
        return self.home / "preferences.json"

    @property
    def declared(self) -> Path:
        """Aids that were declared for the next session."""
        return self.home / "modes.json"

    @property
    def typing_sample(self) -> Path:
        """The person's own typing sample, if they gave one."""
        return self.home / "typing-sample.json"

    @property
    def log(self) -> Path:
        """Structured log without personal data."""
        return self.home / "agent.log"


def open_paths() -> Paths:
    """Find the state folder and make it, for this user only.

    Raises:
        StateUnsafe: it belongs to another user, is no folder, or cannot be made.
    """
    chosen = os.environ.get(HOME_VARIABLE)
    home = Path(chosen).absolute() if chosen else platformdirs.user_state_path("veritype")
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        _claim(home)
    except OSError as error:
        raise StateUnsafe(f"The state folder {home} cannot be used: {error.strerror}.") from error
    return Paths(home)


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only this user can read, so that it is there whole or not at all."""
    # A draft of its own for each writer: two commands may write the same file at once.
    draft = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def check_private(path: Path) -> None:
    """Refuse a secret file that others could have read or written.

    Raises:
        StateUnsafe: it is not a plain file of this user with mode 0600.
    """
    if not is_private_file(path):
        raise StateUnsafe(
            f"{path} must be your own file with mode 0600; it may have been read by others: "
            "enrol this device again."
        )


def _claim(home: Path) -> None:
    if not is_own(home.stat()):
        raise StateUnsafe(f"The state folder {home} belongs to another user.")
    if not is_private(home.resolve()):
        home.chmod(0o700)
