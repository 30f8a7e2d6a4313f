"""Windows told apart: the policy's rules first, then the maintained list."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.categories import WindowList, judge_of, window_list
from agent.face.consent import consent_text
from agent.redact import category_of
from wire.codes import Category
from wire.policy import Policy, WindowRule

NO_RULES = Policy(version=1, windows=())

LISTED = [
    ("ChatGPT - Google Chrome", "chrome", Category.ASSISTANT),
    ("ChatGPT", "chrome", Category.ASSISTANT),
    ("Essay about bread - Claude — Mozilla Firefox", "firefox-esr", Category.ASSISTANT),
    (
        "Essay - Claude and 2 more pages - Personal - Microsoft\u200b Edge",
        "msedge.exe",
        Category.ASSISTANT,
    ),
    ("chat", "ChatGPT.exe", Category.ASSISTANT),
    ("Claude Monet - Wikipedia — Mozilla Firefox", "firefox", Category.REFERENCE),
    ("Claude Monet – paintings", "chromium", Category.OTHER),
    ("ChatGPT notes.txt (~/work) - gedit", "gedit", Category.EDITOR),
    ("chatgpt", "xterm", Category.OTHER),
    ("(12) WhatsApp - Chromium", "chromium", Category.COMMUNICATION),
    ("Inbox (3) - robin@example.org - Gmail - Google Chrome", "chrome", Category.COMMUNICATION),
    ("main.py - project - Visual Studio Code", "code", Category.EDITOR),
    ("thesis.pdf", "evince", Category.REFERENCE),
    ("Passwords.kdbx - KeePassXC", "keepassxc", Category.PRIVATE),
    ("Online Banking - Example Bank - Google Chrome", "chrome", Category.PRIVATE),
    ("Something else", "unheard-of", Category.OTHER),
    ("", "", Category.OTHER),
]

PRIVATE_WINDOWS = [
    ("ChatGPT — Mozilla Firefox Private Browsing", "firefox"),
    ("Mozilla Firefox (Private Browsing)", "firefox"),
    ("Nachrichten — Mozilla Firefox Privater Modus", "firefox"),
    ("Actualités — Navigation privée de Mozilla Firefox", "firefox"),
    ("Новости — Приватный просмотр Mozilla Firefox", "firefox"),
    ("New Tab - Google Chrome (Incognito)", "chrome"),
    ("Neuer Tab - Google Chrome (Inkognito)", "chrome"),
    ("Nueva pestaña - Google Chrome (Incógnito)", "chrome"),
    ("新标签页 - Google Chrome (无痕模式)", "chrome"),
    ("新しいタブ - Google Chrome (シークレット モード)", "chrome"),
    ("New tab - [InPrivate] - Microsoft\u200b Edge", "msedge.exe"),
    ("Start - Brave (Private)", "brave"),
    ("Page - (Private Browsing)", "firefox"),
]


@pytest.mark.parametrize(("title", "process", "category"), LISTED)
def test_a_window_that_no_rule_matches_is_judged_by_the_list(
    title: str, process: str, category: Category
) -> None:
    assert category_of(NO_RULES, title, process) is category


@pytest.mark.parametrize(("title", "process"), PRIVATE_WINDOWS)
def test_private_browsing_is_private_in_many_languages(title: str, process: str) -> None:
    assert category_of(NO_RULES, title, process) is Category.PRIVATE


def test_a_page_about_private_browsing_is_not_private() -> None:
    title = "What is private browsing? — Mozilla Firefox"
    assert category_of(NO_RULES, title, "firefox") is Category.OTHER


def test_the_policys_rules_are_judged_before_the_list() -> None:
    rules = (
        WindowRule(Category.TASK, title="*claude*", process="firefox*"),
        WindowRule(Category.OTHER, title="*ChatGPT*"),
    )
    policy = Policy(version=1, windows=rules)
    assert category_of(policy, "Rate Claude — Mozilla Firefox", "Firefox") is Category.TASK
    assert category_of(policy, "ChatGPT - Google Chrome", "chrome") is Category.OTHER
    assert category_of(policy, "Grok - Google Chrome", "chrome") is Category.ASSISTANT


WORDS = st.text(alphabet="aB*? [-", max_size=6)
RULES = st.lists(
    st.builds(
        WindowRule,
        st.sampled_from([Category.TASK, Category.OTHER]),
        WORDS.filter(bool),
        WORDS.filter(bool),
    ),
    max_size=4,
)


@given(RULES, st.text(alphabet="aAbB -[", max_size=6), st.text(alphabet="aAbB -[", max_size=6))
def test_compiled_rules_say_what_the_policy_says(
    rules: list[WindowRule], title: str, process: str
) -> None:
    policy = Policy(version=1, windows=tuple(rules))
    if any(rule.matches(title, process) for rule in rules):
        assert judge_of(policy)(title, process) is policy.categorise(title, process)
    else:
        assert judge_of(policy)(title, process) is window_list().categorise(title, process)


@given(st.text(max_size=80), st.sampled_from(["firefox", "chrome", "xterm", "code", ""]))
def test_the_list_never_makes_a_window_a_task_window(title: str, process: str) -> None:
    assert window_list().categorise(title, process) is not Category.TASK


def test_a_list_with_a_task_rule_is_refused() -> None:
    rule = {"category": "task", "programs": [], "pages": ["*"]}
    empty: dict[str, object] = {"browsers": [], "brands": [], "private_windows": []}
    document = msgspec.json.encode({"version": 1, **empty, "rules": [rule]})
    with pytest.raises(ValueError, match="only a policy"):
        WindowList(document)


def test_consent_names_the_lists_version() -> None:
    text = consent_text("Essays", NO_RULES)
    assert f"Veritype's own list, version {window_list().version}" in text
