"""Scored sessions made by hand."""

from dataclasses import replace

from detector.assessment import Band
from detector.evaluation.scored import Scored

CLEAN = Scored(
    writer="w",
    label="composed",
    groups=(),
    text_keys=800,
    longest_insertion=0,
    within_word_ms=160.0,
    erased_share=0.1,
    pointer=False,
    band=Band.CONSISTENT,
    score=0.1,
    copying=0.1,
    main_reason="",
)


def scored_rows(
    count: int, label: str = "composed", *, flagged: int = 0, abstained: int = 0, score: float = 0.1
) -> list[Scored]:
    """Rows of different writers, the first ones flagged, the next ones abstained on."""
    bands = [Band.REVIEW] * flagged + [Band.CANNOT_DETERMINE] * abstained
    bands += [Band.CONSISTENT] * (count - len(bands))
    return [
        replace(CLEAN, writer=f"{label}{n}", label=label, band=band, score=score + n / 1e4)
        for n, band in enumerate(bands)
    ]
