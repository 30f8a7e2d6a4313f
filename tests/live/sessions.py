"""The live sessions: what each trainer does between clock-in and clock-out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from detector.tables import TEXT_KEYS, Keystrokes
from tests.live import material
from tests.live.devices import Route
from tests.live.server_process import Server
from tests.live.trainer import PROJECT, Trainer, trainer_at_desk

COMPOSING_S = 110.0
"""As long as needed: in 400 seeds the fewest keys were 179, of 150 that an assessment asks for, and
none was flagged or abstained from; at 90 s 8 abstained, at 75 s 58."""
ROBOT_S = 100.0
"""Of 400 seeds all were flagged, at 65 s one was not."""
PART_S = 47.0
"""Two of these: as long as the others."""
EDITING_S = 15.0
READING_S = 6.0
PASTED_ALONE_CHARS = 900


@dataclass(frozen=True, slots=True)
class Kept:
    """What a finished session left: the API's view, and what the hands know of it."""

    session: dict[str, Any]
    assessment: dict[str, Any]
    pasted_s: float
    """Wall clock of the paste; 0: none."""
    late_ms: float
    """The lateness that 95 % of the key events stayed under."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a trainer did."""

    late_ms: float
    pasted_s: float = 0.0


Script = Callable[[Trainer], Work]
"""What a trainer does, with all that is typed made beforehand: making it would delay hands."""


def compose(seed: int) -> Script:
    """Compose an evaluation, as the generator does it."""
    return _typing(material.composed(seed, COMPOSING_S))


def compose_through_a_remapper(seed: int) -> Script:
    """Say that a remapper sends the keys, and compose."""
    composing = compose(seed)

    def script(trainer: Trainer) -> Work:
        trainer.agent.run("mode", "remapper", "on")
        return composing(trainer)

    return script


def replay_an_essay(seed: int) -> Script:
    """Compose as a genuine writer did."""
    return _typing(material.essay_stretch(seed, COMPOSING_S))


def let_a_robot_type(seed: int) -> Script:
    """Have a program type."""
    return _typing(material.robot(seed, ROBOT_S))


def paste_everything(seed: int) -> Script:
    """Copy the assistant's answer, paste it, and touch it up a little."""
    text = material.passage(seed, PASTED_ALONE_CHARS)
    edits = material.composed(seed, EDITING_S)

    def script(trainer: Trainer) -> Work:
        trainer.assistant.ask("fill", text=text)
        trainer.copy_all_of(trainer.assistant)
        pasted_s = trainer.paste_into_task(text)
        trainer.read(READING_S)
        late_ms = trainer.type(edits).late_ms(0.95)
        trainer.read(READING_S)
        return Work(late_ms, pasted_s)

    return script


def compose_and_paste_a_paragraph(seed: int) -> Script:
    """Compose, paste one paragraph from the assistant, and compose on: 70 % is one's own."""
    before, after = material.composed(seed, PART_S), material.composed(seed + 1, PART_S)
    own = characters((before, after))
    paragraph = material.passage(seed, round(own * 3 / 7))

    def script(trainer: Trainer) -> Work:
        trainer.assistant.ask("fill", text=paragraph)
        first = trainer.type(before)
        trainer.copy_all_of(trainer.assistant)
        pasted_s = trainer.paste_into_task(paragraph)
        trainer.read(READING_S)
        trainer.go_to(trainer.task)
        second = trainer.type(after)
        late_ms = max(first.late_ms(0.95), second.late_ms(0.95))
        return Work(late_ms, pasted_s)

    return script


def run_session(
    script: Script, name: str, server: Server, folder: Path, seed: int, route: Route
) -> Kept:
    """Enrol, clock in, do what the script says, clock out, and ask the API what it makes of it."""
    code = server.operator.add_trainer(name)
    with trainer_at_desk(name, folder, server.url, code, route=route, seed=seed) as trainer:
        trainer.agent.clock_in(PROJECT)
        trainer.go_to(trainer.task)
        trainer.read(READING_S)
        work = script(trainer)
        trainer.agent.clock_out()
        assessment = server.assessment_of(name)
        return Kept(
            session=server.session_of(name),
            assessment=assessment,
            pasted_s=work.pasted_s,
            late_ms=work.late_ms,
        )


def characters(tables: tuple[Keystrokes, ...]) -> int:
    """How many characters were typed."""
    keys = [int(key) for key in TEXT_KEYS]
    return sum(int(np.isin(table.key, keys).sum()) for table in tables)


def clock_in_s(session: dict[str, Any]) -> float:
    """Wall clock of a session's beginning, as the server has it."""
    return datetime.fromisoformat(session["started_at"]).timestamp()


def _typing(table: Keystrokes) -> Script:
    return lambda trainer: Work(trainer.type(table).late_ms(0.95))
