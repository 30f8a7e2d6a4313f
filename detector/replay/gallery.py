"""A gallery: the signatures of an organisation's sessions, as columns sorted for searching."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.errors import BadGalleryError
from detector.features.stream import TextStream
from detector.replay.keyed import OrganisationKey
from detector.replay.shapes import read_shapes, stored_shapes

BYTES_A_SHAPE = 12
BYTES_A_SESSION = 20


@dataclass(frozen=True, slots=True)
class SessionOf:
    """A session to sign: its name, whose it is, and its text keys."""

    session: str
    person: str
    stream: TextStream


@dataclass(frozen=True, slots=True)
class Gallery:
    """Signatures of sessions; names are keyed tags, so the file alone names nobody.

    Attributes:
        check: which organisation's key made it.
        session_tag: one a session.
        person_tag: whose the session is, parallel to `session_tag`.
        shapes: how many shapes of each session are stored, parallel to `session_tag`.
        shape_tag: keyed hashes of shapes, ascending.
        session: row of `session_tag` that each shape belongs to.
        start: index of the shape's first interval in its session.
    """

    check: int
    session_tag: NDArray[np.uint64]
    person_tag: NDArray[np.uint64]
    shapes: NDArray[np.uint32]
    shape_tag: NDArray[np.uint32]
    session: NDArray[np.uint32]
    start: NDArray[np.uint32]

    def __post_init__(self) -> None:
        """Check that columns fit together.

        Raises:
            BadGalleryError: if they differ in length.
        """
        if not len(self.session_tag) == len(self.person_tag) == len(self.shapes):
            raise BadGalleryError("the gallery's session columns differ in length")
        if not len(self.shape_tag) == len(self.session) == len(self.start):
            raise BadGalleryError("the gallery's shape columns differ in length")

    def __len__(self) -> int:
        return len(self.session_tag)

    @property
    def size_bytes(self) -> int:
        """Size of the columns."""
        return BYTES_A_SHAPE * len(self.shape_tag) + BYTES_A_SESSION * len(self)

    def without_person(self, person: str, key: OrganisationKey) -> "Gallery":
        """Return the gallery without a person's sessions.

        Raises:
            BadGalleryError: another key made the gallery.
        """
        self.check_key(key)
        return self._with_sessions(self.person_tag != key.name_tag("person", person))

    def without_session(self, session: str, key: OrganisationKey) -> "Gallery":
        """Return the gallery without one session.

        Raises:
            BadGalleryError: another key made the gallery.
        """
        self.check_key(key)
        return self._with_sessions(self.session_tag != key.name_tag("session", session))

    def check_key(self, key: OrganisationKey) -> None:
        """Refuse a key that did not make this gallery.

        Raises:
            BadGalleryError: it did not.
        """
        if key.check != self.check:
            raise BadGalleryError("the gallery was made with another organisation's key")

    def _with_sessions(self, kept: NDArray[np.bool_]) -> "Gallery":
        number = (np.cumsum(kept) - 1).astype(np.uint32)
        rows = kept[self.session]
        return Gallery(
            self.check,
            self.session_tag[kept],
            self.person_tag[kept],
            self.shapes[kept],
            self.shape_tag[rows],
            number[self.session[rows]],
            self.start[rows],
        )


def gallery_of(sessions: Iterable[SessionOf], key: OrganisationKey) -> Gallery:
    """Sign sessions. Sessions of nobody in particular can be dropped by their name only."""
    names: list[tuple[int, int]] = []
    codes, owners, starts = [], [], []
    for number, each in enumerate(sessions):
        shapes = read_shapes(each.stream.interval_us[1:])
        chosen = stored_shapes(shapes, len(each.stream))
        person = key.name_tag("person", each.person) if each.person else 0
        names.append((key.name_tag("session", each.session), person))
        codes.append(shapes.code[chosen])
        starts.append(shapes.start[chosen])
        owners.append(np.full(len(chosen), number, dtype=np.uint32))
    if not names:
        return _sorted(key.check, np.zeros((0, 2), np.uint64), *[np.zeros(0, np.uint32)] * 3)
    return _sorted(
        key.check,
        np.array(names, dtype=np.uint64),
        key.shape_tags(np.concatenate(codes)),
        np.concatenate(owners),
        np.concatenate(starts).astype(np.uint32),
    )


def _sorted(
    check: int,
    names: NDArray[np.uint64],
    shape_tag: NDArray[np.uint32],
    session: NDArray[np.uint32],
    start: NDArray[np.uint32],
) -> Gallery:
    order = np.argsort(shape_tag, kind="stable")
    return Gallery(
        check,
        names[:, 0].copy(),
        names[:, 1].copy(),
        np.bincount(session, minlength=len(names)).astype(np.uint32),
        shape_tag[order],
        session[order],
        start[order],
    )


def merged(parts: Sequence[Gallery]) -> Gallery:
    """Join galleries of one organisation; a session signed twice is kept once, the later one.

    Raises:
        BadGalleryError: no part was given, or their keys differ.
    """
    if not parts:
        raise BadGalleryError("there is no gallery to merge")
    if len({part.check for part in parts}) > 1:
        raise BadGalleryError("the galleries were made with different organisations' keys")
    names = np.concatenate([np.column_stack([p.session_tag, p.person_tag]) for p in parts])
    offsets = np.cumsum([0, *(len(part) for part in parts[:-1])])
    whole = _sorted(
        parts[0].check,
        names,
        np.concatenate([part.shape_tag for part in parts]),
        np.concatenate([p.session + np.uint32(o) for p, o in zip(parts, offsets, strict=True)]),
        np.concatenate([part.start for part in parts]),
    )
    latest = np.zeros(len(whole), dtype=np.bool_)
    reverse = whole.session_tag[::-1]
    latest[len(whole) - 1 - np.unique(reverse, return_index=True)[1]] = True
    return whole if latest.all() else whole._with_sessions(latest)
