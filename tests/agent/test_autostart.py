"""The switch for log-in; the systems other than Linux by what their makers document."""

import configparser
import plistlib
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from agent.autostart import Autostart, contents, face, place
from agent.cli.autostart import autostart
from agent.errors import AutostartFailed

AWKWARD = ["/opt/a b/veri$type", "--process", "50%", 'say "hi"']
SYSTEMS = ["linux", "darwin", "win32"]


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)


def test_it_is_off_until_asked_for_and_off_again_leaves_nothing(tmp_path: Path) -> None:
    run = CliRunner().invoke
    assert "Nothing of Veritype starts" in run(autostart, ["status"]).output
    assert list(tmp_path.rglob("*veritype*")) == []
    assert "starts at log-in" in run(autostart, ["on"]).output
    assert "starts at log-in" in run(autostart, ["status"]).output
    assert "Nothing of Veritype starts" in run(autostart, ["off"]).output
    assert "Nothing of Veritype starts" in run(autostart, ["off"]).output
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_linux_starts_the_icon_that_stays_and_only_where_the_program_still_is() -> None:
    found = Autostart("linux")
    found.enable()
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(found.place)
    told = entry["Desktop Entry"]
    assert shlex.split(told["Exec"]) == [sys.executable, "-m", "agent", "tray", "--stay"]
    assert told["TryExec"] == sys.executable
    assert told["Type"] == "Application"


def test_awkward_words_survive_the_desktop_entrys_two_rounds_of_escaping() -> None:
    line = contents("linux", AWKWARD).decode().split("\nExec=")[1].splitlines()[0]
    # First the string value's escapes are taken away, then the quotes and the field codes.
    once = line.replace("\\\\", "\\")
    words = subprocess.run(["sh", "-c", f"printf '%s\\n' {once}"], capture_output=True, text=True)
    assert [word.replace("%%", "%") for word in words.stdout.splitlines()] == AWKWARD


def test_macos_runs_the_page_at_load() -> None:
    facts = plistlib.loads(contents("darwin", AWKWARD))
    assert facts["ProgramArguments"] == AWKWARD
    assert facts["RunAtLoad"] is True
    assert "KeepAlive" not in facts
    assert face("darwin")[-2:] == ["veritype", "page"]


def test_windows_starts_a_command_of_the_startup_folder() -> None:
    told = contents("win32", ["C:\\Program Files\\v.exe", "50%"]).decode()
    assert told == '@start "" /min "C:\\Program Files\\v.exe" "50%%"\r\n'


@pytest.mark.parametrize("system", SYSTEMS)
def test_each_system_has_its_folder(system: str, tmp_path: Path) -> None:
    found = Autostart(system, tmp_path, {})
    assert not found.is_on()
    found.enable()
    assert found.is_on()
    assert found.remove()
    assert not found.is_on()
    assert not found.remove()


def test_the_desktops_own_configuration_folder_is_heeded(tmp_path: Path) -> None:
    elsewhere = {"XDG_CONFIG_HOME": str(tmp_path / "elsewhere")}
    expected = tmp_path / "elsewhere/autostart/veritype.desktop"
    assert place("linux", tmp_path, elsewhere) == expected


@pytest.mark.parametrize("system", SYSTEMS)
def test_nothing_that_records_is_started(system: str) -> None:
    words = face(system)
    assert not {"run", "capture", "clock"} & set(words)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / ".config").write_text("not a folder")
    with pytest.raises(AutostartFailed, match="cannot be changed"):
        Autostart("linux").enable()
