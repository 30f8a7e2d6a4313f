"""A project's policy: what may be recorded, what is allowed, what is promised. Policy is data.

A policy is versioned, accepted by each person (consent names its digest) and stamped on each
session. `json_schema()` publishes its shape.
"""

import fnmatch
import hashlib
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from wire.codes import Category
from wire.decoding import decoder_of
from wire.errors import PolicyInvalid

Glob = Annotated[str, Meta(min_length=1, max_length=200)]
Days = Annotated[int, Meta(ge=1, le=3650)]
Share = Annotated[float, Meta(gt=0, lt=1)]


class WindowRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A window by its title and process, as shell patterns (`*`, `?`), case-insensitive."""

    category: Category
    title: Glob = "*"
    process: Glob = "*"

    def matches(self, title: str, process: str) -> bool:
        """Whether a window is meant. Its title is read in memory and kept nowhere."""
        return fnmatch.fnmatchcase(title.lower(), self.title.lower()) and fnmatch.fnmatchcase(
            process.lower(), self.process.lower()
        )


class Region(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A named part of a task page, so that "opened response B" can be known."""

    name: Annotated[str, Meta(min_length=1, max_length=60)]
    selector: Annotated[str, Meta(min_length=1, max_length=200)]
    """CSS, as `Element.matches` takes it."""


class SiteRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pages whose text fields the browser extension may observe.

    `pattern` is a match pattern of browser extensions: `https://tasks.example.org/rate/*`.
    """

    pattern: Annotated[
        str,
        Meta(
            min_length=9, max_length=200, pattern=r"^https?://(\*\.)?[A-Za-z0-9.-]+(:\d+)?/[!-~]*$"
        ),
    ]
    regions: tuple[Region, ...] = ()


class Screenshots(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How screenshots are taken, if they are."""

    interval_s: Annotated[int, Meta(ge=5, le=86_400)] = 600
    height_px: Annotated[int, Meta(ge=120, le=2160)] = 720
    whole_screen: bool = False
    """False: windows outside the scope are masked."""
    pixelate: bool = False
    review_delay_s: Annotated[int, Meta(ge=0, le=86_400)] = 600
    """Held back this long, so that the trainer can blank one first."""


class AllowedUse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the project allows besides writing everything oneself."""

    paste_from: tuple[Category, ...] = (Category.TASK, Category.REFERENCE)
    paste_chars: Annotated[int, Meta(ge=0, le=1_000_000)] = 40
    """A paste up to this length needs no explanation."""
    ai_grammar_help: bool = False
    ai_judging: bool = False


class Retention(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long what is kept, in days after the last decision."""

    class_sequences_days: Annotated[int, Meta(ge=1, le=30)] = 30
    screenshots_days: Annotated[int, Meta(ge=1, le=30)] = 30
    evidence_days: Days = 365


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version of one project's rules.

    Windows are judged by the first rule that matches; none matching means `Category.OTHER`.
    A window is in scope when its category is `Category.TASK`.
    """

    version: Annotated[int, Meta(ge=1, le=0xFFFF_FFFF)]
    windows: tuple[WindowRule, ...]
    sites: tuple[SiteRule, ...] = ()
    """Pages in scope for the browser extension."""
    screenshots: Screenshots | None = None
    confidential: bool = False
    """No screenshots at all, whatever `screenshots` says."""
    allowed: AllowedUse = AllowedUse()
    retention: Retention = Retention()
    record_titles: bool = False
    idle_after_s: Annotated[int, Meta(ge=30, le=3600)] = 300
    """No input for this long is idle; reading counts as work until then."""
    false_flag_rate: Share = 0.01
    """The share of genuine sessions that may be flagged, as promised to the people."""

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
    """The policy's JSON Schema (2020-12)."""
    return msgspec.json.schema(Policy)
