"""A project's policy: what may be recorded, what is allowed, what is promised. Policy is data.

A policy is versioned, accepted by each person (consent names its digest) and stamped on each
session. `json_schema()` publishes its shape, with the words in which the fields explain themselves.

A field that was not there in the first version of this format is `UNSET` where a document does not
say it, and then stands in no encoding: documents of before keep their digest, which consents name,
and agents of before still read them.
"""

import fnmatch
import hashlib
import inspect
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from wire.codes import Category
from wire.decoding import decoder_of
from wire.errors import PolicyInvalid

Glob = Annotated[str, Meta(min_length=1, max_length=200)]
Days = Annotated[int, Meta(ge=1, le=3650)]
Share = Annotated[float, Meta(gt=0, lt=1)]
HOLD_DAYS: Final = 14
"""So long may pay be held back where a policy does not say."""
SCHEMA_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


class WindowRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A window by its title and process, as shell patterns (`*`, `?`), case-insensitive."""

    category: Annotated[
        Category,
        Meta(
            description="1 the task (recorded in detail), 2 an AI assistant, 3 reference material, "
            "4 an editor, 5 mail and chat, 6 private (nothing is recorded), 7 other."
        ),
    ]
    title: Annotated[Glob, Meta(description="Pattern of the window's title.")] = "*"
    process: Annotated[Glob, Meta(description="Pattern of the program's name.")] = "*"

    def matches(self, title: str, process: str) -> bool:
        """Whether a window is meant. Its title is read in memory and kept nowhere."""
        return fnmatch.fnmatchcase(title.lower(), self.title.lower()) and fnmatch.fnmatchcase(
            process.lower(), self.process.lower()
        )


class Region(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A named part of a task page, so that "opened response B" can be known."""

    name: Annotated[str, Meta(min_length=1, max_length=60, description="What people call it.")]
    selector: Annotated[
        str,
        Meta(min_length=1, max_length=200, description="CSS, as `Element.matches` takes it."),
    ]


class SiteRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pages whose text fields the browser extension may observe.

    `pattern` is a match pattern of browser extensions: `https://tasks.example.org/rate/*`.
    """

    pattern: Annotated[
        str,
        Meta(
            description="A match pattern of browser extensions.",
            min_length=9,
            max_length=200,
            pattern=r"^https?://(\*\.)?[A-Za-z0-9.-]+(:\d+)?/[!-~]*$",
        ),
    ]
    regions: Annotated[tuple[Region, ...], Meta(description="Named parts of these pages.")] = ()


class Screenshots(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How screenshots are taken, if they are."""

    interval_s: Annotated[
        int,
        Meta(ge=5, le=86_400, description="Seconds; one at a random moment in each."),
    ] = 600
    height_px: Annotated[int, Meta(ge=120, le=2160, description="Height of the picture.")] = 720
    whole_screen: Annotated[
        bool, Meta(description="False: everything but the task's windows is blacked out.")
    ] = False
    pixelate: Annotated[
        bool, Meta(description="True: made coarse before it leaves the device's memory.")
    ] = False
    review_delay_s: Annotated[
        int,
        Meta(
            ge=0,
            le=86_400,
            description="Seconds of the trainer's presence that a picture stays on the device, so "
            "that they can blank it first.",
        ),
    ] = 600


