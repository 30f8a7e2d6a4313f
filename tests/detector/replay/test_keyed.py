"""The keyed hash behind signatures."""

import numpy as np
import pytest

from detector.errors import BadGalleryError
from detector.replay.keyed import OrganisationKey, sip_hash


def test_hash_equals_the_published_vector_for_eight_bytes() -> None:
    key = bytes(range(16))
    halves = (int.from_bytes(key[:8], "little"), int.from_bytes(key[8:], "little"))
    message = np.array([int.from_bytes(bytes(range(8)), "little")], dtype=np.uint64)
    assert int(sip_hash(halves, message)[0]) == 0x93F5F5799A932462


def test_two_organisations_tags_have_nothing_in_common() -> None:
    codes = np.arange(20_000, dtype=np.int64)
    one = OrganisationKey.from_secret(b"first organisation")
    other = OrganisationKey.from_secret(b"other organisation")
    assert len(np.unique(one.shape_tags(codes))) > 19_990
    assert np.count_nonzero(one.shape_tags(codes) == other.shape_tags(codes)) <= 1
    assert one.name_tag("person", "p") != other.name_tag("person", "p")
    assert one.name_tag("person", "p") != one.name_tag("session", "p")


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(BadGalleryError, match="16 bytes"):
        OrganisationKey.from_secret(b"short")
