"""What `veritype doctor` says, on desktops that lack one thing or another."""

import json
import re
import time
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
from click.testing import CliRunner, Result

from agent import AGENT_VERSION
from agent.cli.doctor import report_text
from agent.cli.main import main
from agent.doctor.autostart import autostart_findings
from agent.doctor.browsers import browser_findings
from agent.doctor.examination import examine
from agent.doctor.finding import ABSENT, FAILS, PART, WORKS, Desk, Finding, Report
from agent.doctor.server import server_findings
from agent.doctor.state import recorder_finding, state_findings
from agent.doctor.unseen import unseen_passwords
from agent.errors import AgentTooOld
from agent.extension.installing import install_host
from agent.extension.places import Browser
from agent.face.client import choose_project
from agent.face.status import SourceStatus, Status
from agent.identity import Identity, store_identity
from agent.paths import Paths
from agent.settings import Settings
from agent.shipping.transport import Transport
from agent.sources.atspi import PASSWORD_FIELDS_UNSEEN
from agent.spool.store import Spool
from tests.agent.conftest import PlatformServer

NOWHERE: dict[str, str] = {"HOME": "/nonexistent"}
WAYLAND = {"WAYLAND_DISPLAY": "wayland-0", "HOME": "/nonexistent"}
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def desk(home: Paths, environment: Mapping[str, str] = NOWHERE) -> Desk:
    return Desk(environment, "linux", home, Settings(connect_timeout_s=1, read_timeout_s=1))


def by_topic(report: Report) -> dict[str, Finding]:
    return {finding.topic: finding for finding in (*report.seeing, *report.keeping)}


def run(environment: Mapping[str, str], *arguments: str) -> Result:
    wanted: dict[str, str | None] = dict.fromkeys(("DISPLAY", "WAYLAND_DISPLAY", "NO_COLOR"))
    wanted |= {"XDG_SESSION_TYPE": None, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}
    return CliRunner().invoke(main, ["doctor", *arguments], env=wanted | dict(environment))


def test_it_works_before_anything_is_enrolled(home: Paths) -> None:
    done = run(NOWHERE)
    assert done.exit_code == 1
    assert "veritype enrol URL CODE" in done.output
    assert "There is no display" in done.output
    assert "Something that is needed does not work" in done.output


def test_no_line_is_wider_than_a_terminal_and_no_colour_goes_into_a_file(home: Paths) -> None:
    for environment in (NOWHERE, WAYLAND):
        output = run(environment).output
        assert max(len(line) for line in output.splitlines()) < 80
        assert "\x1b" not in output


def test_colours_are_for_terminals() -> None:
    report = Report(True, (Finding("display", WORKS, "X11"),), ("much",), (), ())
    assert "\x1b[" in report_text(report)
    assert "  ok   display        X11" in COLOURS.sub("", report_text(report))


def test_json_says_the_same(home: Paths) -> None:
    done = run(NOWHERE, "--json")
    report = msgspec.json.decode(done.output, type=Report)
    assert json.loads(done.output)["works"] is False
    assert by_topic(report)["display"].state == FAILS


def test_wayland_is_said_plainly_and_is_no_failure(home: Paths) -> None:
    report = examine(desk(home, WAYLAND))
    display = by_topic(report)["display"]
    assert display.state == PART
    assert "partly observed" in display.says
    assert by_topic(report)["screenshots"].state == ABSENT
    assert any("nobody counts as idle" in sentence for sentence in report.unseen)


def test_password_fields_that_cannot_be_told_are_listed(home: Paths) -> None:
    x11 = desk(home, {"DISPLAY": ":7654", "HOME": "/nonexistent"})
    assert set(unseen_passwords(x11)) == set(PASSWORD_FIELDS_UNSEEN)
    for platform in ("win32", "darwin"):
        assert unseen_passwords(Desk({}, platform, home, Settings()))
    report = Report(True, (), (), tuple(PASSWORD_FIELDS_UNSEEN), ())
    assert "    * Terminals: a password" in report_text(report)


def test_the_server_is_asked_and_its_clock_compared(
    home: Paths, identity: Identity, platform: PlatformServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {each.topic: each for each in server_findings(desk(home), identity)}
    assert "Essays" in found["server"].says
    assert found["clock"].state == WORKS
    assert found["agent"] == Finding("agent", WORKS, f"version {AGENT_VERSION}")
    fast = SimpleNamespace(time=lambda: time.time() + 3_600)
    monkeypatch.setattr("agent.doctor.server.time", fast)
    found = {each.topic: each for each in server_findings(desk(home), identity)}
    assert found["clock"].state == PART
    assert re.search(r"(3599|360\d) s ahead of", found["clock"].says)
    platform.down()
    (alone,) = server_findings(desk(home), identity)
    assert alone.state == FAILS


def test_a_policy_that_says_more_than_this_agent_knows_asks_for_an_update(
    home: Paths, identity: Identity, platform: PlatformServer
) -> None:
    platform.mood = "later policy"
    (found,) = server_findings(desk(home), identity)
    assert (found.topic, found.state) == ("agent", FAILS)
    assert "update the agent" in found.says
    transport = Transport(identity.server, identity.token)
    with pytest.raises(AgentTooOld, match="update the agent"):
        choose_project(transport, "Essays")
    transport.close()


def test_a_state_folder_that_others_can_read_fails(home: Paths, identity: Identity) -> None:
    store_identity(home, identity)
    assert state_of(home, "state folder").state == WORKS
    home.identity.chmod(0o644)
    found = state_of(home, "state folder")
    assert found.state == FAILS
    assert "identity.json" in found.says
    assert "chmod" in found.fix


def test_a_damaged_spool_is_named_and_left_alone(home: Paths) -> None:
    assert state_of(home, "spool").state == ABSENT
    Spool(home.spool).close()
    assert state_of(home, "spool").state == WORKS
    damage = b"no database" * 1000
    home.spool.write_bytes(damage)
    assert state_of(home, "spool").state == FAILS
    assert home.spool.read_bytes() == damage


def state_of(home: Paths, topic: str) -> Finding:
    return next(each for each in state_findings(desk(home), None) if each.topic == topic)


def test_the_extension_is_found_where_browsers_look(home: Paths, tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path)}
    (alone,) = browser_findings(desk(home, environment), None)
    assert alone.state == PART
    install_host(home, Browser.FIREFOX, tmp_path)
    for state, expected in (("running", WORKS), ("missing", PART)):
        status = Status(True, True, sources=(SourceStatus("extension", state),))
        (found,) = browser_findings(desk(home, environment), status)
        assert found.state == expected
        assert "firefox" in found.says


def test_clocked_in_and_not_recording_is_a_failure() -> None:
    assert recorder_finding(None).state == ABSENT
    assert recorder_finding(Status(True, True, state="recording")).state == WORKS
    broken = recorder_finding(Status(True, False, state="broken", trouble=("The display hangs.",)))
    assert (broken.state, broken.says) == (FAILS, "The display hangs.")


def test_autostart_is_off_until_asked_for(home: Paths, tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path)}
    assert autostart_findings(desk(home, environment))[0].state == ABSENT
    (tmp_path / ".config/autostart").mkdir(parents=True)
    (tmp_path / ".config/autostart/veritype.desktop").touch()
    assert autostart_findings(desk(home, environment))[0].state == WORKS


def test_home_is_left_as_it_was(home: Paths) -> None:
    Spool(home.spool).close()
    before = set(home.home.iterdir())
    examine(desk(home))
    assert set(home.home.iterdir()) - before <= {home.lock}
