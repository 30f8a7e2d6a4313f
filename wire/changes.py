"""What differs between two policies, in plain words, and whether more is recorded.

Consent covers what was accepted and anything less. So each field of a policy has its own answer to
"is more collected, in more detail, more often or for longer?"; `docs/policies.md` lists them. A
field without an answer here, and a change whose answer is not certain, count as more.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from wire.policy import Policy, ReviewRules, Screenshots, SiteRule
from wire.window_rules import records_no_more


@dataclass(frozen=True, slots=True)
class Change:
    """One difference."""

    field: str
    """Where in the document, with dots."""
    sentence: str
    grew: bool
    """More is recorded than before, or that cannot be ruled out."""


def changes(old: Policy, new: Policy) -> tuple[Change, ...]:
    """Every difference; what grew first. The version is none."""
    found = [
        change
        for field in Policy.__struct_fields__
        for change in _FIELDS.get(field, _unknown(field))(old, new)
    ]
    return tuple(sorted(found, key=lambda change: not change.grew))


def growth(old: Policy, new: Policy) -> tuple[Change, ...]:
    """What more is recorded under `new`; empty: a consent to `old` covers it."""
    return tuple(change for change in changes(old, new) if change.grew)


Compare = Callable[[Policy, Policy], Iterator[Change]]


def _unknown(field: str) -> Compare:
    def compare(old: Policy, new: Policy) -> Iterator[Change]:
        if getattr(old, field) != getattr(new, field):
            yield Change(field, f"{field} is another; that may mean that more is recorded.", True)

    return compare


def _windows(old: Policy, new: Policy) -> Iterator[Change]:
    if old.windows == new.windows:
        return
    if records_no_more(old.windows, new.windows):
        yield Change("windows", "Fewer windows are recorded, or in less detail.", False)
    else:
        sentence = "The rules that tell windows apart changed: more may be recorded in some."
        yield Change("windows", sentence, True)


def _sites(old: Policy, new: Policy) -> Iterator[Change]:
    before = {site.pattern: site for site in old.sites}
    for site in new.sites:
        known = before.pop(site.pattern, None)
        if known is None:
            sentence = f"Pages are added that the browser extension observes: {site.pattern}."
            yield Change("sites", sentence, True)
        elif site != known:
            yield _regions(known, site)
    for pattern in before:
        yield Change("sites", f"Pages are no longer observed: {pattern}.", False)


def _regions(old: SiteRule, new: SiteRule) -> Change:
    fewer = set(new.regions) <= set(old.regions)
    how = "Fewer or the same" if fewer else "Other or more"
    return Change("sites", f"{how} named parts are told apart in {new.pattern}.", not fewer)


def _screenshots(old: Policy, new: Policy) -> Iterator[Change]:
    before, after = old.pictures, new.pictures
    if before is None and after is not None:
        sentence = f"Screenshots are taken, one every {after.interval_s} s."
        yield Change("screenshots", sentence, True)
    elif before is not None and after is None:
        yield Change("screenshots", "No screenshots are taken any more.", False)
    elif before is not None and after is not None:
        for field in Screenshots.__struct_fields__:
            yield from _picture(field, getattr(before, field), getattr(after, field))


def _picture(field: str, old: Any, new: Any) -> Iterator[Change]:
    if old == new:
        return
    known = _PICTURES.get(field)
    if known is None:
        sentence = f"screenshots.{field} is another; that may mean that more is seen."
        yield Change(f"screenshots.{field}", sentence, True)
    else:
        more, sentence = known
        yield Change(f"screenshots.{field}", sentence.format(old=old, new=new), more(old, new))


_PICTURES: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    "interval_s": (
        lambda old, new: new < old,
        "A screenshot is taken every {new} s instead of every {old} s.",
    ),
    "height_px": (
        lambda old, new: new > old,
        "Screenshots are {new} pixels high instead of {old}.",
    ),
    "whole_screen": (
        lambda _old, new: new,
        "Screenshots show the whole screen: {new} instead of {old}.",
    ),
    "pixelate": (
        lambda _old, new: not new,
        "Screenshots are made coarse: {new} instead of {old}.",
    ),
    "review_delay_s": (
        lambda old, new: new < old,
        "Screenshots stay with you for {new} s of your presence instead of {old} s.",
    ),
}


def _retention(old: Policy, new: Policy) -> Iterator[Change]:
    for field in type(new.retention).__struct_fields__:
        before, after = getattr(old.retention, field), getattr(new.retention, field)
        if before != after:
            what = field.removesuffix("_days").replace("_", " ")
            sentence = f"Kept after the last decision: {what} for {after} days instead of {before}."
            yield Change(f"retention.{field}", sentence, after > before)


def _titles(old: Policy, new: Policy) -> Iterator[Change]:
    if old.record_titles != new.record_titles:
        said = "are recorded" if new.record_titles else "are not recorded any more"
        yield Change("record_titles", f"Titles of task windows {said}.", new.record_titles)


def _idle(old: Policy, new: Policy) -> Iterator[Change]:
    if old.idle_after_s != new.idle_after_s:
        sentence = (
            f"Pauses without input are noted from {new.idle_after_s} s on instead of "
            f"{old.idle_after_s} s."
        )
        yield Change("idle_after_s", sentence, new.idle_after_s < old.idle_after_s)


def _told(field: str, say: Callable[[Policy], Any]) -> Compare:
    """A field by which nothing more or less is recorded: it is told, and needs no consent."""

    def compare(old: Policy, new: Policy) -> Iterator[Change]:
        before, after = _flat(say(old)), _flat(say(new))
        for name in after:
            if before.get(name) != after[name]:
                place = f"{field}.{name}" if name else field
                words = place.replace("_", " ").replace(".", ": ")
                sentence = f"{words}: {_said(after[name])} instead of {_said(before.get(name))}."
                yield Change(place, sentence[0].upper() + sentence[1:], False)

    return compare


def _flat(value: Any) -> dict[str, Any]:
    if not isinstance(value, msgspec.Struct):
        return {"": value}
    return {name: _unsaid(getattr(value, name)) for name in value.__struct_fields__}


def _unsaid(value: Any) -> Any:
    return False if value is msgspec.UNSET else value


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(each.name.lower() for each in value) or "nowhere"
    return str(value)


def _same(_old: Policy, _new: Policy) -> Iterator[Change]:
    """Said by another field."""
    return iter(())


def _review_rules(policy: Policy) -> ReviewRules:
    rules = policy.review_rules
    return msgspec.structs.replace(rules, hold_days_max=rules.hold_days)


_FIELDS: dict[str, Compare] = {
    "version": _same,
    "windows": _windows,
    "sites": _sites,
    "screenshots": _screenshots,
    "confidential": _same,
    "allowed": _told("allowed", lambda policy: policy.allowed),
    "retention": _retention,
    "record_titles": _titles,
    "idle_after_s": _idle,
    "false_flag_rate": _told("false_flag_rate", lambda policy: policy.false_flag_rate),
    "thresholds": _told("thresholds", lambda policy: policy.evidence),
    "review": _told("review", _review_rules),
}
