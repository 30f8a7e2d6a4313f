"""Which release is older."""

import pytest

from wire.versions import is_older, release_order


def test_releases_are_in_their_order() -> None:
    order = ["garbage", "0.1.0", "0.2.0.dev1", "0.2.0a1", "0.2.0", "0.2.0.post1", "0.10.0", "1.0.0"]
    assert sorted(order, key=release_order)[:2] == ["garbage", "0.1.0"]
    ranks = [release_order(each)[:4] for each in order]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize(
    ("version", "minimum", "older"),
    [
        ("0.1.0", "", False),
        ("0.1.0", "0.1.0", False),
        ("0.1.0", "0.1.1", True),
        ("0.2.0rc1", "0.2.0", True),
        ("0.10.0", "0.9.0", False),
    ],
)
def test_minimum(version: str, minimum: str, older: bool) -> None:
    assert is_older(version, minimum) is older
