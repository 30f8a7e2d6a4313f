"""Simulated sessions: people composing and copying, programs typing, pastes and forgeries.

They train and test the detector, and give others sessions to show or to drive. Every simulator
takes a `numpy.random.Generator` and returns a `SimulatedSession`.
"""

from detector.simulation.forgeries import histogram_forgery, replay
from detector.simulation.hands import Holds
from detector.simulation.looks import (
    grammar_checked,
    looking_things_up,
    retyping_from_assistant,
)
from detector.simulation.pastes import composed_with_paste, pasted_only
from detector.simulation.robots import ROBOTS, robot_a1, robot_a2, robot_a3, robot_a4, robot_a5
from detector.simulation.session import SimulatedSession
from detector.simulation.suggestions import with_suggestions
from detector.simulation.text import draw_text
from detector.simulation.typist import Typist, draw_typist
from detector.simulation.writer import composing, transcribing

__all__ = [
    "ROBOTS",
    "Holds",
    "SimulatedSession",
    "Typist",
    "composed_with_paste",
    "composing",
    "draw_text",
    "draw_typist",
    "grammar_checked",
    "histogram_forgery",
    "looking_things_up",
    "pasted_only",
    "replay",
    "retyping_from_assistant",
    "robot_a1",
    "robot_a2",
    "robot_a3",
    "robot_a4",
    "robot_a5",
    "transcribing",
    "with_suggestions",
]
