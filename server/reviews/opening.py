"""Which sessions come before people, and by which draw. Pure.

A draw is the keyed hash of what is drawn for: nobody without the organisation's seed can foresee
it, and whoever holds the seed can check it later. A session that is scored again is not drawn
anew: its number stays.
"""

import hashlib
import hmac
from dataclasses import replace

from server.records import (
    DAY_US,
    Company,
    How,
    NewReview,
    ReviewRules,
    ReviewSettings,
    SecondReviews,
    StoredReview,
)
from server.scoring.assessments import Assessed
from wire.policy import ReviewRules as PolicyRules

RANDOM_SHARE = 0.01
"""Of the sessions that were not flagged, so many come before people all the same."""
SECOND_OF_CLEARED_MIN = 0.3
"""Of second reviews, at least so many are of sessions that the first reviewer cleared."""
LATELY = 20
"""So many second reviews are looked back at: in more of them, times in which much was cleared would
stand in for times in which nothing is."""
_MINUTE_S = 60
_DISGUISE_FROM = 0.5
_BITS = 64


def draw(seed: bytes, what: str, of: bytes) -> float:
    """A number in [0, 1) that only the seed foretells."""
    mac = hmac.new(seed, what.encode() + b"\0" + of, hashlib.sha256).digest()
    return int.from_bytes(mac[: _BITS // 8], "big") / (1 << _BITS)


def review_of(
    session: bytes,
    assessed: Assessed,
    worked_s: float,
    rules: PolicyRules,
    settings: ReviewSettings,
) -> NewReview | None:
    """The review that a published assessment opens; None for most that are not flagged."""
    if not assessed.flagged and draw(settings.seed, "random", session) >= RANDOM_SHARE:
        return None
    # A session that is not flagged stands in the queue as if it were: its place tells nothing.
    weight = assessed.score if assessed.flagged else _disguise(settings.seed, session)
    return NewReview(
        how=How.FLAG if assessed.flagged else How.RANDOM,
        selected_with=1.0 if assessed.flagged else RANDOM_SHARE,
        probability=assessed.score,
        stake=weight * max(worked_s / _MINUTE_S, 1.0),
        rules=frozen(rules),
        with_control=draw(settings.seed, "control", session) < settings.control_share,
    )


def frozen(rules: PolicyRules) -> ReviewRules:
    """A policy's rules as they hold for one review, whatever becomes of the policy."""
    return ReviewRules(
        answer_us=rules.answer_days * DAY_US,
        decide_us=rules.decide_days * DAY_US,
        second_share=rules.second_review_share,
        blind_first=rules.blind_first_review,
        hold_us=rules.hold_days * DAY_US,
    )


def second_with(rules: ReviewRules, lately: SecondReviews) -> float:
    """The probability with which a session that was just cleared is reviewed once more.

    The policy's share of what is cleared; and always, while those that were cleared are too small
    a part of all second reviews for being asked to reveal nothing.
    """
    return 1.0 if lacking(lately) else max(rules.second_share, SECOND_OF_CLEARED_MIN)


def lacking(lately: SecondReviews) -> bool:
    """Whether one more second review of a doubted session would be too many."""
    return lately.of_cleared < SECOND_OF_CLEARED_MIN * (lately.all + 1)


def company(beside: StoredReview, session_row: int, rules: PolicyRules) -> Company:
    """The review of a session that nobody doubts, in the queue where the doubted one stands.

    Nobody was selected by what they did, so it stands for itself alone. Its reviewer is never shown
    a name, as no second reviewer is, also where the project's first reviewers are.
    """
    blind = replace(frozen(rules), blind_first=True)
    new = NewReview(How.COMPANY, 1.0, None, beside.stake, blind, began_us=beside.head.began_us)
    return Company(session_row, new)


def _disguise(seed: bytes, session: bytes) -> float:
    return _DISGUISE_FROM + (1 - _DISGUISE_FROM) * draw(seed, "place", session)
