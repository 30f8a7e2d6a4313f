"""A session on Wayland: nobody knows the window in front, and the extension still sees the page."""

from agent.observations import PageEdited, SourceHealth
from agent.session.scope import ScopeRule
from wire.codes import EditFlag, EditHow, SourceName, SourceState
from wire.events import Insertion, PageEdit

ORIGIN_US = 1_000_000_000
UNSEEN = (SourceName.FOCUS, SourceName.KEYBOARD, SourceName.POINTER, SourceName.CLIPBOARD)


def test_pages_are_recorded_where_no_window_in_front_is_known() -> None:
    rule = ScopeRule(ORIGIN_US)
    for name in UNSEEN:
        rule.observe(SourceHealth(ORIGIN_US, name, SourceState.MISSING))
    edits = [
        PageEdited(ORIGIN_US + 1_000, 900, EditHow.TYPED, 12, 0, EditFlag.TRUSTED, 1, 0),
        PageEdited(ORIGIN_US + 5_000, 0, EditHow.PASTE, 300, 0, EditFlag.TRUSTED, 1, 0),
    ]
    events = [event for edit in edits for event in rule.observe(edit)]
    events += rule.tick(ORIGIN_US + 10_000_000)
    changes = [event for event in events if isinstance(event, PageEdit)]
    assert [(event.t_us, event.inserted_chars) for event in changes] == [(1_000, 12), (5_000, 300)]
    inserted = [event for event in events if isinstance(event, Insertion)]
    assert [event.length_chars for event in inserted] == [300]
