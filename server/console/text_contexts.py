"""What the page of a submitted text may show: blocks, numbers and words of ours."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.console.rendering import clock, probability
from server.console.text_wording import ORIGIN_MEANS, ORIGIN_TITLES, WAYS_IN, WINDOWS
from server.language import _, moment, number, percent
from server.scoring.assessments import AssessedPassage, AssessedText
from server.submissions.origins import Came, Origin, Part, chars_of
from server.submissions.shapes import shape_of
from server.submissions.viewing import HandedInText, SeenText
from server.submissions.wording import ANSWER_TITLES, WHY

_STRIP_WIDTH = 1000


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage: as blocks, as a bar, and as a row of the table."""

    number: int
    origin: str
    origin_title: str
    first: str
    """Its first character, counted from 1."""
    chars: str
    came: str
    """How it got in and where it was copied; empty: it was not inserted, or that is not known."""
    when: str
    href: str | None
    """The timeline at that time; None: the time is not known, or lies in another session."""
    sure: str
    blocks: str
    """Empty: the shape is not there."""
    bar_x: float
    bar_width: float


@dataclass(frozen=True, slots=True)
class LegendRow:
    """An origin that occurs, in words."""

    origin: str
    title: str
    means: str
    chars: str


@dataclass(frozen=True, slots=True)
class TextPage:
    """One submitted text."""

    back: str
    """Where the session, or the review, is."""
    blind: bool
    title: str
    facts: tuple[tuple[str, str], ...]
    legend: tuple[LegendRow, ...]
    passages: tuple[Passage, ...]
    shape: bool
    """Whether the blocks are there."""
    about_shape: str
    """How long it is kept, or why it is not there."""
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextRow:
    """A submitted text in a session's list of them."""

    number: int
    submitted: str
    length: str
    typed: str
    before: str
    passages: tuple[str, ...]
    """Those that were not typed, in words."""
    judged: bool


def text_rows(texts: Sequence[AssessedText]) -> tuple[TextRow, ...]:
    """The submitted texts of a session."""
    return tuple(_row(count, text) for count, text in enumerate(texts, 1))


def seen_page(seen: SeenText, back: str, *, blind: bool) -> TextPage:
    """The page of a text that the agent saw being submitted."""
    text = seen.text
    before = text.before_chars
    return TextPage(
        back=back,
        blind=blind,
        title=_("Submitted text %(number)s", number=seen.number),
        facts=(
            (_("Submitted, from clock-in"), clock(text.submitted_ms)),
            (_("Characters"), number(text.length_chars)),
            (_("Typed"), number(text.typed_chars)),
            (
                _("There before the session"),
                _("not known") if before is None else number(before),
            ),
        ),
        legend=_legend(seen.parts),
        passages=_passages(seen.parts, seen.classes, back),
        shape=seen.classes is not None,
        about_shape=_about_seen(seen, blind=blind),
        notes=() if text.judged else (_("Not counted: too little was seen."),),
    )


def handed_in_page(one: HandedInText, back: str) -> TextPage:
    """The page of a text that a platform handed in."""
    asked, aligned = one.submission, one.aligned
    counted = (
        (
            (_("What the platform was told"), _(ANSWER_TITLES[asked.answer])),
            (_("Typed"), number(aligned.typed_chars)),
            (_("Inserted"), number(aligned.inserted_chars)),
            (_("Unexplained"), number(aligned.unexplained_chars)),
            (_("Observed while it was written"), percent(aligned.coverage)),
        )
        if aligned is not None and asked.answer is not None
        else ()
    )
    return TextPage(
        back=back,
        blind=False,
        title=_("Submission %(identifier)s", identifier=asked.identifier),
        facts=(
            (_("Handed in"), moment(asked.asked_us)),
            (_("Characters"), number(asked.length_chars)),
            *counted,
        ),
        legend=_legend(one.parts),
        passages=_passages(one.parts, one.classes, back),
        shape=one.classes is not None,
        about_shape=_about_handed_in(one),
        notes=tuple(_(WHY[code]) for code in one.why)
        if aligned is not None
        else (_("It is not answered yet."),),
    )


