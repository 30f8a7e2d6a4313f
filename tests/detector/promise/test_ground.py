from dataclasses import replace

import pytest

from detector.assess import assess
from detector.assessment import Assessment, Band, Kinds
from detector.conduct import Conduct, find_conduct
from detector.features.stream import text_stream
from detector.model import Model
from detector.promise import Rests
from detector.promise.applying import flagging_score
from detector.promise.basis import SHIPPED
from detector.promise.ground import on_ground
from detector.reasons import Code, Reason
from detector.tables import Recording, no_keystrokes

NOTHING = Recording(no_keystrokes())


@pytest.fixture
def conduct() -> Conduct:
    return find_conduct(NOTHING, text_stream(NOTHING.keystrokes), None)


@pytest.fixture
def copied(model: Model) -> Assessment:
    """A session past the review threshold for copying alone."""
    kinds = Kinds(composition=0.3, transcription=0.7, synthetic=0.0, insertion=0.0)
    return replace(
        assess(NOTHING, model),
        band=Band.REVIEW,
        kinds=kinds,
        reasons=(Reason(Code.READS_LIKE_COPYING, 0.7), Reason(Code.LITTLE_REVISION, 0.98)),
        abstained_because=None,
    )


def test_copying_by_other_peoples_values_alone_draws_no_conclusion(
    copied: Assessment, conduct: Conduct, model: Model
) -> None:
    found = on_ground(copied, conduct, model)
    assert found.band is Band.CANNOT_DETERMINE
    assert found.abstained_because == Reason(Code.COPYING_NOT_CALIBRATED, 0.7)
    assert found.reasons == copied.reasons
    assert "probability 0.70" in found.abstained_because.sentence


def test_a_promise_is_made_from_what_lies_past_the_threshold_with_or_without_ground(
    copied: Assessment, conduct: Conduct, model: Model
) -> None:
    found = on_ground(copied, conduct, model)
    assert not found.flagged
    assert found.past_shipped_threshold
    assert flagging_score(found) == flagging_score(copied) > 0.5


def test_very_strong_evidence_leads_to_a_review_at_most(
    copied: Assessment, conduct: Conduct, model: Model
) -> None:
    reasons = (Reason(Code.READS_LIKE_COPYING, 0.97),)
    found = on_ground(replace(copied, band=Band.STRONG, reasons=reasons), conduct, model)
    assert found.band is Band.REVIEW
    assert found.abstained_because is None


def test_the_persons_own_reference_or_a_promise_that_stands_is_ground(
    copied: Assessment, conduct: Conduct, model: Model
) -> None:
    own = replace(copied, reference="enrolment")
    assert on_ground(own, conduct, model) == own
    promised = replace(copied, promise=replace(SHIPPED, rests=Rests.PLATFORM))
    assert on_ground(promised, conduct, model) == promised
    withdrawn = replace(copied, promise=replace(SHIPPED, rests=Rests.WITHDRAWN))
    assert on_ground(withdrawn, conduct, model).band is Band.CANNOT_DETERMINE


@pytest.mark.parametrize(
    ("kinds", "code"),
    [
        (Kinds(0.1, 0.2, 0.0, 0.7), Code.PASTED_FROM_ASSISTANT),
        (Kinds(0.1, 0.0, 0.9, 0.0), Code.SYNTHETIC_RHYTHM),
    ],
)
def test_a_flag_for_anything_else_stays(
    copied: Assessment, conduct: Conduct, model: Model, kinds: Kinds, code: Code
) -> None:
    other = replace(copied, kinds=kinds, reasons=(Reason(code, 0.9), *copied.reasons))
    assert on_ground(other, conduct, model) == other
