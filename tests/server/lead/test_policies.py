"""A project's policy in the console: read, changed, refused, published."""

from collections.abc import Mapping, Sequence
from html import unescape

import msgspec
import pytest

from server.console.policy_form import as_text, filled_from, read_form
from server.records import Role
from tests.server.browser import Browser, first_of, signed_in
from tests.server.house import PASSWORD, POLICY, House
from tests.server.storages import ON_SQLITE
from wire.codes import Category
from wire.policy import Policy, Region, ReviewRules, SiteRule, Thresholds, WindowRule, parse_policy

FULL = Policy(
    version=3,
    windows=(WindowRule(Category.TASK, "*a*", "b"), WindowRule(Category.PRIVATE, "*p*")),
    sites=(SiteRule("https://tasks.example.org/*", (Region("response B", "#b = .c"),)),),
    thresholds=Thresholds(0.5, 0.7),
    review=ReviewRules(answer_days=3, hold_days_max=9),
)
Fields = dict[str, list[str]]


def fields_of(policy: Policy) -> Fields:
    """What a browser sends of the form as it is given."""
    filled = filled_from(policy)
    return {name: list(texts) for name, texts in filled.values.items() if texts} | {
        "window.order": [row.order for row in filled.windows],
        "window.category": [row.category for row in filled.windows],
        "window.title": [row.title for row in filled.windows],
        "window.process": [row.process for row in filled.windows],
        "site.pattern": [row.pattern for row in filled.sites],
        "site.regions": [row.regions for row in filled.sites],
    }


@pytest.mark.parametrize("policy", [POLICY, FULL])
def test_a_form_that_is_sent_as_it_came_changes_nothing(policy: Policy) -> None:
    made, filled = read_form(fields_of(policy), policy, policy.version)
    assert filled.holds
    assert made == policy
    assert made.digest() == policy.digest()


@pytest.mark.parametrize(
    ("name", "texts", "says"),
    [
        ("idle_after_s", ["29"], "whole number from 30 to 3600"),
        ("idle_after_s", ["5 min"], "whole number from 30 to 3600"),
        ("idle_after_s", [], "whole number from 30 to 3600"),
        ("thresholds.review", ["1.5"], "number from 0 to 1"),
        ("thresholds.review", ["nan"], "number from 0 to 1"),
        ("false_flag_rate", ["0"], "between 0 and 1"),
        ("review.second_review_share", ["0.2"], "from 0.3 to 1"),
        ("thresholds.strong", ["0.1"], "at least as much"),
    ],
)
def test_a_field_that_does_not_hold_says_what_would(name: str, texts: list[str], says: str) -> None:
    form = fields_of(FULL) | {name: texts}
    made, filled = read_form(form, FULL, 4)
    assert made is None
    assert says in filled.errors[name]
    assert filled.values[name] == texts


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"window.order": ["x"]}, "whole number"),
        ({"window.category": ["9"]}, "kinds of windows"),
        ({"window.title": ["x" * 201]}, "at most 200"),
        ({"site.pattern": ["tasks.example.org"]}, "address with its path"),
        ({"site.regions": ["no equals sign"]}, "line of its own"),
    ],
)
def test_a_rule_that_does_not_hold_says_so_in_its_row(change: Fields, says: str) -> None:
    form = fields_of(FULL)
    for name, first in change.items():
        form[name] = first + form[name][1:]
    made, filled = read_form(form, FULL, 4)
    assert made is None
    wrong = [row.error for row in filled.windows] + [row.error for row in filled.sites]
    assert [each for each in wrong if says in each]


def test_rules_are_ordered_added_and_taken_away_without_any_script() -> None:
    form = fields_of(FULL)
    form["window.order"] = ["2", "", "1", ""]
    form["window.title"] = ["*a*", "", "*new*", ""]
    form["window.process"] = ["b", "", "", ""]
    form["window.category"] = ["1", "6", "2", "1"]
    form["site.pattern"], form["site.regions"] = ["", ""], ["", ""]
    made, _ = read_form(form, FULL, 4)
    assert made is not None
    assert made.windows == (WindowRule(Category.ASSISTANT, "*new*"), FULL.windows[0])
    assert made.sites == ()


def test_a_comma_is_a_decimal_point_and_no_screenshots_are_none() -> None:
    form = fields_of(POLICY) | {"false_flag_rate": ["0,02"]}
    del form["screenshots"]
    made, _ = read_form(form, POLICY, 2)
    assert made is not None
    assert (made.false_flag_rate, made.screenshots, made.version) == (0.02, None, 2)


