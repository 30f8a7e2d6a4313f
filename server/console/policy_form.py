"""A policy as a form: its values as they stand in the fields, and the document that they make.

What was typed is never thrown away: a field that does not hold keeps its text, and says beside it
what would.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from server.console.desk import Form, one
from server.console.policy_fields import CATEGORIES, FIELDS, TAKEN, Field, Kind
from server.language import _
from wire.codes import Category
from wire.errors import PolicyInvalid
from wire.policy import Policy, Screenshots, Thresholds, json_schema, parse_policy

_BLANK_WINDOWS = 2
_BLANK_SITES = 1
_GLOB_MAX_CHARS = 200
_NAME_MAX_CHARS = 60
_LATER = ("thresholds", "review")
"""Parts that came later: older agents read a document only without them."""
_LATER_TICKS = {"allowed.ai_translation", "allowed.ai_search"}
_SITE = json_schema()["$defs"]["SiteRule"]["properties"]["pattern"]


@dataclass(frozen=True, slots=True)
class WindowRow:
    """A rule for windows, as it stands in the form."""

    order: str
    category: str
    title: str
    process: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A rule for pages, as it stands in the form."""

    pattern: str
    regions: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that was filled in."""

    values: Mapping[str, Sequence[str]]
    windows: tuple[WindowRow, ...]
    sites: tuple[SiteRow, ...]
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong with it."""
        wrong = [row.error for row in self.windows] + [row.error for row in self.sites]
        return not self.errors and not any(wrong)


def filled_from(policy: Policy) -> Filled:
    """The form as a policy fills it in, with room for more rules."""
    whole = whole_of(policy)
    windows = [
        WindowRow(str(at), str(int(rule.category)), rule.title, rule.process)
        for at, rule in enumerate(policy.windows, 1)
    ]
    sites = [
        SiteRow(rule.pattern, "\n".join(f"{each.name} = {each.selector}" for each in rule.regions))
        for rule in policy.sites
    ]
    values = {each.name: _texts(at_path(whole, each.path)) for each in FIELDS}
    values[TAKEN] = ["1"] if policy.screenshots is not None else []
    return Filled(values, with_room(windows), (*sites, *([SiteRow("", "")] * _BLANK_SITES)))


def with_room(windows: Sequence[WindowRow]) -> tuple[WindowRow, ...]:
    """Rules, and blank ones behind them."""
    blank = WindowRow("", str(int(Category.TASK)), "", "")
    return (*windows, *([blank] * _BLANK_WINDOWS))


def read_form(form: Form, base: Policy, version: int) -> tuple[Policy | None, Filled]:
    """The policy that a form makes of another one, or None and what does not hold."""
    errors: dict[str, str] = {}
    document: dict[str, Any] = whole_of(base)
    for each in FIELDS:
        try:
            _put(document, each.path, _value(each, form.get(each.name, [])))
        except _Wrong as wrong:
            errors[each.name] = wrong.says
    thresholds = document["thresholds"]
    if not errors and thresholds["strong"] < thresholds["review"]:
        errors["thresholds.strong"] = _("Write at least as much as for a flag.")
    windows, sites = _windows(form), _sites(form)
    values = {each.name: form.get(each.name, []) for each in FIELDS}
    filled = Filled(values | {TAKEN: form.get(TAKEN, [])}, windows, sites, errors)
    if not filled.holds:
        return None, _with_room(filled)
    document["windows"] = [_window(row) for row in _ordered(windows)]
    document["sites"] = [_site(row) for row in sites if row.pattern]
    if not one(form, TAKEN):
        document["screenshots"] = None
    document["version"] = version
    try:
        return parse_policy(msgspec.json.encode(_as_short_as(base, document))), filled
    except PolicyInvalid as error:
        return None, _with_room(Filled(filled.values, windows, sites, {"": str(error)}))


def as_text(policy: Policy) -> str:
    """A policy as people read and edit it."""
    return msgspec.json.format(msgspec.json.encode(policy), indent=2).decode() + "\n"


class _Wrong(Exception):  # noqa: N818 - not an error of the program
    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


def whole_of(policy: Policy) -> dict[str, Any]:
    """A policy's document with everything said that may be left unsaid."""
    found: dict[str, Any] = msgspec.to_builtins(policy)
    found.setdefault("thresholds", msgspec.to_builtins(Thresholds()))
    rules = msgspec.structs.replace(
        policy.review_rules, hold_days_max=policy.review_rules.hold_days
    )
    found["review"] = msgspec.to_builtins(rules)
    if found.get("screenshots") is None:
        found["screenshots"] = msgspec.to_builtins(Screenshots())
    for name in _LATER_TICKS:
        part, tick = name.split(".")
        found[part].setdefault(tick, False)
    return found


