"""What the form of a policy asks: each field with its label, its bounds and what it holds.

Bounds come from the policy's own types, so that the form cannot allow what the wire refuses.
"""

from dataclasses import dataclass
from enum import Enum
from functools import cache

from msgspec import inspect

from server.language import N_
from wire.codes import Category
from wire.policy import Policy


class Kind(Enum):
    """How a field is filled in."""

    WHOLE = "whole"
    SHARE = "share"
    TICK = "tick"
    WINDOWS = "windows"
    """Any of the kinds of windows."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between what a number lies; those that are excluded do not themselves fit."""

    low: float
    high: float
    excluded: bool = False

    def fit(self, value: float) -> bool:
        """Whether a number lies within."""
        if self.excluded:
            return self.low < value < self.high
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form; its name is its place in the document, with dots."""

    name: str
    label: str
    hint: str = ""

    @property
    def path(self) -> tuple[str, ...]:
        """Its place in the document."""
        return tuple(self.name.split("."))

    @property
    def kind(self) -> Kind:
        """How it is filled in."""
        found = _type_of(self.path)
        if isinstance(found, inspect.BoolType):
            return Kind.TICK
        if isinstance(found, inspect.FloatType):
            return Kind.SHARE
        return Kind.WHOLE if isinstance(found, inspect.IntType) else Kind.WINDOWS

    @property
    def bounds(self) -> Bounds:
        """Between what its number lies."""
        found = _type_of(self.path)
        assert isinstance(found, inspect.IntType | inspect.FloatType)  # noqa: S101 - of numbers
        if found.gt is not None and found.lt is not None:
            return Bounds(found.gt, found.lt, excluded=True)
        return Bounds(found.ge or 0, found.le or 0)


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together."""

    title: str
    fields: tuple[Field, ...]


TAKEN = "screenshots"
"""The tick that says whether there are screenshots at all; no field of the document."""
SECTIONS = (
    Section(
        N_("Screenshots"),
        (
            Field("screenshots.interval_s", N_("One in so many seconds, at a random moment")),
            Field("screenshots.height_px", N_("Height in pixels")),
            Field(
                "screenshots.whole_screen",
                N_("The whole screen, not task windows alone"),
                N_("Otherwise everything but the task's windows is blacked out."),
            ),
            Field("screenshots.pixelate", N_("Made coarse before they leave the device's memory")),
            Field(
                "screenshots.review_delay_s",
                N_("Seconds that they stay with the trainer first"),
                N_("Of the trainer's presence, so that they can blank one before it is sent."),
            ),
            Field("confidential", N_("Confidential: no screenshots at all, whatever is said here")),
        ),
    ),
    Section(
        N_("What is allowed"),
        (
            Field("allowed.paste_from", N_("Pasting is fine from")),
            Field(
                "allowed.paste_chars",
                N_("Characters up to which a paste needs no explanation"),
            ),
            Field("allowed.ai_grammar_help", N_("AI may correct spelling and grammar")),
            Field("allowed.ai_translation", N_("AI may translate what is read or written")),
            Field("allowed.ai_search", N_("AI may be asked for facts and sources")),
            Field("allowed.ai_judging", N_("AI may help to judge the answers")),
        ),
    ),
    Section(
        N_("When somebody is flagged"),
        (
            Field(
                "thresholds.review",
                N_("Least probability for a flag"),
                N_("0 asks for no more than the calibrated model does. It only takes flags back."),
            ),
            Field(
                "thresholds.strong",
                N_("Least probability for “strong evidence”"),
                N_("Not less than the one for a flag."),
            ),
            Field(
                "false_flag_rate",
                N_("Share of genuine sessions that may be flagged, as promised to people"),
            ),
        ),
    ),
    Section(
        N_("How people decide"),
        (
            Field("review.answer_days", N_("Days in which the trainer can answer")),
            Field("review.decide_days", N_("Days to decide after that")),
            Field(
                "review.second_review_share",
                N_("Share of cleared sessions that a second person reviews"),
            ),
            Field("review.hold_days_max", N_("Days that pay may be held back at most")),
            Field(
                "review.blind_first_review",
                N_("The first reviewer does not see who it is; the second never does"),
            ),
        ),
    ),
    Section(
        N_("What is kept, and for how long after the last decision"),
        (
            Field("retention.class_sequences_days", N_("Days for which kind of key was typed")),
            Field("retention.screenshots_days", N_("Days for screenshots")),
            Field("retention.evidence_days", N_("Days for everything else")),
            Field("record_titles", N_("Titles of task windows are recorded")),
            Field(
                "idle_after_s",
                N_("Seconds without input that count as idle"),
                N_("Reading is work until then."),
            ),
        ),
    ),
)
FIELDS = tuple(field for section in SECTIONS for field in section.fields)
LABELS = {field.name: field.label for field in FIELDS} | {
    TAKEN: N_("Screenshots are taken"),
    "windows": N_("Rules that tell windows apart"),
    "sites": N_("Pages that the browser extension observes"),
}
CATEGORIES = {
    Category.TASK: N_("The task, recorded in detail"),
    Category.ASSISTANT: N_("An AI assistant"),
    Category.REFERENCE: N_("Reference material"),
    Category.EDITOR: N_("An editor"),
    Category.COMMUNICATION: N_("Mail and chat"),
    Category.PRIVATE: N_("Private, nothing is recorded"),
    Category.OTHER: N_("Anything else"),
}
"""Kinds of windows, in the order in which they are offered."""


@cache
def _type_of(path: tuple[str, ...]) -> inspect.Type:
    """What a place of the document holds, where there is something."""
    found: inspect.Type = inspect.type_info(Policy)
    for name in path:
        assert isinstance(found, inspect.StructType)  # noqa: S101 - places are ours
        field = next(each for each in found.fields if each.name == name)
        found = _said(field.type)
    return found


def _said(found: inspect.Type) -> inspect.Type:
    """Of a type that may be left unsaid, the other one; without what only documents it."""
    while isinstance(found, inspect.UnionType | inspect.Metadata):
        if isinstance(found, inspect.Metadata):
            found = found.type
            continue
        (found,) = (each for each in found.types if not isinstance(each, inspect.NoneType))
    return found
