"""Sessions that look like work, made of sealed batches and sent over the wire."""

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from detector.simulation import composing, draw_text
from detector.simulation.session import without_effects
from tests.server.device import Chain, digest_parts, screenshot
from wire import events
from wire.codes import (
    Category,
    EditHow,
    InsertionHow,
    InsertionSeenBy,
    KeyFlag,
    MarkerKind,
    PresenceChange,
    SourceName,
    SourceState,
)
from wire.keys import KeyClass
from wire.limits import BATCH_MAX_EVENTS, BATCH_MAX_SPAN_US
from wire.textclass import pack_classes

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
WRITES: dict[int, str] = {
    KeyClass.LETTER: "a",
    KeyClass.DIGIT: "0",
    KeyClass.PUNCT: ".",
    KeyClass.SPACE: " ",
    KeyClass.ENTER: "\n",
}
"""The class of the character that a class of key writes."""


@dataclass(frozen=True)
class Story:
    """What happens in a session, and the pictures that belong to it."""

    happened: tuple[events.Event, ...]
    pictures: tuple[bytes, ...] = ()
    texts: tuple[bytes, ...] = ()
    lost: tuple[int, ...] = ()


def send(chain: Chain, story: Story, minutes: int) -> None:
    """Seal and send a story, half a minute a batch; the last one closes the session."""
    for data in (*story.pictures, *story.texts):
        assert chain.device.put(chain.session, data).status_code == 201
    ordered = sorted(story.happened, key=lambda event: event.t_us)
    slots = minutes * MINUTE_US // BATCH_MAX_SPAN_US
    for slot in range(slots):
        start, end = slot * BATCH_MAX_SPAN_US, (slot + 1) * BATCH_MAX_SPAN_US
        inside = [event for event in ordered if start <= event.t_us < end]
        losses = {4: 7} if slot in story.lost else {}
        chain.send(
            inside[:BATCH_MAX_EVENTS],
            start_us=start,
            end_us=end,
            final=slot == slots - 1,
            losses=losses,
        )


def composed(minutes: int, seed: int = 1) -> Story:
    """Somebody who thinks, writes, reads, goes back and changes wording."""
    draw = random.Random(seed)
    happened: list[events.Event] = [
        events.Marker(0, MarkerKind.CLOCK_IN, 0, 0),
        events.Focus(0, Category.TASK, 1, 1),
        *(events.Health(0, source, SourceState.RUNNING) for source in SourceName),
        *reading(draw, minutes),
        *written(draw, 0, minutes * MINUTE_US),
    ]
    pictures = []
    for at_s in range(90, minutes * 60, 240):
        picture = picture_of(at_s, draw)
        pictures.append(picture)
        happened.append(screenshot(at_s * SECOND_US, picture))
    return Story(tuple(happened), tuple(pictures))


def pasted(minutes: int, seed: int = 2) -> Story:
    """Little typing, and two answers out of an assistant's window."""
    draw = random.Random(seed)
    base = composed(minutes, seed)
    first, second = 4 * MINUTE_US, 9 * MINUTE_US
    extra = [
        events.Focus(first - 40 * SECOND_US, Category.ASSISTANT, 0, 3),
        events.Clipboard(first - 9 * SECOND_US, 1, 2_140, 14, 77, Category.ASSISTANT, 3),
        events.Focus(first - 5 * SECOND_US, Category.TASK, 1, 1),
        events.Insertion(first, InsertionHow.PASTE, InsertionSeenBy.SELECTION, 2_140, 14, 77, 1),
        events.Focus(second - 60 * SECOND_US, Category.ASSISTANT, 0, 3),
        events.Focus(second - 3 * SECOND_US, Category.TASK, 1, 1),
        events.Insertion(second, InsertionHow.PASTE, InsertionSeenBy.CHORD, 820, 4, 0, 1),
        events.Presence(6 * MINUTE_US, PresenceChange.IDLE),
        events.Presence(6 * MINUTE_US + 80 * SECOND_US, PresenceChange.ACTIVE),
        events.Marker(10 * MINUTE_US, MarkerKind.PAUSE, 0, 1),
        events.Marker(11 * MINUTE_US, MarkerKind.RESUME, 0, 0),
        events.Health(2 * MINUTE_US, SourceName.SCREENSHOTS, SourceState.FAILED),
        events.Health(3 * MINUTE_US, SourceName.SCREENSHOTS, SourceState.RUNNING),
    ]
    kept = [
        event
        for event in base.happened
        if not isinstance(event, events.Keystroke) or draw.random() < 0.9
        if not 10 * MINUTE_US < event.t_us < 11 * MINUTE_US
    ]
    classes = typed_classes([e for e in kept if isinstance(e, events.Keystroke)])
    half, inserted = len(classes) // 2, draw_text(np.random.default_rng(seed), 2_300)[:2_140]
    text = pack_classes(f"{classes[:half]}{inserted}{classes[half:]}")
    at_us = minutes * MINUTE_US - 2 * SECOND_US
    length = len(classes) + len(inserted)
    wrote_us = at_us - 20 * SECOND_US
    extra.append(events.PageEdit(20 * SECOND_US, wrote_us, EditHow.TYPED, length, 0, 0, 1, 0))
    extra.append(events.TextSubmitted(at_us, 1, 0, length, *digest_parts(text)))
    return Story((*kept, *extra), base.pictures, (text,), lost=(6,))


