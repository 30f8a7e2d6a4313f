import pytest

from tests.browser_extension.conftest import Workplace
from wire.codes import EditFlag, EditHow
from wire.events import PageEdit

pytestmark = pytest.mark.browser


def edits(work: Workplace, how: EditHow) -> list[PageEdit]:
    return [each for each in work.ear.of(PageEdit) if each.how == how]


def typed(work: Workplace) -> int:
    return sum(each.inserted_chars for each in edits(work, EditHow.TYPED))


def test_typing_is_seen_as_typing(recording: Workplace) -> None:
    recording.driver.click("#text")
    recording.driver.type("the answer is 42")
    recording.eventually(lambda: typed(recording) == 16)
    assert {each.flags for each in edits(recording, EditHow.TYPED)} == {
        EditFlag.TRUSTED | EditFlag.AT_END
    }
