"""Galleries: merging, dropping, keys."""

import numpy as np
import pytest

from detector.errors import BadGalleryError
from detector.features.stream import TextStream
from detector.replay import Gallery, OrganisationKey, SessionOf, gallery_of, merged, search


def test_merged_parts_equal_the_whole(
    gallery: Gallery, streams: list[TextStream], key: OrganisationKey
) -> None:
    named = [SessionOf(f"s{n}", f"p{n // 2}", stream) for n, stream in enumerate(streams)]
    whole = merged([gallery_of(named[:5], key), gallery_of(named[5:], key)])
    for name in ("session_tag", "person_tag", "shapes", "shape_tag"):
        assert np.array_equal(getattr(whole, name), getattr(gallery, name))
    assert sorted(zip(whole.session, whole.start, strict=True)) == sorted(
        zip(gallery.session, gallery.start, strict=True)
    )


def test_a_session_signed_again_replaces_the_first(
    gallery: Gallery, streams: list[TextStream], key: OrganisationKey
) -> None:
    again = gallery_of([SessionOf("s3", "p1", streams[0])], key)
    whole = merged([gallery, again])
    assert len(whole) == len(gallery)
    assert len(whole.shape_tag) == int(whole.shapes.sum())
    assert not any(m.votes > 5 for m in search(whole, streams[3], key).found)


def test_a_dropped_person_is_found_no_more_and_the_others_are(
    gallery: Gallery, streams: list[TextStream], key: OrganisationKey
) -> None:
    left = gallery.without_person("p1", key)
    assert len(left) == len(gallery) - 2
    assert left.size_bytes < gallery.size_bytes
    assert not search(left, streams[2], key).found
    assert not search(left, streams[3], key).found
    assert search(left, streams[4], key).found[0].session == tag(key, "s4")
    assert len(left.without_session("s4", key)) == len(left) - 1


def tag(key: OrganisationKey, session: str) -> str:
    return f"{key.name_tag('session', session):016x}"


def test_another_organisations_key_is_refused(gallery: Gallery, streams: list[TextStream]) -> None:
    other = OrganisationKey.from_secret(b"another organisation's")
    for act in (
        lambda: search(gallery, streams[0], other),
        lambda: gallery.without_person("p0", other),
        lambda: merged([gallery, gallery_of([], other)]),
        lambda: merged([]),
    ):
        with pytest.raises(BadGalleryError):
            act()


def test_an_empty_gallery_and_an_empty_session_match_nothing(
    gallery: Gallery, streams: list[TextStream], key: OrganisationKey
) -> None:
    nothing = gallery_of([], key)
    assert search(nothing, streams[0], key).found == ()
    assert search(gallery, streams[0].part(0, 0), key).found == ()
    assert len(merged([nothing, gallery])) == len(gallery)


def test_signature_takes_less_than_two_bytes_a_key(
    gallery: Gallery, streams: list[TextStream]
) -> None:
    assert gallery.size_bytes < 2.0 * sum(len(stream) for stream in streams)
