"""Consent: what will be recorded, in plain words, and which policies this person accepted."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from agent.categories import window_list
from agent.errors import ConsentMissing
from agent.face.wording import plain
from agent.paths import Paths, check_private, write_private
from wire.codes import Category
from wire.errors import PolicyInvalid
from wire.policy import Policy, Screenshots, parse_policy

_LISTED = 100
_CATEGORY_WORDS = {
    Category.TASK: "the task",
    Category.ASSISTANT: "AI assistants",
    Category.REFERENCE: "reference material",
    Category.EDITOR: "editors",
    Category.COMMUNICATION: "mail and chat",
    Category.PRIVATE: "private windows",
}


def consent_text(project: str, policy: Policy) -> str:
    """What the trainer accepts, in words that need no expert."""
    lines = [
        f"Project {plain(project)}, rules version {policy.version}",
        "",
        "While you are clocked in, and only then, Veritype records:",
        "  - in task windows: when you press and release keys and which KIND of key it is (letter,",
        "    digit, space, delete ...), never which letter; clicks, scrolling, pointer movement;",
        "  - in other windows: only what kind of window it is and how many keys and clicks a",
        "    minute; in windows that the rules call private, only that one is in front;",
        "  - copying and pasting: how long the text is and whether it is the same text, never the",
        "    text. What you copy elsewhere is forgotten unless you paste it into a task window;",
        f"  - pauses without any input longer than {_duration(policy.idle_after_s)};",
        f"  - {_screenshots(policy.pictures)}",
        "  - in text fields of task windows, where programs tell it: how much text appears;",
        "  - when the screen is locked, the computer sleeps or something plays; its time zone;",
        "  - facts about this computer: virtual machine, remote desktop, seats, keyboards, and",
        "    what of all this it can observe;",
        f"  - window titles: {'of task windows' if policy.record_titles else 'never'}.",
        "",
        "Nothing runs before you clock in, after you clock out or while you pause.",
        "You can take this back at any time: `veritype consent withdraw`.",
        "",
        *_sites(policy),
        "Windows are told apart by these patterns (title, program):",
        *_windows(policy),
        f"  and where none fits, by Veritype's own list, version {window_list().version}, of",
        "  assistants, editors, reference works, mail and chat, and private windows (password",
        "  managers, banks, private browsing). That list never makes a window a task window.",
        "",
        f"Allowed here: {_allowed(policy)}",
        f"Kept: kinds of keys {policy.retention.class_sequences_days} days, screenshots"
        f" {policy.retention.screenshots_days} days, other evidence"
        f" {policy.retention.evidence_days} days after the last decision. At most"
        f" {policy.false_flag_rate:.1%} of genuine sessions may be flagged, and people decide.",
        *_review(policy),
    ]
    return "\n".join(lines)


def store_consent(paths: Paths, policy: Policy) -> bytes:
    """Remember that exactly this policy was accepted; returns its digest."""
    paths.consents.mkdir(mode=0o700, exist_ok=True)
    digest = policy.digest()
    write_private(consent_file(paths, digest), msgspec.json.encode(policy, order="sorted"))
    return digest


def has_consent(paths: Paths, policy: Policy) -> bool:
    """Whether exactly this policy was accepted on this device."""
    return consent_file(paths, policy.digest()).exists()


def accepted_policy(paths: Paths, digest: bytes) -> Policy:
    """The accepted policy with this digest.

    Raises:
        ConsentMissing: it was not accepted here, or its file was changed.
    """
    file = consent_file(paths, digest)
    try:
        check_private(file)
        policy = parse_policy(file.read_bytes())
    except (OSError, PolicyInvalid) as error:
        raise ConsentMissing("These rules were not accepted on this device.") from error
    if policy.digest() != digest:
        raise ConsentMissing("The accepted rules on this device were changed; accept them again.")
    return policy


def consent_file(paths: Paths, digest: bytes) -> Path:
    """Where the accepted policy with this digest lies."""
    return paths.consents / f"{digest.hex()}.json"


def _review(policy: Policy) -> list[str]:
    rules, asked = policy.review_rules, policy.evidence
    lines = [
        f"You have {rules.answer_days} days to answer a flag; it is decided within"
        f" {rules.decide_days} days after that."
    ]
    lines.append(
        f"Pay that a person doubts is held back for {rules.hold_days} days at most; if nobody has"
        " decided by then, it is paid."
    )
    if not rules.blind_first_review:
        lines.append("Who reviews it first sees who you are; a second reviewer does not.")
    if asked.strong:
        lines.append(
            f"Nothing below a probability of {asked.review:.2f} is flagged, nothing below"
            f" {asked.strong:.2f} is called strong."
        )
    return lines


def _duration(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{round(seconds / 60)} minutes"


def _screenshots(screenshots: Screenshots | None) -> str:
    if screenshots is None:
        return "no screenshots;"
    what = "the whole screen" if screenshots.whole_screen else "task windows, the rest blacked out"
    blur = ", made coarse before it leaves memory" if screenshots.pixelate else ""
    delay = _duration(screenshots.review_delay_s)
    sent = (
        f"it stays here for {delay} of your working time, then it is sent"
        if screenshots.review_delay_s
        else "it is sent at once"
    )
    return (
        f"a screenshot of {what}{blur}, at a random moment every"
        f" {_duration(screenshots.interval_s)}; {sent};"
    )


def _windows(policy: Policy) -> list[str]:
    return _listed(
        [
            f"{_CATEGORY_WORDS.get(rule.category, 'other')}: {plain(rule.title)},"
            f" {plain(rule.process)}"
            for rule in policy.windows
        ]
    )


def _sites(policy: Policy) -> list[str]:
    """What the browser extension does, which the trainer may add or leave."""
    if not policy.sites:
        return []
    lines = [
        "In these pages, if you add Veritype's extension to your browser: how text gets into",
        "fields (typed, pasted, by a script ...) and how much of it, jumps of the caret, which",
        "named part of the page you are in, and, when you submit a text, the KIND of each of",
        "its characters in order, never which:",
        *_listed([plain(site.pattern) for site in policy.sites]),
    ]
    if policy.regions:
        lines += ["Named parts:", *_listed([plain(region.name) for region in policy.regions])]
    return [*lines, ""]


def _listed(names: Sequence[str]) -> list[str]:
    more = len(names) - _LISTED
    return [f"  {name}" for name in names[:_LISTED]] + (
        [f"  ... and {more} more"] if more > 0 else []
    )


def _allowed(policy: Policy) -> str:
    words = [f"pasting up to {policy.allowed.paste_chars} characters"]
    words += [
        f"pasting from {_CATEGORY_WORDS.get(category, 'other windows')}"
        for category in policy.allowed.paste_from
    ]
    words += ["AI help with grammar"] if policy.allowed.ai_grammar_help else []
    words += ["AI help with translation"] if policy.allowed.ai_translation else []
    words += ["asking AI for facts"] if policy.allowed.ai_search else []
    words += ["AI judging"] if policy.allowed.ai_judging else []
    return ", ".join(words) + "."
