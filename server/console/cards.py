"""A session's card in plain words: what was observed, what else it may be, what is allowed."""

from dataclasses import dataclass

from server.console.contexts import clock
from server.language import N_, _, ngettext, number, percent
from server.reviews.card import PLACES_SHOWN, Card, Seen, Spot
from server.reviews.listing import Listed
from wire.codes import Category
from wire.policy import AllowedUse

_MINUTE_S, _HOUR_S = 60, 3600
_AROUND_S = 10
COPIED_IN = {
    "task": N_("Copied in a window of the task."),
    "assistant": N_("Copied in an assistant's window."),
    "reference": N_("Copied in reference material."),
    "editor": N_("Copied in an editor."),
    "communication": N_("Copied in mail or chat."),
    "private": N_("Copied in a private window."),
    "other": N_("Copied in another program."),
    "unknown": N_("Where it was copied is not known."),
}
IN_FRONT = {
    "assistant": N_("An assistant's window was in front for %(length)s, from %(at)s."),
    "reference": N_("Reference material was in front for %(length)s, from %(at)s."),
    "editor": N_("An editor was in front for %(length)s, from %(at)s."),
    "communication": N_("Mail or chat was in front for %(length)s, from %(at)s."),
    "other": N_("Another program was in front for %(length)s, from %(at)s."),
}
INNOCENT = {
    Seen.INSERTED: N_("Inserted: a text of one's own that was moved, or written elsewhere before."),
    Seen.BY_PROGRAM: N_("Sent by a program: a remapper, a text expander or a remote desktop."),
    Seen.ELSEWHERE: N_("Another window: reading, looking something up, or away from the desk."),
    Seen.UNOBSERVED: N_("Not recorded: a fault of the network or the recorder. It is no sign."),
    Seen.TYPED: N_("Typed without a pause: a practised typist, or notes of one's own on paper."),
    Seen.QUIET: N_("No key: reading the task, or thinking."),
}
_ASSISTANT_INNOCENT = N_(
    "From an assistant: a use that the project allows, or one's own text that was checked there."
)
KIND_TITLES = {
    Seen.INSERTED: N_("Text appeared"),
    Seen.BY_PROGRAM: N_("Keys sent by a program"),
    Seen.ELSEWHERE: N_("Long in another window"),
    Seen.UNOBSERVED: N_("Not recorded"),
    Seen.TYPED: N_("Typed without a pause"),
    Seen.QUIET: N_("Long without a key"),
}
_SOURCES = {
    Category.TASK: N_("the task"),
    Category.ASSISTANT: N_("an assistant"),
    Category.REFERENCE: N_("reference material"),
    Category.EDITOR: N_("an editor"),
    Category.COMMUNICATION: N_("mail and chat"),
    Category.OTHER: N_("other programs"),
}
TIMING_EXCLUDED = N_(
    "Timing excluded: an aid was declared, so how the keys are timed counts for nothing here."
)


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A place, in words and as a stretch."""

    text: str
    start_ms: int
    end_ms: int
    stretch: str
    """As it is written into a verdict."""


@dataclass(frozen=True, slots=True)
class CardLines:
    """A card. Each has the same lines, however its session came into the queue."""

    places: tuple[PlaceLine, ...]
    innocent: tuple[str, ...]
    rules: str
    worked: str
    observed: str


def card_lines(listed: Listed) -> CardLines:
    """The card of a session in the queue."""
    card = listed.card or Card((), 0.0)
    return CardLines(
        places=place_lines(card, PLACES_SHOWN),
        innocent=innocent_lines(card),
        rules=rules_line(listed.policy.allowed) if listed.policy else "",
        worked=length(listed.facts.worked_s) if listed.facts else "",
        observed=percent(card.observed),
    )


def place_lines(card: Card, most: int | None = None) -> tuple[PlaceLine, ...]:
    """The places of a card, the strongest first."""
    return tuple(
        PlaceLine(_said(each), each.start_ms, each.end_ms, _stretch(each))
        for each in card.places[:most]
    )


def innocent_lines(card: Card) -> tuple[str, ...]:
    """What else the places that a card shows may be, each once."""
    found = []
    for each in card.places[:PLACES_SHOWN]:
        assistant = each.kind is Seen.INSERTED and each.source == "assistant"
        found.append(_(_ASSISTANT_INNOCENT if assistant else INNOCENT[each.kind]))
    return tuple(dict.fromkeys(found))


def rules_line(allowed: AllowedUse) -> str:
    """What a project allows, in one line."""
    sources = ", ".join(_(_SOURCES[each]) for each in allowed.paste_from if each in _SOURCES)
    pasting = (
        _("Pasting is fine from: %(sources)s.", sources=sources)
        if sources
        else _("Pasting is fine from nowhere.")
    )
    short = ngettext(
        "Up to %(num)s character from anywhere.",
        "Up to %(num)s characters from anywhere.",
        allowed.paste_chars,
    )
    uses = [
        _(title)
        for use, title in (
            (allowed.ai_grammar_help, N_("grammar")),
            (allowed.ai_judging, N_("judging")),
            (allowed.ai_translation is True, N_("translation")),
            (allowed.ai_search is True, N_("facts")),
        )
        if use
    ]
    helped = (
        _("AI is allowed for: %(uses)s.", uses=", ".join(uses)) if uses else _("No AI help at all.")
    )
    return f"{pasting} {short} {helped}"


def length(seconds: float) -> str:
    """How long something took."""
    whole = round(seconds)
    hours, minutes, rest = whole // _HOUR_S, whole // _MINUTE_S % 60, whole % _MINUTE_S
    if hours:
        return _("%(hours)s h %(minutes)s min", hours=hours, minutes=f"{minutes:02}")
    if minutes:
        return _("%(minutes)s min %(seconds)s s", minutes=minutes, seconds=f"{rest:02}")
    return _("%(seconds)s s", seconds=rest)


def _said(spot: Spot) -> str:
    at, lasted = clock(spot.start_ms), length((spot.end_ms - spot.start_ms) / 1000)
    match spot.kind:
        case Seen.INSERTED:
            return f"{_appeared(spot, at)} {_(COPIED_IN[spot.source])}"
        case Seen.BY_PROGRAM:
            return ngettext(
                "%(num)s key was sent by a program, from %(at)s to %(end)s.",
                "%(num)s keys were sent by a program, from %(at)s to %(end)s.",
                spot.amount or 0,
                num=number(spot.amount or 0),
                at=at,
                end=clock(spot.end_ms),
            )
        case Seen.ELSEWHERE:
            return _(IN_FRONT[spot.source], length=lasted, at=at)
        case Seen.UNOBSERVED:
            return _(
                "Nothing, or only a part, was recorded for %(length)s from %(at)s.",
                length=lasted,
                at=at,
            )
        case Seen.TYPED:
            return f"{_run(spot, at, lasted)} {_deleted(spot)}"
        case Seen.QUIET:
            return _("No key was pressed for %(length)s from %(at)s.", length=lasted, at=at)


def _appeared(spot: Spot, at: str) -> str:
    if spot.amount is None:
        return _("Text of unknown length appeared at %(at)s.", at=at)
    return ngettext(
        "%(num)s character appeared at %(at)s.",
        "%(num)s characters appeared at %(at)s.",
        spot.amount,
        num=number(spot.amount),
        at=at,
    )


def _run(spot: Spot, at: str, lasted: str) -> str:
    return ngettext(
        "%(num)s key in %(length)s from %(at)s, without a pause of 5 seconds.",
        "%(num)s keys in %(length)s from %(at)s, without a pause of 5 seconds.",
        spot.amount or 0,
        num=number(spot.amount or 0),
        length=lasted,
        at=at,
    )


def _deleted(spot: Spot) -> str:
    if not spot.deleted:
        return _("None of them deletes.")
    return ngettext("%(num)s of them deletes.", "%(num)s of them delete.", spot.deleted)


def _stretch(spot: Spot) -> str:
    """Whole seconds around it; a moment with what is right before and after it."""
    start_s, end_s = spot.start_ms // 1000, -(-spot.end_ms // 1000)
    if end_s - start_s <= 1:
        start_s, end_s = max(start_s - _AROUND_S, 0), end_s + _AROUND_S
    return f"{clock(start_s * 1000)} - {clock(end_s * 1000)}"
