"""Starting the agent's face at log-in: off unless the trainer asks for it.

What starts is the icon in the tray, or where there is none the trainer's own page. Neither
records: that begins at clock-in and nowhere else. Each system has a folder whose files it starts;
only Linux's is tested live, the others are written as their makers document them.

Sources: freedesktop.org, Desktop Application Autostart and Desktop Entry specifications; Apple,
launchd.plist(5); Microsoft, known folder FOLDERID_Startup.
"""

import os
import plistlib
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from agent.errors import AutostartFailed
from agent.processes import command

_LABEL = "org.veritype.agent"
_STARTUP = "AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup"
_RESERVED = re.compile(r'(["`$\\])')


def face(platform: str = sys.platform) -> list[str]:
    """What starts at log-in."""
    if platform == "linux":
        return command("tray", "--stay")
    return command("veritype", "page")


def place(platform: str, home: Path, environment: Mapping[str, str]) -> Path:
    """The file that the system starts at log-in."""
    if platform == "darwin":
        return home / "Library/LaunchAgents" / f"{_LABEL}.plist"
    if platform == "win32":
        return home / _STARTUP / "veritype.cmd"
    chosen = environment.get("XDG_CONFIG_HOME", "")
    folder = Path(chosen) if chosen.startswith("/") else home / ".config"
    return folder / "autostart/veritype.desktop"


def contents(platform: str, words: Sequence[str]) -> bytes:
    """What stands in that file so that the system starts the command `words`."""
    if platform == "darwin":
        facts = {"Label": _LABEL, "ProgramArguments": list(words), "RunAtLoad": True}
        return plistlib.dumps(facts)
    if platform == "win32":
        quoted = " ".join(f'"{word.replace("%", "%%")}"' for word in words)
        return f'@start "" /min {quoted}\r\n'.encode()
    return (
        "[Desktop Entry]\nType=Application\nName=Veritype\n"
        "Comment=Shows whether your paid hours are being recorded; records nothing by itself\n"
        f"TryExec={words[0]}\nExec={' '.join(map(_quoted, words))}\n"
    ).encode()


def _quoted(word: str) -> str:
    """A word of `Exec`: quoted, then escaped once more as any string value is."""
    inner = _RESERVED.sub(r"\\\1", word).replace("%", "%%")
    return '"' + inner.replace("\\", "\\\\") + '"'


class Autostart:
    """This person's switch on this system."""

    def __init__(
        self,
        platform: str = sys.platform,
        home: Path | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._platform = platform
        self.place = place(platform, home or Path.home(), environment)

    def is_on(self) -> bool:
        """Whether the face starts at log-in."""
        return self.place.is_file()

    def enable(self) -> None:
        """Have it start.

        Raises:
            AutostartFailed: the system's folder cannot be written; the text names it.
        """
        try:
            self.place.parent.mkdir(parents=True, exist_ok=True)
            self.place.write_bytes(contents(self._platform, face(self._platform)))
        except OSError as error:
            raise self._failed(error) from error

    def remove(self) -> bool:
        """Have it start no more; whether it did before.

        Raises:
            AutostartFailed: the file cannot be removed; the text names it.
        """
        try:
            self.place.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise self._failed(error) from error
        return True

    def _failed(self, error: OSError) -> AutostartFailed:
        return AutostartFailed(f"{self.place} cannot be changed: {error.strerror}.")
