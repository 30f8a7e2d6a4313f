"""The host process and the agent's ear, joined by their real socket; the browser is two pipes."""

import json
import os
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.extension.listener import ExtensionListener
from agent.observations import Observation, PageEdited, SecretField, SourceHealth
from wire.codes import Category, SourceName, SourceState
from wire.policy import Policy, Region, SiteRule, WindowRule

POLICY = Policy(
    version=1,
    windows=(WindowRule(Category.TASK, title="*task*"),),
    sites=(
        SiteRule("https://a.example/*", (Region("A", "#a"), Region("B", "#b"))),
        SiteRule("https://b.example/*", (Region("C", ".c"),)),
    ),
)
_DEADLINE_S = 60


def pasted(chars: int = 120) -> dict[str, object]:
    """A paste of this moment, as the extension reports it."""
    numbers = {"duration": 0, "how": 2, "deleted": 0, "flags": 3, "field": 1, "region": 2}
    return {"kind": 1, "at": time.time_ns() // 1000, "inserted": chars, **numbers}


class Browser:
    """The browser's end of a native messaging host."""

    def __init__(self, path: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "agent", "native-host", str(path), "chrome-extension://x/"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def send(self, message: object) -> None:
        data = json.dumps(message).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(struct.pack("=I", len(data)) + data)
        self.process.stdin.flush()

    def heard(self) -> dict[str, object]:
        assert self.process.stdout is not None
        (length,) = struct.unpack("=I", self.process.stdout.read(4))
        found = json.loads(self.process.stdout.read(length))
        assert isinstance(found, dict)
        return found

    def leave(self) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        ended = self.process.wait(_DEADLINE_S)
        self.process.stdout.close()
        return ended


def eventually(holds: Callable[[], object]) -> None:
    until = time.monotonic() + _DEADLINE_S
    while not holds():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.01)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "extension.sock"


@pytest.fixture
def seen() -> list[Observation]:
    return []


@pytest.fixture
def listener(path: Path, seen: list[Observation]) -> Iterator[ExtensionListener]:
    made = ExtensionListener(path, seen.append)
    yield made
    made.close()


@pytest.fixture
def browser(path: Path) -> Iterator[Browser]:
    made = Browser(path)
    yield made
    assert made.leave() == 0


def states(seen: list[Observation]) -> list[SourceState]:
    return [each.state for each in seen if isinstance(each, SourceHealth)]


def edits(seen: list[Observation]) -> list[int]:
    return [each.inserted_chars for each in seen if isinstance(each, PageEdited)]


def test_a_browser_is_told_the_scope_and_its_messages_become_observations(
    listener: ExtensionListener, browser: Browser, seen: list[Observation]
) -> None:
    assert browser.heard() == {"recording": False, "sites": []}
    listener.scope(POLICY)
    assert browser.heard() == {
        "recording": True,
        "sites": [
            {"pattern": "https://a.example/*", "first_region": 1, "selectors": ["#a", "#b"]},
            {"pattern": "https://b.example/*", "first_region": 3, "selectors": [".c"]},
        ],
    }
    browser.send(pasted())
    eventually(lambda: edits(seen) == [120])
    assert states(seen) == [SourceState.RUNNING]


def test_what_comes_while_nothing_records_is_dropped(
    listener: ExtensionListener, browser: Browser, seen: list[Observation]
) -> None:
    browser.heard()
    browser.send(pasted())
    listener.scope(POLICY)
    browser.heard()
    listener.scope(None)
    assert browser.heard() == {"recording": False, "sites": []}
    browser.send(pasted())
    listener.scope(POLICY)
    browser.heard()
    browser.send(pasted(7))
    eventually(lambda: edits(seen))
    assert edits(seen) == [7]


def test_a_message_with_text_is_dropped_by_the_host_and_shown_as_a_fault(
    listener: ExtensionListener, browser: Browser, seen: list[Observation]
) -> None:
    listener.scope(POLICY)
    while not browser.heard()["recording"]:
        pass
    browser.send(pasted() | {"text": "hunter2"})
    browser.send(pasted())
    eventually(lambda: edits(seen) == [120])
    assert states(seen)[-1] is SourceState.DEGRADED


def test_a_missing_browser_is_reported_and_so_is_its_end(
    listener: ExtensionListener, path: Path, seen: list[Observation]
) -> None:
    listener.scope(POLICY)
    browser = Browser(path)
    browser.heard()
    assert browser.leave() == 0
    eventually(lambda: len(states(seen)) == 3)
    assert states(seen) == [SourceState.MISSING, SourceState.RUNNING, SourceState.MISSING]


def test_a_browser_that_may_not_see_the_pages_is_as_good_as_none(
    listener: ExtensionListener, browser: Browser, seen: list[Observation]
) -> None:
    listener.scope(POLICY)
    eventually(lambda: listener.state() is SourceState.RUNNING)
    browser.send({"kind": 6, "at": 1, "on": 0})
    eventually(lambda: listener.state() is SourceState.MISSING)
    browser.send({"kind": 6, "at": 1, "on": 1})
    eventually(lambda: listener.state() is SourceState.RUNNING)
    expected = [SourceState.RUNNING, SourceState.MISSING, SourceState.RUNNING]
    assert states(seen)[-3:] == expected


def test_a_policy_without_pages_has_no_such_source(
    listener: ExtensionListener, seen: list[Observation]
) -> None:
    listener.scope(Policy(version=1, windows=()))
    assert (listener.state(), states(seen)) == (None, [])


def test_a_browser_that_leaves_leaves_no_password_field_behind(
    listener: ExtensionListener, path: Path, seen: list[Observation]
) -> None:
    listener.scope(POLICY)
    browser = Browser(path)
    browser.heard()
    browser.send({"kind": 5, "at": 0, "on": 1})
    eventually(lambda: any(isinstance(each, SecretField) for each in seen))
    assert browser.leave() == 0
    eventually(lambda: len([each for each in seen if isinstance(each, SecretField)]) == 2)
    last = [each for each in seen if isinstance(each, SecretField)][-1]
    assert (last.focused, last.by) == (False, SourceName.EXTENSION)


def test_a_pause_does_not_end_a_password_field_before_the_display_is_closed(
    listener: ExtensionListener, browser: Browser, seen: list[Observation]
) -> None:
    listener.scope(POLICY)
    browser.heard()
    browser.send({"kind": 5, "at": time.time_ns() // 1000, "on": 1})
    eventually(lambda: any(isinstance(each, SecretField) for each in seen))
    listener.scope(None)
    assert [each.focused for each in seen if isinstance(each, SecretField)] == [True]


def test_the_host_outlives_an_agent_and_finds_the_next_one(
    path: Path, seen: list[Observation]
) -> None:
    first = ExtensionListener(path, seen.append)
    browser = Browser(path)
    first.scope(POLICY)
    while not browser.heard()["recording"]:
        pass
    first.close()
    assert browser.heard() == {"recording": False, "sites": []}
    second = ExtensionListener(path, seen.append)
    second.scope(POLICY)
    while not browser.heard()["recording"]:
        pass
    browser.send(pasted())
    eventually(lambda: edits(seen) == [120])
    second.close()
    assert browser.leave() == 0


def test_a_host_without_an_agent_costs_next_to_nothing_and_ends_with_its_browser(
    path: Path,
) -> None:
    browser = Browser(path)
    eventually(lambda: b"native-host" in Path(f"/proc/{browser.process.pid}/cmdline").read_bytes())
    # Its start costs something, and takes as long as a busy machine makes it.
    eventually(lambda: _cost_of_a_second(browser.process.pid) <= 0.02)
    assert browser.leave() == 0


def _cost_of_a_second(pid: int) -> float:
    """The share of a core that a process takes for a second."""
    before = _cpu_ticks(pid)
    time.sleep(1)
    return (_cpu_ticks(pid) - before) / os.sysconf("SC_CLK_TCK")


def _cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