def _as_short_as(base: Policy, document: dict[str, Any]) -> dict[str, Any]:
    """Leave out what nobody asked for and what older agents would not read."""
    said, unsaid = msgspec.to_builtins(base), whole_of(Policy(base.version, ()))
    for part in _LATER:
        if part not in said and document[part] == unsaid[part]:
            del document[part]
    rules = document.get("review", {})
    unasked = "hold_days_max" not in said.get("review", {})
    if unasked and rules.get("hold_days_max") == unsaid["review"]["hold_days_max"]:
        del rules["hold_days_max"]
    for name in _LATER_TICKS:
        part, tick = name.split(".")
        if tick not in said[part] and not document[part][tick]:
            del document[part][tick]
    return document


def at_path(document: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """What stands at a place of a document."""
    found: Any = document
    for name in path:
        found = found[name]
    return found


def _put(document: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    *parts, last = path
    at_path(document, tuple(parts))[last] = value


def _texts(value: object) -> list[str]:
    if isinstance(value, bool):
        return ["1"] if value else []
    if isinstance(value, list | tuple):
        return [str(each) for each in value]
    return [f"{value:g}" if isinstance(value, float) else str(value)]


def _value(about: Field, texts: Sequence[str]) -> object:
    match about.kind:
        case Kind.TICK:
            return bool(texts)
        case Kind.WINDOWS:
            return [int(text) for text in texts if text in _CODES]
        case _:
            return _number(about, texts[0] if texts else "")


def _number(about: Field, text: str) -> float:
    bounds, whole = about.bounds, about.kind is Kind.WHOLE
    try:
        found = int(text) if whole else float(text.replace(",", "."))
    except ValueError:
        found = None
    if found is not None and bounds.fit(found):
        return found
    low, high = f"{bounds.low:.10g}", f"{bounds.high:.10g}"
    if whole:
        raise _Wrong(_("Write a whole number from %(low)s to %(high)s.", low=low, high=high))
    if bounds.excluded:
        says = _("Write a number between %(low)s and %(high)s, like 0.01.", low=low, high=high)
        raise _Wrong(says)
    raise _Wrong(_("Write a number from %(low)s to %(high)s, like 0.5.", low=low, high=high))


_CODES = {str(int(category)) for category in CATEGORIES}


def _windows(form: Form) -> tuple[WindowRow, ...]:
    """The rows in which something is written, each with what is wrong with it."""
    names = ("window.order", "window.category", "window.title", "window.process")
    rows = zip(*(form.get(name, []) for name in names), strict=False)
    return tuple(
        WindowRow(order, category, title, process, _window_error(order, category, title, process))
        for order, category, title, process in rows
        if title.strip() or process.strip()
    )


def _window_error(order: str, category: str, title: str, process: str) -> str:
    if category not in _CODES:
        return _("Choose one of the kinds of windows.")
    if order.strip() and not re.fullmatch(r"\d{1,4}", order.strip()):
        return _("Write the place in the order as a whole number, or leave it empty.")
    if max(len(title), len(process)) > _GLOB_MAX_CHARS:
        return _("A pattern has at most %(most)s characters.", most=_GLOB_MAX_CHARS)
    return ""


def _ordered(rows: Sequence[WindowRow]) -> list[WindowRow]:
    """By the places that were written; what has none stands behind."""
    return sorted(rows, key=lambda row: int(row.order) if row.order.strip() else 10_000)


def _window(row: WindowRow) -> dict[str, object]:
    return {
        "category": int(row.category),
        "title": row.title.strip() or "*",
        "process": row.process.strip() or "*",
    }


def _sites(form: Form) -> tuple[SiteRow, ...]:
    rows = zip(form.get("site.pattern", []), form.get("site.regions", []), strict=False)
    return tuple(
        SiteRow(pattern.strip(), regions, _site_error(pattern.strip(), regions))
        for pattern, regions in rows
        if pattern.strip() or regions.strip()
    )


def _site_error(pattern: str, regions: str) -> str:
    if len(pattern) > _GLOB_MAX_CHARS or not re.match(_SITE["pattern"], pattern):
        return _("Write an address with its path, like https://tasks.example.org/rate/*.")
    if any(not _region_holds(*_named(line)) for line in _lines(regions)):
        return _("Write each part on a line of its own, like: response B = #answer-b")
    return ""


def _region_holds(name: str, selector: str) -> bool:
    return 0 < len(name) <= _NAME_MAX_CHARS and 0 < len(selector) <= _GLOB_MAX_CHARS


def _named(line: str) -> tuple[str, str]:
    name, _equals, selector = line.partition("=")
    return name.strip(), selector.strip()


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _site(row: SiteRow) -> dict[str, object]:
    parts = [_named(line) for line in _lines(row.regions)]
    regions = [{"name": name, "selector": selector} for name, selector in parts]
    return {"pattern": row.pattern, "regions": regions}


def _with_room(filled: Filled) -> Filled:
    sites = (*filled.sites, *([SiteRow("", "")] * _BLANK_SITES))
    return Filled(filled.values, with_room(filled.windows), sites, filled.errors)
