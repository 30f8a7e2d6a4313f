"""Generates the sample sessions: `python -m samples.generate`, the same files every time.

They are made by the simulators of `detector.simulation`, whose parameters were fitted to corpora;
no row of any corpus is in them. The pictures are drawn, with the words already unreadable.
"""

from collections.abc import Callable, Iterator, Sequence

import msgspec
import numpy as np

from detector.simulation import (
    Holds,
    SimulatedSession,
    composed_with_paste,
    composing,
    draw_text,
    pasted_only,
    robot_a4,
    transcribing,
)
from detector.simulation.session import without_effects
from samples.pictures import draw_picture
from samples.recorded import PICTURES, SESSIONS, Sample, columns_of
from wire import codes
from wire.codes import EditHow
from wire.events import (
    MISSING_U32,
    Clipboard,
    DeclaredMode,
    Event,
    Focus,
    Health,
    Insertion,
    Keystroke,
    PageEdit,
    PointerSecond,
    Screenshot,
    TextSubmitted,
)
from wire.keys import KeyClass
from wire.objects import digest_parts, object_digest
from wire.textclass import pack_classes

SECOND_US = 1_000_000
READING_US = 95 * SECOND_US
"""Everybody reads the task before writing."""
PICTURE_EVERY_US = 600 * SECOND_US
TASK_WINDOW = 1
ASSISTANT_WINDOW = 2
FIELD = 1
RECORDED = (
    codes.SourceName.KEYBOARD,
    codes.SourceName.POINTER,
    codes.SourceName.FOCUS,
    codes.SourceName.CLIPBOARD,
    codes.SourceName.INSERTIONS,
    codes.SourceName.SCREENSHOTS,
    codes.SourceName.PRESENCE,
)


class Scene(msgspec.Struct, frozen=True):
    """How to make one sample."""

    file: str
    person: str
    shows: str
    started_minutes_ago: int
    make: Callable[[np.random.Generator], SimulatedSession]
    injected: bool = False
    remapper: bool = False
    submits: bool = False
    """Whether the page of the task was seen to submit the text."""
    stood_there_chars: int = 0
    """So much of it stood in the field before the session."""


SCENES = (
    Scene(
        "1-composed",
        "Ada Okafor",
        "An evaluation composed at the keyboard: reading, planning, bursts, revisions.",
        312,
        lambda rng: composing(rng, characters=2_600),
        submits=True,
    ),
    Scene(
        "2-pasted",
        "Bruno Keller",
        "A text copied in an assistant's window and pasted into the task.",
        255,
        lambda rng: pasted_only(rng, characters=1_400),
    ),
    Scene(
        "3-one-paragraph-pasted",
        "Chiara Moretti",
        "Mostly composed, with one paragraph pasted from an assistant's window.",
        208,
        lambda rng: composed_with_paste(rng, characters=2_400, pasted_share=0.25),
        submits=True,
    ),
    Scene(
        "4-typing-robot",
        "Dan Petrescu",
        "A program types the text through a keyboard emulator; nothing marks it as injected.",
        164,
        lambda rng: robot_a4(rng, draw_text(rng, 1_500), holds=Holds.ZERO),
    ),
    Scene(
        "5-remapped-keyboard",
        "Elif Demir",
        "Composed on a remapped keyboard: every key arrives from a virtual device, as declared.",
        131,
        lambda rng: composing(rng, characters=1_900),
        injected=True,
        remapper=True,
    ),
    Scene(
        "6-short",
        "Farid Haddad",
        "A short comment: too little typing to say anything.",
        74,
        lambda rng: composing(rng, text_class=draw_text(rng, 400)[:70]),
    ),
    Scene(
        "7-retyped",
        "Grace Lindqvist",
        "A person retypes a text that lies beside the keyboard.",
        58,
        lambda rng: transcribing(rng, characters=1_800),
    ),
    Scene(
        "8-pasted-again",
        "Bruno Keller",
        "Another text copied in an assistant's window and pasted, a day earlier.",
        1_520,
        lambda rng: pasted_only(rng, characters=900),
    ),
    Scene(
        "9-long",
        "Bruno Keller",
        "A long session: composed for more than an hour, with two pasted paragraphs.",
        2_990,
        lambda rng: composed_with_paste(rng, characters=8_000, pasted_share=0.2, pastes=2),
        submits=True,
    ),
    Scene(
        "10-corrected",
        "Ada Okafor",
        "An answer that stood in the field is corrected and added to: much of it was not typed.",
        1_660,
        lambda rng: composing(rng, characters=1_100),
        submits=True,
        stood_there_chars=700,
    ),
)


def main() -> None:
    """Write every sample and its pictures."""
    SESSIONS.mkdir(exist_ok=True)
    PICTURES.mkdir(exist_ok=True)
    for number, scene in enumerate(SCENES):
        sample = sample_of(scene, np.random.default_rng(20_260_000 + number))
        path = SESSIONS / f"{scene.file}.json"
        path.write_bytes(msgspec.json.encode(sample) + b"\n")
        minutes = sample.duration_us // (60 * SECOND_US)
        print(f"{path.name}: {path.stat().st_size // 1024} KiB, {minutes} min")


