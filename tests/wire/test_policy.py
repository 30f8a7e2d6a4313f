import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.codes import Category
from wire.errors import PolicyInvalid
from wire.policy import Policy, Screenshots, WindowRule, json_schema, parse_policy

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
