"""What changed in a project's rules, in words for the trainer."""

from agent.face.wording import plain
from wire.changes import Change, changes
from wire.policy import Policy


def nothing_more(project: str, old: Policy, new: Policy) -> str:
    """Rules under which nothing more is recorded: said once, and nothing is asked."""
    return "\n".join(
        (
            f"The rules of {plain(project)} changed (version {old.version} to {new.version})."
            " Nothing more is recorded:",
            *_lines(changes(old, new)),
        )
    )


def what_grew(project: str, old: Policy, new: Policy) -> str:
    """Rules under which more is recorded: that first, then what else changed."""
    found = changes(old, new)
    grew, rest = ([each for each in found if each.grew is more] for more in (True, False))
    lines = [
        f"The rules of {plain(project)} changed (version {old.version} to {new.version})."
        " MORE would be recorded:",
        *_lines(grew),
    ]
    return "\n".join([*lines, "Also changed:", *_lines(rest)] if rest else lines)


def while_recording(old: Policy, new: Policy) -> str:
    """For a session that goes on under its own rules."""
    found = changes(old, new)
    grew = [each for each in found if each.grew]
    if grew:
        what = "More would be recorded under them, and you are asked first: "
    else:
        what = "Nothing more is recorded under them: "
    said = " ".join(plain(each.sentence) for each in grew or found)
    return (
        f"The project has new rules, version {new.version}. {what}{said} This session goes on under"
        f" version {old.version}; the next clock-in takes the new ones."
    )


def _lines(found: "list[Change] | tuple[Change, ...]") -> list[str]:
    return [f"  - {plain(each.sentence)}" for each in found] or ["  - nothing that is recorded."]
