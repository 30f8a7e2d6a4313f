import pytest

from wire.objects import digest_of_parts, digest_parts, object_digest


@pytest.mark.parametrize("digest", [object_digest(b"a picture"), bytes(range(32)), bytes(32)])
def test_a_digest_survives_its_way_through_an_event(digest: bytes) -> None:
    assert digest_of_parts(digest_parts(digest)) == digest


def test_no_digest_is_zeros() -> None:
    assert digest_of_parts(digest_parts(b"")) == bytes(32)
