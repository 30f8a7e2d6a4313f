"""What a policy's thresholds would have made of sessions that were scored already.

Thresholds take flags back and never add one, and an assessment says where they did: so what the
model alone found can be read from it, and other thresholds applied to that. Nothing else of a
policy can be: what may be pasted and which AI is allowed is part of the scoring itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from detector.reasons import Code
from server.records import SessionState
from server.records.listing import SessionFilter
from server.scoring.assessments import Assessed
from server.storage.protocols import OrganisationStore
from wire.policy import Policy, Thresholds

DAYS = 7
MOST = 1_000
"""So many sessions, the newest ones, are looked at: the page has to answer."""
_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Preview:
    """Sessions of the last days, as they were judged and as they would have been."""

    sessions: int
    """Scored ones."""
    not_scored: int
    flagged: int
    flagged_then: int
    """Under the new thresholds."""
    taken_back: int
    """Flagged now, and not then."""
    strong: int
    strong_then: int
    strength_not_known: int
    """Flagged then and not now, of which it cannot be said how strongly."""
    all_looked_at: bool


def preview(own: OrganisationStore, project: bytes, policy: Policy, now_us: int) -> Preview:
    """Look at a project's sessions of the last days."""
    wanted = SessionFilter(project=project, from_us=now_us - DAYS * _DAY_US)
    lines = own.sessions_after(wanted, None, MOST + 1)
    looked_at = lines[:MOST]
    rows = [line.row for line in looked_at if line.state is SessionState.SCORED]
    made = own.current_assessments(rows)
    found = (msgspec.json.decode(each.document, type=Assessed) for each in made.values())
    return _counted(
        found, policy.evidence, len(looked_at) - len(made), len(lines) == len(looked_at)
    )


def _counted(
    found: Iterable[Assessed], thresholds: Thresholds, not_scored: int, all_looked_at: bool
) -> Preview:
    pairs = [(one, then(one, thresholds)) for one in found]
    return Preview(
        sessions=len(pairs),
        not_scored=not_scored,
        flagged=sum(one.flagged for one, _ in pairs),
        flagged_then=sum(after is not None for _, after in pairs),
        taken_back=sum(one.flagged and after is None for one, after in pairs),
        strong=sum(one.band == "strong" for one, _ in pairs),
        strong_then=sum(after == "strong" for _, after in pairs),
        strength_not_known=sum(after == "" for _, after in pairs),
        all_looked_at=all_looked_at,
    )


def then(one: Assessed, thresholds: Thresholds) -> str | None:
    """The band under thresholds; "" flagged, but how strongly is not known; None: no flag."""
    because = one.abstained_because
    taken_back = because is not None and because.code == Code.PROJECT_ASKS_MORE
    if not (one.flagged or taken_back) or one.score < thresholds.review:
        return None
    lowered = any(each.code == Code.PROJECT_ASKS_MORE_FOR_STRONG for each in one.counter_evidence)
    if one.score < thresholds.strong:
        return "review"
    if taken_back:
        return ""
    return "strong" if lowered else one.band