def sample_of(scene: Scene, rng: np.random.Generator) -> Sample:
    """Simulate one scene as a recorder would have recorded it."""
    session = scene.make(rng)
    last_us = int(session.keystrokes.t_us[-1]) if len(session.keystrokes) else 0
    duration_us = READING_US + last_us + 20 * SECOND_US
    events: list[Event] = [Health(0, source, codes.SourceState.RUNNING) for source in RECORDED]
    if scene.remapper:
        events.append(DeclaredMode(0, codes.Mode.REMAPPER, 1))
    events.extend(_keys(session, injected=scene.injected))
    events.extend(_insertions(session))
    events.extend(_focus(session))
    events.extend(_pointer(rng, duration_us))
    pictures = list(_pictures(scene, rng, duration_us))
    events.extend(screenshot for _, screenshot in pictures)
    texts = _texts(scene, session, rng)
    events.extend(_submitted(scene, texts, duration_us))
    return Sample(
        scene.person,
        scene.shows,
        duration_us,
        scene.started_minutes_ago,
        tuple(name for name, _ in pictures),
        columns_of(events),
        texts,
    )


def _texts(scene: Scene, session: SimulatedSession, rng: np.random.Generator) -> tuple[str, ...]:
    if not scene.submits:
        return ()
    before = draw_text(rng, 2 * scene.stood_there_chars)[: scene.stood_there_chars]
    return (f"{before}\n{session.text_class}" if before else session.text_class,)


def _submitted(scene: Scene, texts: Sequence[str], duration_us: int) -> Iterator[Event]:
    """What the browser extension tells of a text field, and of the text that left it."""
    for text in texts:
        put_in = len(text) - scene.stood_there_chars
        yield PageEdit(READING_US, duration_us - READING_US, EditHow.TYPED, put_in, 0, 0, FIELD, 0)
        at_us = duration_us - 5 * SECOND_US
        yield TextSubmitted(at_us, FIELD, 0, len(text), *_digest(text))


def _digest(classes: str) -> tuple[int, int, int, int]:
    return digest_parts(object_digest(pack_classes(classes)))


def _pictures(
    scene: Scene, rng: np.random.Generator, duration_us: int
) -> Iterator[tuple[str, Screenshot]]:
    for number, at_us in enumerate(range(PICTURE_EVERY_US // 3, duration_us, PICTURE_EVERY_US)):
        name = f"{scene.file}-{number}.webp"
        picture = draw_picture(rng, filled=at_us / duration_us)
        (PICTURES / name).write_bytes(picture.data)
        digest = object_digest(picture.data)
        yield (
            name,
            Screenshot(
                at_us,
                codes.ScreenshotOutcome.TAKEN,
                codes.ScreenshotFlag.MASKED | codes.ScreenshotFlag.PIXELATED,
                picture.width_px,
                picture.height_px,
                len(picture.data),
                picture.perceptual,
                *(int.from_bytes(digest[i : i + 8], "big") for i in range(0, 32, 8)),
            ),
        )


def _keys(session: SimulatedSession, *, injected: bool) -> Iterator[Keystroke]:
    table = without_effects(session.keystrokes)
    flags = codes.KeyFlag.ORIGIN_KNOWN | (codes.KeyFlag.INJECTED if injected else 0)
    for t_us, hold_us, key in zip(table.t_us, table.hold_us, table.key, strict=True):
        if key != KeyClass.CLICK:
            hold = MISSING_U32 if hold_us < 0 else int(hold_us) // 1000 * 1000
            yield Keystroke(READING_US + int(t_us) // 1000 * 1000, hold, int(key), int(flags), 1)


def _insertions(session: SimulatedSession) -> Iterator[Event]:
    for copy in session.copies:
        yield Clipboard(
            READING_US + copy.t_us,
            codes.ClipboardAction.COPY,
            copy.length_chars,
            1 + copy.length_chars // 400,
            copy.tag,
            copy.category,
            ASSISTANT_WINDOW,
        )
    for insertion in session.insertions:
        yield Insertion(
            READING_US + insertion.t_us,
            insertion.how,
            codes.InsertionSeenBy.SELECTION,
            insertion.length_chars,
            1 + insertion.length_chars // 400,
            insertion.tag,
            TASK_WINDOW,
        )


def _focus(session: SimulatedSession) -> Iterator[Focus]:
    yield Focus(0, codes.Category.TASK, 1, TASK_WINDOW)
    for stretch in session.focus:
        in_task = stretch.category == codes.Category.TASK
        window = TASK_WINDOW if in_task else ASSISTANT_WINDOW
        if stretch.start_us > 0:
            yield Focus(READING_US + stretch.start_us, stretch.category, int(in_task), window)


def _pointer(rng: np.random.Generator, duration_us: int) -> Iterator[PointerSecond]:
    at_us = 2 * SECOND_US
    while at_us < duration_us:
        reading = at_us < READING_US
        yield PointerSecond(
            at_us,
            int(rng.integers(20, 900)),
            int(rng.random() < 0.15),
            int(rng.integers(0, 12)) if reading else 0,
        )
        at_us += int(rng.exponential(4 if reading else 25) + 1) * SECOND_US


if __name__ == "__main__":
    main()
