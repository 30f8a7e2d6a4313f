"""What must never be seen: password fields, pages outside, pauses, and any text at all."""

from pathlib import Path

import pytest

from tests.browser_extension.conftest import Workplace
from wire.codes import EditHow
from wire.events import PageEdit

pytestmark = pytest.mark.browser

SECRET = "Zq7secretXw"
OTHER = "Kv4privateNm"


def said_since(work: Workplace, before: int) -> bytes:
    return work.said.read_bytes()[before:]


def typed(work: Workplace) -> int:
    edits = [each for each in work.ear.of(PageEdit) if each.how == EditHow.TYPED]
    return sum(each.inserted_chars for each in edits)


def holds(folder: Path, text: str) -> list[str]:
    forms = (text.encode(), text.encode("utf-16-le"))
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and any(form in path.read_bytes() for form in forms)
    ]


@pytest.mark.parametrize("selector", ["#password", "#code"])
def test_a_password_field_says_that_it_has_the_focus_and_nothing_else(
    recording: Workplace, selector: str
) -> None:
    recording.driver.click(selector)
    recording.eventually(lambda: recording.ear.secrets() == [True])
    recording.ear.forget()
    before = recording.said.stat().st_size
    recording.driver.type(SECRET)
    recording.driver.press("Home")
    recording.driver.press("Control", "a")
    recording.driver.run(f"document.querySelector('{selector}').value += 'more'")
    recording.driver.press("Backspace")
    _pass_a_second(recording)
    assert said_since(recording, before) == b""
    recording.driver.click("#text")
    recording.eventually(lambda: recording.ear.secrets() == [False])
    recording.driver.type("seen")
    recording.eventually(lambda: typed(recording) == 4)


def test_a_password_shown_as_text_stays_one(recording: Workplace) -> None:
    recording.driver.click("#password")
    recording.eventually(lambda: recording.ear.secrets() == [True])
    recording.driver.run("document.getElementById('password').type = 'text'")
    before = recording.said.stat().st_size
    recording.driver.type(SECRET)
    _pass_a_second(recording)
    assert said_since(recording, before) == b""


def test_signing_in_submits_nothing(recording: Workplace) -> None:
    recording.driver.click("#user")
    recording.driver.type("robin")
    recording.driver.click("#enter")
    recording.driver.click("#text")
    recording.driver.type("seen")
    recording.eventually(lambda: typed(recording) == 9)
    assert recording.ear.submitted() == []


def test_a_page_outside_the_scope_says_nothing(recording: Workplace) -> None:
    before = recording.said.stat().st_size
    for address in (f"{recording.outside}/rate/task.html", f"{recording.inside}/other.html"):
        recording.driver.open(address)
        recording.driver.click("#text")
        recording.driver.type(OTHER)
        recording.driver.click("#password")
        _pass_a_second(recording)
    assert said_since(recording, before).count(b'"kind":1') == 0
    assert typed(recording) == 0
    assert recording.ear.secrets() == []


def test_a_page_that_leaves_the_scope_without_loading_says_nothing_more(
    recording: Workplace,
) -> None:
    recording.driver.run("history.pushState({}, '', '/elsewhere')")
    before = recording.said.stat().st_size
    recording.driver.click("#text")
    recording.driver.type(OTHER)
    _pass_a_second(recording)
    assert said_since(recording, before) == b""


def test_a_page_that_comes_into_scope_without_loading_is_seen(recording: Workplace) -> None:
    recording.driver.open(f"{recording.inside}/other.html")
    recording.driver.run("history.pushState({}, '', '/rate/task.html')")
    recording.driver.click("#text")

    def seen() -> bool:
        recording.driver.type("x")
        return typed(recording) > 0

    recording.eventually(seen)


def test_nothing_is_said_while_paused_and_the_open_page_is_seen_afterwards(
    recording: Workplace,
) -> None:
    recording.driver.click("#text")
    recording.driver.type("seen")
    recording.eventually(lambda: typed(recording) == 4)
    recording.listener.scope(None)
    _pass_a_second(recording)
    before = recording.said.stat().st_size
    recording.driver.type(OTHER)
    recording.driver.click("#password")
    _pass_a_second(recording)
    assert said_since(recording, before) == b""
    recording.listener.scope(recording.policy)
    recording.eventually(lambda: True in recording.ear.secrets())
    recording.driver.click("#text")
    recording.ear.forget()
    recording.driver.type("again")
    recording.eventually(lambda: typed(recording) == 5)


def test_no_text_is_in_anything_the_host_received_or_the_extension_keeps(
    recording: Workplace,
) -> None:
    recording.driver.click("#text")
    recording.driver.type(OTHER)
    recording.driver.click("#send")
    recording.eventually(recording.ear.submitted)
    recording.driver.click("#password")
    recording.driver.type(SECRET)
    recording.eventually(lambda: True in recording.ear.secrets())
    said = recording.said.read_bytes()
    assert b'"kind":4' in said
    for text in (SECRET, OTHER):
        assert text.encode() not in said
        assert text[:4].encode() not in said
    assert holds(recording.profile, SECRET) == []
    kept = [path for path in recording.profile.rglob("*") if "extension" in path.name.lower()]
    assert [found for folder in kept if folder.is_dir() for found in holds(folder, OTHER)] == []


def _pass_a_second(work: Workplace) -> None:
    """Longer than any record waits in the page; nothing else can show that nothing comes."""
    work.driver.wait(1.3)
