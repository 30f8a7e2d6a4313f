"""Finding replayed typing: the timing of a recorded session, sent again.

A signature holds keyed hashes of coarse rhythm shapes (`detector.replay.shapes`), gathered in a
gallery per organisation (`detector.replay.gallery`) and searched by shapes that agree
(`detector.replay.searching`). How the false-match rate is derived stands in
`docs/detector-inside.md`.
"""

from detector.replay.gallery import Gallery, SessionOf, gallery_of, merged
from detector.replay.keyed import OrganisationKey
from detector.replay.searching import Match, Matches, search
from detector.replay.within import replayed_within

__all__ = [
    "Gallery",
    "Match",
    "Matches",
    "OrganisationKey",
    "SessionOf",
    "gallery_of",
    "merged",
    "replayed_within",
    "search",
]
