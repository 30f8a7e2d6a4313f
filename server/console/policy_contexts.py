"""What the pages about policies show: the form, what changes, and what would have come of it."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from server.console.policy_fields import CATEGORIES, LABELS, SECTIONS, TAKEN, Section
from server.console.policy_form import Filled, as_text, at_path, whole_of
from server.language import N_, _, moment
from server.records import Person, PolicyVersion, Project
from server.services.policy_preview import DAYS, Preview
from wire.changes import changes
from wire.codes import Category
from wire.policy import Policy

_NOT_TOLD = {
    "windows": N_("the rules that tell windows apart"),
    "sites": N_("the pages that the browser extension observes"),
    "allowed": N_("what is allowed"),
}
"""Parts of a policy that the scoring itself rests on."""
_RULES = frozenset({"windows", "sites"})


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project in the list."""

    id: str
    name: str
    version: int
    teams: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version in a project's history."""

    version: int
    author: str
    at: str
    changed: int
    asks_anew: bool


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One difference: what, before and after."""

    what: str
    before: str
    after: str
    asks_anew: bool


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of the difference as text; its sign is "+", "-" or a space."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """A project's policy, to be read and, by those who may, changed."""

    id: str
    name: str
    version: int
    filled: Filled
    sections: tuple[Section, ...]
    categories: tuple[tuple[str, str], ...]
    text: str
    said: str
    """What is wrong with the text."""
    history: tuple[VersionRow, ...]
    may_change: bool

    def value(self, name: str) -> str:
        """What stands in a field."""
        return next(iter(self.filled.values[name]), "")


@dataclass(frozen=True, slots=True)
class CheckPage:
    """What a draft would change."""

    id: str
    name: str
    before: int
    version: int
    rows: tuple[ChangeRow, ...]
    lines: tuple[TextLine, ...]
    asks_anew: bool
    text: str
    said: str
    preview: Preview
    days: int
    not_told: tuple[str, ...]
    """Parts whose change no look at stored assessments says anything about."""


@dataclass(frozen=True, slots=True)
class VersionPage:
    """One version, and what it changed."""

    id: str
    name: str
    row: VersionRow
    before: int | None
    rows: tuple[ChangeRow, ...]
    lines: tuple[TextLine, ...]
    text: str


def policy_page(
    project: Project,
    filled: Filled,
    history: Sequence[PolicyVersion],
    people: Mapping[str, Person],
    *,
    may_change: bool,
    text: str | None = None,
    said: str = "",
) -> PolicyPage:
    """The context of a project's page."""
    raised = msgspec.structs.replace(project.policy, version=project.policy.version + 1)
    return PolicyPage(
        id=project.id.hex(),
        name=project.name,
        version=project.policy.version,
        filled=filled,
        sections=SECTIONS,
        categories=tuple((str(int(code)), title) for code, title in CATEGORIES.items()),
        text=as_text(raised if may_change else project.policy) if text is None else text,
        said=said,
        history=history_rows(history, people),
        may_change=may_change,
    )


def check_page(project: Project, draft: Policy, found: Preview, said: str = "") -> CheckPage:
    """The context of what a draft would change."""
    differences = changes(project.policy, draft)
    roots = {change.field.split(".")[0] for change in differences}
    return CheckPage(
        id=project.id.hex(),
        name=project.name,
        before=project.policy.version,
        version=draft.version,
        rows=change_rows(project.policy, draft),
        lines=text_lines(project.policy, draft),
        asks_anew=any(change.grew for change in differences),
        text=as_text(draft),
        said=said,
        preview=found,
        days=DAYS,
        not_told=tuple(_(title) for part, title in _NOT_TOLD.items() if part in roots),
    )


def version_page(
    project: Project, history: Sequence[PolicyVersion], version: int, people: Mapping[str, Person]
) -> VersionPage | None:
    """The context of one version; None if there is none of that number."""
    at = next((n for n, one in enumerate(history) if one.policy.version == version), None)
    if at is None:
        return None
    policy = history[at].policy
    before = history[at - 1].policy if at else None
    return VersionPage(
        id=project.id.hex(),
        name=project.name,
        row=next(row for row in history_rows(history, people) if row.version == version),
        before=before.version if before else None,
        rows=change_rows(before, policy) if before else (),
        lines=text_lines(before, policy) if before else (),
        text=as_text(policy),
    )


def history_rows(
    history: Sequence[PolicyVersion], people: Mapping[str, Person]
) -> tuple[VersionRow, ...]:
    """Every version, the newest first."""
    rows = list[VersionRow]()
    before: Policy | None = None
    for one in history:
        differences = changes(before, one.policy) if before else ()
        rows.append(
            VersionRow(
                one.policy.version,
                _author(one.author, people),
                moment(one.created_us) if one.created_us else "",
                len(differences),
                any(each.grew for each in differences),
            )
        )
        before = one.policy
    return tuple(reversed(rows))


def change_rows(old: Policy, new: Policy) -> tuple[ChangeRow, ...]:
    """What differs, by the labels of the form; what more is recorded by stands first."""
    grown = {each.field for each in changes(old, new) if each.grew}
    return tuple(
        ChangeRow(_(label), before, after, _grew(name, grown))
        for name, label in sorted(LABELS.items(), key=lambda one: not _grew(one[0], grown))
        for before, after in [(_said(old, name), _said(new, name))]
        if before != after or (name in _RULES and getattr(old, name) != getattr(new, name))
    )


def text_lines(old: Policy, new: Policy) -> tuple[TextLine, ...]:
    """The difference of two documents, line by line."""
    before, after = (as_text(each).splitlines() for each in (old, new))
    lines = list(difflib.unified_diff(before, after, lineterm="", n=2))[2:]
    return tuple(TextLine(line[:1], line[1:]) for line in lines if not line.startswith("@@"))


def _grew(name: str, grown: set[str]) -> bool:
    """What is more of screenshots is said of them as a whole where there were none."""
    return name in grown or (name == TAKEN and "screenshots" in grown)


def _author(author: str | None, people: Mapping[str, Person]) -> str:
    if author is None:
        return ""
    return people[author].name if author in people else author


def _said(policy: Policy, name: str) -> str:
    """What a policy says of something, in words; of rules, how many there are."""
    if name == TAKEN:
        return _yes(policy.screenshots is not None)
    found = at_path(whole_of(policy), tuple(name.split(".")))
    if name in _RULES:
        return str(len(found))
    if isinstance(found, bool):
        return _yes(found)
    if isinstance(found, list | tuple):
        return ", ".join(_(CATEGORIES[Category(each)]) for each in found) or _("nowhere")
    return f"{found:.10g}"


def _yes(holds: bool) -> str:
    return _("yes") if holds else _("no")