def typed_classes(keys: Sequence[events.Keystroke]) -> str:
    """About what these keys wrote: each erased character is the last one."""
    made: list[str] = []
    for key in sorted(keys, key=lambda each: each.t_us):
        if key.key_class in WRITES:
            made.append(WRITES[key.key_class])
        elif key.key_class == KeyClass.BACKSPACE and made:
            made.pop()
    return "".join(made)


def robot(minutes: int) -> Story:
    """A program that types."""
    flags = KeyFlag.ORIGIN_KNOWN | KeyFlag.INJECTED
    keys = [
        events.Keystroke(
            5 * SECOND_US + n * 180_000,
            9_000,
            KeyClass.SPACE if n % 6 == 5 else KeyClass.LETTER,
            flags,
            0,
        )
        for n in range(minutes * 300)
    ]
    return Story((events.Focus(0, Category.TASK, 1, 1), *keys))


def written(draw: random.Random, start_us: int, end_us: int) -> list[events.Event]:
    """Composing by a simulated person, who starts after 20 s and stops 10 s before the end."""
    first_us = start_us + 20 * SECOND_US
    minutes = (end_us - 10 * SECOND_US - first_us) / MINUTE_US
    rng = np.random.default_rng(draw.randrange(2**32))
    table = without_effects(composing(rng, minutes=minutes).keystrokes)
    rows = zip(table.t_us.tolist(), table.hold_us.tolist(), table.key.tolist(), strict=True)
    return [
        events.Keystroke(first_us + t_us, hold_us, kind, KeyFlag.ORIGIN_KNOWN, 1)
        for t_us, hold_us, kind in rows
        if kind != KeyClass.CLICK and first_us + t_us < end_us
    ]


def reading(draw: random.Random, minutes: int) -> list[events.Event]:
    """A look at the reference now and then."""
    found: list[events.Event] = []
    for minute in range(2, minutes, 4):
        at = minute * MINUTE_US + draw.randint(0, 20) * SECOND_US
        found.append(events.Focus(at, Category.REFERENCE, 0, 2))
        found.append(events.Focus(at + 25 * SECOND_US, Category.TASK, 1, 1))
    return found


def picture_of(at_s: int, draw: random.Random) -> bytes:
    """A picture of a window with lines of text that is none."""
    image = Image.new("RGB", (640, 400), (226, 230, 232))
    pen = ImageDraw.Draw(image)
    pen.rectangle((40, 30, 600, 380), fill=(255, 255, 255))
    pen.rectangle((40, 30, 600, 54), fill=(74, 128, 134))
    for line in range(min(4 + at_s // 60, 16)):
        width = draw.randint(180, 500)
        pen.rectangle((64, 74 + line * 18, 64 + width, 82 + line * 18), fill=(150, 158, 164))
    out = io.BytesIO()
    image.save(out, "WEBP", quality=70)
    return out.getvalue()
