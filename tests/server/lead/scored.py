"""Sessions with a finding that nobody had to work out."""

import msgspec

from server.clock import now_us
from server.records import SessionEntry, StoredAssessment
from server.scoring.assessments import Assessed, ReasonText
from tests.server.house import House

WAITS = (
    "INSERT INTO scoring_jobs (session, organisation, due_us, claimed_until_us, attempts, done) "
    "VALUES (:row, 1, 0, 0, 0, :no)"
)


def finding(
    band: str,
    score: float,
    because: ReasonText | None = None,
    counter: tuple[ReasonText, ...] = (),
) -> Assessed:
    """An assessment with this band."""
    return Assessed(
        band=band,
        score=score,
        kinds={},
        coverage=1.0,
        reasons=(),
        counter_evidence=counter,
        abstained_because=because,
        spans=(),
        model_version="m",
        features_version="f",
    )


def scored(house: House, entry: SessionEntry, found: Assessed) -> None:
    """End a session and publish an assessment of it."""
    house.change("UPDATE heads SET closed = :yes WHERE session = :row", yes=True, row=entry.row)
    if not house.rows("scoring_jobs"):
        house.change(WAITS, row=entry.row, no=False)
    store = house.installation.store
    job = store.claim("test", now_us())
    assert job is not None
    made = StoredAssessment("m", "f", found.band, None, msgspec.json.encode(found), now_us())
    assert house.own.finish_job(job, b"{}", made)