def policy_path(house: House) -> str:
    return f"/projects/{house.own.projects()[0].id.hex()}"


def sent(browser: Browser, path: str, fields: Mapping[str, str | Sequence[str]]) -> str:
    return browser.submit(path, fields, "/people").text


@ON_SQLITE
def test_a_policy_is_changed_checked_and_published(house: House, admin: Browser) -> None:
    path = policy_path(house)
    form = fields_of(POLICY) | {"idle_after_s": ["120"], "thresholds.review": ["0,9"]}
    wrong = admin.submit(f"{path}/check", form, "/people")
    assert wrong.status_code == 400, "strong would be less than review"
    assert 'value="0,9"' in wrong.text
    page = sent(admin, f"{path}/check", form | {"thresholds.strong": ["0.95"]})
    assert "What version 2 would change" in page
    assert "asked again" in page
    assert "Least probability for a flag" in page
    assert house.own.projects()[0].policy.version == 1, "nothing is published yet"
    text = unescape(first_of(r'name="text" value="([^"]+)"', page))
    again = sent(admin, f"{path}/edit", {"text": text, "after": "1"})
    assert 'name="idle_after_s" value="120"' in again
    answer = admin.submit(f"{path}/publish", {"text": text, "after": "1"}, "/people")
    assert answer.headers["location"] == path
    now = house.own.projects()[0].policy
    assert (now.version, now.idle_after_s, now.evidence.review) == (2, 120, 0.9)
    history = house.own.policies(house.own.projects()[0].id)
    assert history[-1].author == f"person:{house.own.people_as([Role.ADMIN])[0].id.hex()}"
    shown = admin.get(f"{path}/versions/2").text
    assert "Administrator" in shown
    assert "Seconds without input" in shown
    assert admin.get(f"{path}/versions/1").status_code == 200
    for other in ("3", "0", "x", "9" * 30):
        assert admin.get(f"{path}/versions/{other}").status_code == 404


@ON_SQLITE
def test_what_somebody_else_published_meanwhile_is_not_overwritten(
    house: House, admin: Browser
) -> None:
    path = policy_path(house)
    draft = as_text(msgspec.structs.replace(POLICY, version=2, idle_after_s=200))
    theirs = msgspec.structs.replace(POLICY, version=2, record_titles=True)
    house.administration.policies.change("Demo", msgspec.json.encode(theirs))
    answer = admin.submit(f"{path}/publish", {"text": draft, "after": "1"}, "/people")
    assert answer.status_code == 409
    assert "version 2 is in force now" in answer.text
    assert "Titles of task windows" in answer.text
    text = unescape(first_of(r'name="text" value="([^"]+)"', answer.text))
    assert parse_policy(text.encode()).version == 3
    admin.submit(f"{path}/publish", {"text": text, "after": "2"}, "/people")
    assert house.own.projects()[0].policy.idle_after_s == 200


@ON_SQLITE
def test_text_that_is_no_policy_is_kept_and_says_where(house: House, admin: Browser) -> None:
    path = policy_path(house)
    page = admin.submit(f"{path}/check-text", {"text": '{"version": 2, "windows": 7}'}, "/people")
    assert page.status_code == 400
    assert "$.windows" in page.text
    assert "&#34;windows&#34;: 7}" in page.text
    whole = msgspec.structs.replace(POLICY, version=1, confidential=True)
    fine = sent(admin, f"{path}/check-text", {"text": as_text(whole)})
    assert "What version 2 would change" in fine
    for tail in ("edit", "publish"):
        answer = admin.submit(f"{path}/{tail}", {"text": "{", "after": "1"}, "/people")
        assert answer.status_code == 400


@ON_SQLITE
def test_leads_read_policies_and_others_find_none(house: House, address: str) -> None:
    house.administration.add_person("Lea Lead", Role.LEAD, "lea", PASSWORD)
    path = policy_path(house)
    for login, status in (("lea", 200), ("otto", 404), ("ada", 404)):
        with Browser(address) as browser:
            signed_in(browser, login, PASSWORD)
            for page in ("/projects", path, f"{path}/versions/1"):
                assert browser.get(page).status_code == status, (login, page)
            assert "Change it" not in browser.get(path).text
            for tail in ("check", "check-text", "edit", "publish"):
                form = {"text": as_text(POLICY), "after": "1"}
                answer = browser.submit(f"{path}/{tail}", form, "/account")
                assert answer.status_code == 404, (login, tail)
    with Browser(address) as nobody:
        for page in ("/projects", path, f"{path}/versions/1"):
            assert nobody.get(page).headers["location"] == "/login"
    assert house.own.projects()[0].policy == POLICY