class AllowedUse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the project allows besides writing everything oneself."""

    paste_from: Annotated[
        tuple[Category, ...], Meta(description="Kinds of windows that may be pasted from.")
    ] = (Category.TASK, Category.REFERENCE)
    paste_chars: Annotated[
        int,
        Meta(ge=0, le=1_000_000, description="A paste up to this length needs no explanation."),
    ] = 40
    ai_grammar_help: Annotated[
        bool, Meta(description="An assistant may correct spelling and grammar of one's own text.")
    ] = False
    ai_judging: Annotated[bool, Meta(description="An assistant may help to judge the answers.")] = (
        False
    )
    ai_translation: (
        Annotated[bool, Meta(description="An assistant may translate what is read or written.")]
        | UnsetType
    ) = UNSET
    ai_search: (
        Annotated[bool, Meta(description="An assistant may be asked for facts and sources.")]
        | UnsetType
    ) = UNSET

    @property
    def assistant(self) -> bool:
        """Whether an assistant may be used for anything at all."""
        uses = (self.ai_grammar_help, self.ai_judging, self.ai_translation, self.ai_search)
        return Category.ASSISTANT in self.paste_from or any(use is True for use in uses)


class Retention(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long what is kept, in days after the last decision."""

    class_sequences_days: Annotated[
        int, Meta(ge=1, le=30, description="Which kind of key was typed when.")
    ] = 30
    screenshots_days: Annotated[int, Meta(ge=1, le=30, description="Screenshots.")] = 30
    evidence_days: Annotated[Days, Meta(description="Everything else.")] = 365


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Stronger evidence than the calibrated model asks for, before anybody is flagged.

    Both are least probabilities that a session was not composed by the person. The model's own
    thresholds hold besides: these take flags back and never add one.
    """

    review: Annotated[
        float, Meta(ge=0, le=1, description="Below it nothing is flagged; 0 asks for no more.")
    ] = 0.0
    strong: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            description="Below it the evidence is called no stronger than one to review; not less "
            "than `review`.",
        ),
    ] = 0.0

    def __post_init__(self) -> None:
        """Refuse a `strong` that would be weaker than `review`."""
        if self.strong < self.review:
            raise ValueError("strong is at least as much as review")


class ReviewRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How people decide about flagged sessions."""

    answer_days: Annotated[
        int, Meta(ge=1, le=90, description="Days the trainer has to answer a flag.")
    ] = 7
    decide_days: Annotated[
        int,
        Meta(ge=1, le=90, description="Days to decide, from the answer or the end of its time."),
    ] = 14
    second_review_share: Annotated[
        float,
        Meta(
            ge=0.3,
            le=1,
            description="Share of cleared sessions that a second person reviews.",
        ),
    ] = 0.3
    blind_first_review: Annotated[
        bool,
        Meta(description="False: the first reviewer sees who the trainer is; the second never."),
    ] = True
    hold_days_max: (
        Annotated[
            int,
            Meta(
                ge=1,
                le=30,
                description="Days that pay may be held back at most; then it is paid. 14, unsaid.",
            ),
        ]
        | UnsetType
    ) = UNSET

    @property
    def hold_days(self) -> int:
        """Days that pay may be held back at most."""
        return HOLD_DAYS if isinstance(self.hold_days_max, UnsetType) else self.hold_days_max


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version of one project's rules.

    Windows are judged by the first rule that matches; none matching means `Category.OTHER`.
    A window is in scope when its category is `Category.TASK`.
    """

    version: Annotated[
        int, Meta(ge=1, le=0xFFFF_FFFF, description="Raised with each change, never lowered.")
    ]
    windows: Annotated[
        tuple[WindowRule, ...],
        Meta(description="Judged from the top; the first match decides."),
    ]
    sites: Annotated[
        tuple[SiteRule, ...], Meta(description="Pages that the browser extension may observe.")
    ] = ()
    screenshots: Annotated[
        Screenshots | None, Meta(description="None: no screenshots are taken.")
    ] = None
    confidential: Annotated[
        bool, Meta(description="True: no screenshots at all, whatever else is said.")
    ] = False
    allowed: Annotated[AllowedUse, Meta(description="Help that the project allows.")] = AllowedUse()
    retention: Annotated[Retention, Meta(description="How long things are kept.")] = Retention()
    record_titles: Annotated[
        bool, Meta(description="Whether titles of task windows are recorded.")
    ] = False
    idle_after_s: Annotated[
        int,
        Meta(
            ge=30,
            le=3600,
            description="Seconds without input that count as idle; reading is work until then.",
        ),
    ] = 300
    false_flag_rate: Annotated[
        Share,
        Meta(description="Share of genuine sessions that may be flagged, as promised to people."),
    ] = 0.01
    thresholds: (
        Annotated[Thresholds, Meta(description="Stronger evidence than the model's own.")]
        | UnsetType
    ) = UNSET
    review: (
        Annotated[ReviewRules, Meta(description="How people decide about flags.")] | UnsetType
    ) = UNSET

    def categorise(self, title: str, process: str) -> Category:
        """The category of a window."""
        for rule in self.windows:
            if rule.matches(title, process):
                return rule.category
        return Category.OTHER

    @property
    def pictures(self) -> Screenshots | None:
        """How screenshots are taken; None: not at all."""
        return None if self.confidential else self.screenshots

    @property
    def evidence(self) -> Thresholds:
        """What is asked for before somebody is flagged; nothing beyond the model's own, unsaid."""
        return Thresholds() if isinstance(self.thresholds, UnsetType) else self.thresholds

    @property
    def review_rules(self) -> ReviewRules:
        """How people decide; the defaults where the document does not say."""
        return ReviewRules() if isinstance(self.review, UnsetType) else self.review

    @property
    def regions(self) -> tuple[Region, ...]:
        """All named regions in order; events name them by their place, counted from 1."""
        return tuple(region for site in self.sites for region in site.regions)

    def digest(self) -> bytes:
        """SHA-256 of the canonical document: what a consent names."""
        return hashlib.sha256(msgspec.json.encode(self, order="sorted")).digest()


def parse_policy(document: bytes) -> Policy:
    """Read a policy document (JSON).

    Raises:
        PolicyInvalid: it does not hold to the schema; the text says where.
    """
    try:
        return decoder_of(Policy).decode(document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PolicyInvalid(f"policy: {error}") from error


def json_schema() -> dict[str, Any]:
    """The policy's JSON Schema (2020-12), with titles and descriptions for people."""
    schema = msgspec.json.decode(msgspec.json.encode(msgspec.json.schema(Policy)))
    for kind in schema["$defs"].values():
        kind["description"] = inspect.cleandoc(kind["description"])
        for name, entry in kind.get("properties", {}).items():
            entry["title"] = name.replace("_", " ").capitalize()
    return {
        "$schema": SCHEMA_DIALECT,
        "title": "A project's policy",
        "description": "What may be recorded, what is allowed, what is promised. `thresholds."
        "strong` is at least `thresholds.review`, which this schema cannot say.",
        **schema,
    }