def _row(count: int, text: AssessedText) -> TextRow:
    before = text.before_chars
    return TextRow(
        number=count,
        submitted=clock(text.submitted_ms),
        length=number(text.length_chars),
        typed=number(text.typed_chars),
        before=_("not known") if before is None else number(before),
        passages=tuple(_untyped(passage) for passage in text.passages),
        judged=text.judged,
    )


def _untyped(passage: AssessedPassage) -> str:
    origin = ORIGIN_TITLES[Origin(passage.origin)]
    return _(
        "%(length)s characters from character %(first)s: %(origin)s (%(sure)s)",
        length=number(passage.length_chars),
        first=number(passage.start_chars + 1),
        origin=_(origin),
        sure=probability(passage.confidence),
    )


def _about_seen(seen: SeenText, *, blind: bool) -> str:
    if seen.classes is not None:
        if seen.kept_days is None:
            return _("The shape is kept as long as the project's rules say.")
        return _(
            "The shape is deleted %(days)s days after the last decision; the ranges below stay.",
            days=seen.kept_days,
        )
    if seen.redacted_us is not None and not blind:
        return _(
            "The shape is no longer here: it was deleted on %(when)s, as the rules on keeping say."
            " Where passages lie is still known.",
            when=moment(seen.redacted_us),
        )
    return _(
        "The shape is no longer here: it was deleted, as the rules on keeping say. Where passages"
        " lie is still known."
    )


def _about_handed_in(one: HandedInText) -> str:
    if one.classes is not None:
        return _(
            "The platform's text is not kept, nor is its shape: this one is of the same text as"
            " the recording saw it submitted, and is deleted with it."
        )
    return _(
        "Of a text that a platform hands in nothing is kept but where passages lie, and the"
        " recording holds no text of the same shape. The platform's own page can colour the text"
        " with these ranges."
    )


def _legend(parts: Sequence[Part]) -> tuple[LegendRow, ...]:
    found = {part.origin for part in parts}
    return tuple(
        LegendRow(
            origin.value,
            _(ORIGIN_TITLES[origin]),
            _(ORIGIN_MEANS[origin]),
            number(chars_of(tuple(parts), origin)),
        )
        for origin in Origin
        if origin in found
    )


def _passages(parts: Sequence[Part], classes: str | None, back: str) -> tuple[Passage, ...]:
    blocks = shape_of(classes, parts) if classes is not None else ("",) * len(parts)
    length = parts[-1].end if parts else 1
    scale = _STRIP_WIDTH / max(length, 1)
    return tuple(
        Passage(
            number=count,
            origin=part.origin.value,
            origin_title=_(ORIGIN_TITLES[part.origin]),
            first=number(part.start + 1),
            chars=number(part.length_chars),
            came=_came(part.came) if part.came else "",
            when=_when(part, back),
            href=_href(part, back),
            sure="" if part.confidence is None else probability(part.confidence),
            blocks=drawn,
            bar_x=round(part.start * scale, 2),
            bar_width=round(part.length_chars * scale, 2),
        )
        for count, (part, drawn) in enumerate(zip(parts, blocks, strict=True), 1)
    )


def _came(came: Came) -> str:
    way, window = _(WAYS_IN[came.how]), _(WINDOWS[came.copied_in])
    if came.allowed is None:
        return way_in(came.how, came.copied_in)
    if came.allowed:
        return _("%(way)s, %(window)s; the project's rules allow it", way=way, window=window)
    return _("%(way)s, %(window)s; the project's rules do not allow it", way=way, window=window)


def way_in(how: str, copied_in: str) -> str:
    """How inserted text got in, and where it was copied."""
    return _("%(way)s, %(window)s", way=_(WAYS_IN[how]), window=_(WINDOWS[copied_in]))


def _when(part: Part, back: str) -> str:
    if part.typed_ms is not None:
        first, last = part.typed_ms
        return _("%(start)s to %(end)s", start=clock(first), end=clock(last))
    if part.came is None:
        return ""
    return clock(part.came.at_ms) if _here(part.came, back) else _("in another session")


def _href(part: Part, back: str) -> str | None:
    if part.typed_ms is not None:
        return f"{back}#at-{part.typed_ms[0]}"
    came = part.came
    return f"{back}#at-{came.at_ms}" if came is not None and _here(came, back) else None


def _here(came: Came, back: str) -> bool:
    """A review's page is of one session, whose id it does not have."""
    return back.startswith("/reviews/") or back.endswith(came.session)
