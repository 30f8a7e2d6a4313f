"""No typed character and no clipboard text is anywhere afterwards, and nothing off the clock."""

from collections.abc import Iterator
from itertools import pairwise
from statistics import median
from typing import TypeVar

import pytest
from msgspec import structs

from tests.live.leaks import Place, forms, key_forms, search
from tests.live.message_bus import message_bus
from tests.live.proxy import recording_proxy
from tests.live.secrecy import Story, live_through
from tests.live.server_process import running_server
from tests.live.trainer import EVEN_HOLD_S, EVEN_INTERVAL_S, POLICY, PROJECT, trainer_at_desk
from wire.codes import Category, InsertionHow, KeyFlag, SourceName, SourceState
from wire.events import (
    Activity,
    Clipboard,
    Event,
    Health,
    Insertion,
    Keystroke,
    Marker,
    PointerSecond,
)
from wire.keys import KeyClass
from wire.policy import Screenshots

E = TypeVar("E", bound=Event)

SCOPED = "in the task"
BESIDE = "beside a password field"
ORIGIN = KeyFlag.ORIGIN_KNOWN | KeyFlag.INJECTED
_POLICY = structs.replace(POLICY, screenshots=Screenshots(interval_s=5, review_delay_s=0))
"""A picture falls due before anything private is in front."""
_ACCESSIBILITY = SourceName.ACCESSIBILITY
OFF_US = 3_000
OFF_THE_CLOCK = ("before clock-in", "paused", "after clock-out")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, seed: int) -> Iterator[Story]:
    """The session, lived through once."""
    folder = tmp_path_factory.mktemp("secrecy")
    with (
        running_server(folder / "server") as server,
        recording_proxy(server.port) as proxy,
        message_bus() as bus,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("DBUS_SESSION_BUS_ADDRESS", bus["DBUS_SESSION_BUS_ADDRESS"])
        server.operator.add_project(PROJECT, _POLICY)
        code = server.operator.add_trainer("discreet")
        with trainer_at_desk("discreet", folder, proxy.url, code, seed=seed) as trainer:
            yield live_through(trainer, server, proxy, bus, seed)


def test_no_typed_secret_is_found_in_any_form(story: Story) -> None:
    for when, secret in story.typed.items():
        assert not search(story.places, forms(secret)), when


def test_no_keys_of_a_typed_secret_are_found(story: Story) -> None:
    for when, keycodes in story.keycodes.items():
        assert not search(story.places, key_forms(keycodes)), when


def test_no_clipboard_secret_is_found_in_any_form(story: Story) -> None:
    for when, secret in story.copied.items():
        assert not search(story.places, forms(secret)), when


def test_the_search_looked_where_secrets_would_be(story: Story) -> None:
    names = " ".join(place.name for place in story.places)
    for part in ("spool.db", "/data/", "server.log", "commands.log", "batch 0, body", "received"):
        assert part in names, part
    planted = [*story.places, Place("planted", story.typed[SCOPED].encode("utf-16-le"))]
    assert {find.place for find in search(planted, forms(story.typed[SCOPED]))} == {"planted"}


def test_a_screenshot_carries_pixels_and_nothing_beside_them(story: Story) -> None:
    pictures = [place.data for place in story.places if place.data[8:12] == b"WEBP"]
    assert pictures, "the session was long enough for one"
    for picture in pictures:
        assert set(chunks(picture)) <= {b"VP8 ", b"VP8L", b"VP8X"}


def chunks(picture: bytes) -> Iterator[bytes]:
    """The names of a WebP file's chunks (RFC 9649): metadata would be EXIF, XMP or ICCP."""
    at = 12
    while at < len(picture):
        size = int.from_bytes(picture[at + 4 : at + 8], "little")
        yield picture[at : at + 4]
        at += 8 + size + size % 2


def test_keys_in_scope_are_all_there_as_they_were_typed_and_no_others(story: Story) -> None:
    typed = [
        stroke
        for stroke in _events(story, Keystroke)
        if stroke.key_class == KeyClass.LETTER and not stroke.flags & KeyFlag.CHORD
    ]
    assert len(typed) == len(story.typed[SCOPED]) + len(story.typed[BESIDE])
    presses_us = sorted(stroke.t_us for stroke in typed)
    intervals_us = [after - before for before, after in pairwise(presses_us)]
    assert abs(median(intervals_us) - EVEN_INTERVAL_S * 1e6) < OFF_US
    assert abs(median(stroke.hold_us for stroke in typed) - EVEN_HOLD_S * 1e6) < OFF_US
    assert {stroke.flags & ORIGIN for stroke in typed} == {KeyFlag.ORIGIN_KNOWN}


def test_outside_the_scope_only_counts_are_kept(story: Story) -> None:
    outside = [event for event in _events(story, Activity) if event.category == Category.OTHER]
    assert sum(event.keys for event in outside) >= len(story.typed["outside"])


def test_a_password_window_records_nothing_at_all(story: Story) -> None:
    private = [event for event in _events(story, Activity) if event.category == Category.PRIVATE]
    assert not any(event.keys or event.pointer for event in private)


def test_a_password_field_of_a_task_window_leaves_no_insertion_either(story: Story) -> None:
    known = {source.state for source in _events(story, Health) if source.source == _ACCESSIBILITY}
    assert SourceState.RUNNING in known
    assert not [event for event in _events(story, Insertion) if event.how != InsertionHow.PASTE]


def test_a_copy_outside_is_kept_only_if_it_is_pasted_inside(story: Story) -> None:
    pasted = len(story.copied["outside, pasted in the task"])
    assert {event.length_chars for event in _events(story, Clipboard)} == {pasted}
    tags = {event.tag for event in _events(story, Clipboard)}
    assert {event.tag for event in _events(story, Insertion)} & tags


def test_the_agent_is_on_the_display_only_while_it_records(story: Story) -> None:
    assert story.connected["recording"]
    for when in OFF_THE_CLOCK:
        assert not story.connected[when], when


def test_nothing_is_recorded_while_paused(story: Story) -> None:
    markers = sorted(_events(story, Marker), key=lambda marker: marker.t_us)
    began, ended = (marker.t_us for marker in markers[1:3])
    wall_s = story.paused_s[1] - story.paused_s[0]
    assert 0 < (ended - began) / 1e6 <= wall_s
    recorded: list[Event] = []
    for kind in (Keystroke, PointerSecond, Activity, Clipboard, Insertion):
        recorded += [event for event in _events(story, kind) if began < event.t_us < ended]
    assert not recorded


def _events(story: Story, kind: type[E]) -> list[E]:
    return [event for batch in story.batches for event in batch.body.events(kind)]
