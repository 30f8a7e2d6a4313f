from pathlib import Path

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.codes import Category
from wire.errors import PolicyInvalid
from wire.policy import (
    AllowedUse,
    Policy,
    ReviewRules,
    Screenshots,
    Thresholds,
    WindowRule,
    json_schema,
    parse_policy,
)

POLICY = Policy(
    version=3,
    windows=(
        WindowRule(Category.ASSISTANT, title="*Assistant*"),
        WindowRule(Category.TASK, title="Task *", process="chrom*"),
    ),
    screenshots=Screenshots(interval_s=60),
)


def test_the_first_rule_that_matches_names_the_category() -> None:
    assert POLICY.categorise("Task 12 - Assistant", "chromium") is Category.ASSISTANT
    assert POLICY.categorise("task 12", "Chromium") is Category.TASK
    assert POLICY.categorise("Task 12", "xterm") is Category.OTHER


def test_a_policy_round_trips_and_fits_its_published_schema() -> None:
    document = msgspec.json.encode(POLICY)
    assert parse_policy(document) == POLICY
    jsonschema.validate(msgspec.json.decode(document), json_schema())


def test_the_digest_moves_with_any_change_and_not_with_the_order_of_keys() -> None:
    assert msgspec.structs.replace(POLICY, idle_after_s=301).digest() != POLICY.digest()
    shuffled = dict(reversed(msgspec.json.decode(msgspec.json.encode(POLICY)).items()))
    assert parse_policy(msgspec.json.encode(shuffled)).digest() == POLICY.digest()


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"{}",
        b'{"version": 0, "windows": []}',
        b'{"version": 1, "windows": [], "unknown": 1}',
        b'{"version": 1, "windows": [{"category": 99}]}',
        b'{"version": 1, "windows": [], "retention": {"class_sequences_days": 31}}',
        b'{"version": 1, "windows": [], "false_flag_rate": 1.0}',
    ],
)
def test_a_policy_that_does_not_hold_is_refused(document: bytes) -> None:
    with pytest.raises(PolicyInvalid, match="policy"):
        parse_policy(document)


@given(st.text(max_size=300), st.text(max_size=40))
def test_any_window_has_a_category(title: str, process: str) -> None:
    assert POLICY.categorise(title, process) in Category


DOCUMENTS = Path(__file__).parent / "documents"


def test_a_document_of_the_first_version_keeps_its_digest_and_its_encoding() -> None:
    policy = parse_policy((DOCUMENTS / "policy-of-0.1.json").read_bytes())
    assert policy.digest().hex() == (
        "d09916e0c13a88c9d96dece34bcc6ae0e51a38cea45a88d8dd261260e5667c84"
    )
    assert not {"thresholds", "review"} & set(msgspec.to_builtins(policy))
    assert set(msgspec.to_builtins(policy.allowed)) == {
        "paste_from",
        "paste_chars",
        "ai_grammar_help",
        "ai_judging",
    }
    assert policy.evidence == Thresholds()
    assert policy.review_rules == ReviewRules(7, 14, 0.3, True)
    assert policy.review_rules.hold_days == 14


def test_a_document_that_says_no_cap_of_holds_stays_as_it_was_encoded() -> None:
    document = b'{"version": 1, "windows": [], "review": {"answer_days": 3}}'
    said = msgspec.json.decode(msgspec.json.encode(parse_policy(document)))["review"]
    assert "hold_days_max" not in said
    longer = parse_policy(document.replace(b": 3", b': 3, "hold_days_max": 5'))
    assert longer.review_rules.hold_days == 5


@pytest.mark.parametrize(
    ("field", "document"),
    [
        ("thresholds", b'{"review": 0.9, "strong": 0.5}'),
        ("thresholds", b'{"review": -0.1}'),
        ("review", b'{"second_review_share": 0.29}'),
        ("review", b'{"answer_days": 0}'),
        ("review", b'{"hold_days_max": 0}'),
        ("review", b'{"hold_days_max": 31}'),
        ("review", b"null"),
    ],
)
def test_rules_out_of_their_bounds_are_refused(field: str, document: bytes) -> None:
    with pytest.raises(PolicyInvalid, match=field):
        parse_policy(b'{"version": 1, "windows": [], "' + field.encode() + b'": ' + document + b"}")


def test_any_use_of_an_assistant_that_is_allowed_counts() -> None:
    assert not AllowedUse().assistant
    uses = (
        AllowedUse(ai_grammar_help=True),
        AllowedUse(ai_judging=True),
        AllowedUse(ai_translation=True),
        AllowedUse(ai_search=True),
        AllowedUse(paste_from=(Category.ASSISTANT,)),
    )
    assert all(each.assistant for each in uses)


def test_the_schema_explains_every_field_to_people() -> None:
    for kind in json_schema()["$defs"].values():
        assert kind["description"]
        for entry in kind.get("properties", {}).values():
            assert entry["title"]
            assert entry["description"]


def policies() -> st.SearchStrategy[Policy]:
    text = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
    rule = st.builds(WindowRule, st.sampled_from(Category), text, text)
    strengths = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted)
    return st.builds(
        Policy,
        version=st.integers(1, 0xFFFF_FFFF),
        windows=st.lists(rule, max_size=3).map(tuple),
        screenshots=st.none() | st.builds(Screenshots, st.integers(5, 86_400)),
        allowed=st.builds(AllowedUse, ai_search=st.booleans() | st.just(msgspec.UNSET)),
        thresholds=st.just(msgspec.UNSET) | strengths.map(lambda pair: Thresholds(*pair)),
        review=st.just(msgspec.UNSET)
        | st.builds(
            ReviewRules,
            second_review_share=st.floats(0.3, 1),
            hold_days_max=st.integers(1, 30) | st.just(msgspec.UNSET),
        ),
        false_flag_rate=st.floats(0.001, 0.999),
    )


SCHEMA = jsonschema.Draft202012Validator(json_schema())


@given(policies())
def test_every_policy_fits_the_published_schema_and_reads_back(policy: Policy) -> None:
    document = msgspec.json.encode(policy)
    SCHEMA.validate(msgspec.json.decode(document))
    assert parse_policy(document) == policy
    assert parse_policy(document).digest() == policy.digest()


def test_samples_fit_the_published_schema() -> None:
    samples = Path(__file__).parents[2] / "samples"
    for path in (samples / "policy.json", DOCUMENTS / "policy-of-0.1.json"):
        SCHEMA.validate(msgspec.json.decode(path.read_bytes()))
