"""What a person may expect of a whole quarter: how likely is any flag at all in n sessions.

A rate kept per session says little about a person who works 250 of them: independent flags at 1 %
would reach ``1 - 0.99^250``, 92 % of the people. A person's quarter is therefore promised by
itself. It is cut into blocks of as many sessions as calibration writers can show; by the union
bound the chance of any flag in the quarter is at most the number of blocks times that of a block.
Nothing is assumed about how sessions within a block hang together, nor blocks among each other;
only that any block of a new person's is as likely to hold a flag as the calibration writers' are.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detector.errors import BadPromiseError
from detector.promise.sessions import (
    CONFIDENCE,
    FLAGS_NOTHING,
    ValidFor,
    WhenFew,
    as_units,
    check_doubtful,
    check_rates,
    threshold_or_less,
)
from detector.tables import FloatArray, IntArray

PERSON_RATE = 0.05


@dataclass(frozen=True, slots=True)
class PersonBudget:
    """A threshold, and how many people it lets be flagged at all within a quarter.

    Attributes:
        sessions: a quarter's sessions of one person.
        rate: at most this share of persons is flagged at least once in them.
        confidence: how sure that is.
        threshold: what lies strictly above is flagged.
        block_sessions: how many sessions of a writer make a block.
        blocks: how many blocks a quarter is.
        writers: writers with at least one whole block.
        valid_for: what it was measured on.
    """

    sessions: int
    rate: float
    confidence: float
    threshold: float
    block_sessions: int
    blocks: int
    writers: int
    valid_for: ValidFor

    def share_flagged(self, sessions: int) -> float:
        """Return the bound on the share of persons flagged at least once in so many sessions."""
        if self.threshold >= FLAGS_NOTHING:
            return 0.0
        return min(1.0, math.ceil(sessions / self.block_sessions) * self.rate / self.blocks)

    @property
    def sentence(self) -> str:
        """Say what is promised, exactly."""
        if self.threshold >= FLAGS_NOTHING:
            return (
                f"Nothing is flagged: {self.writers} writers with {self.block_sessions} sessions "
                f"cannot show that {self.rate:.1%} of persons at most are flagged in "
                f"{self.sessions} sessions with {self.confidence:.0%} confidence."
            )
        return (
            f"Of genuine persons at most {self.rate:.1%} are flagged at least once in "
            f"{self.sessions} sessions (confidence {self.confidence:.0%}, from {self.writers} "
            f"writers with {self.block_sessions} or more sessions)."
        )


def person_budget(
    scores: FloatArray,
    writers: Sequence[str],
    sessions: int,
    rate: float = PERSON_RATE,
    confidence: float = CONFIDENCE,
    *,
    when_few: WhenFew = WhenFew.LESS_SURE,
    doubtful_writers: int = 0,
    valid_for: ValidFor | None = None,
) -> PersonBudget:
    """Choose the threshold that keeps persons flagged at least once at or under ``rate``.

    The length of a block is chosen by the numbers of sessions alone: the one that leaves the most
    room. Writers with fewer sessions do not count, so it is promised to persons who work at least
    as many.

    Args:
        scores: one for each genuine session, each writer's in the order they were worked.
        writers: whose session it is.
        sessions: how many sessions one person works in a quarter.
        rate: share of persons flagged at least once.
        confidence: with which confidence.
        when_few: what gives way with too few writers.
        doubtful_writers: how many of them may not be genuine.
        valid_for: what the scores were made by, and of whom.

    Raises:
        BadPromiseError: as `promise`, or a quarter without a session.
    """
    check_rates(rate, confidence)
    if sessions < 1:
        raise BadPromiseError("a quarter must hold at least one session")
    values, codes = as_units(scores, writers)
    check_doubtful(doubtful_writers, int(codes.max()) + 1)
    length = _block_length(np.bincount(codes), sessions, rate)
    blocks = -(-sessions // length)
    largest, whose = _blocks(values, codes, length)
    count = int(whose.max()) + 1
    check_doubtful(doubtful_writers, count)
    threshold, sure = threshold_or_less(
        largest,
        whose,
        rate / blocks,
        confidence,
        when_few=when_few,
        doubtful_writers=doubtful_writers,
    )
    return PersonBudget(
        sessions, rate, sure, threshold, length, blocks, count, valid_for or ValidFor()
    )


def _block_length(sessions_of: IntArray, sessions: int, rate: float) -> int:
    """Return the block's length at which the writers who have one carry the most evidence."""
    lengths = np.unique(np.minimum(sessions_of, sessions))
    writers = (sessions_of[None, :] >= lengths[:, None]).sum(axis=1)
    evidence = writers * -np.log1p(-rate / np.ceil(sessions / lengths))
    return int(lengths[np.argmax(evidence)])


def _blocks(values: FloatArray, codes: IntArray, length: int) -> tuple[FloatArray, IntArray]:
    """Return the largest score of each whole block and whose it is, writers numbered anew."""
    order = np.argsort(codes, kind="stable")
    sessions_of = np.bincount(codes)
    blocks_of = sessions_of // length
    place = np.arange(len(codes)) - np.repeat(np.cumsum(sessions_of) - sessions_of, sessions_of)
    whole = place < np.repeat(blocks_of * length, sessions_of)
    largest = values[order][whole].reshape(-1, length).max(axis=1)
    whose = np.repeat(np.arange(np.count_nonzero(blocks_of)), blocks_of[blocks_of > 0])
    return largest, whose
