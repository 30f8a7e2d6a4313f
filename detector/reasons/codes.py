"""Stable codes of reasons, and what a definition of one holds."""

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Stable names of reasons, counter-evidence and causes of abstention."""

    PASTED_FROM_ASSISTANT = "pasted_from_assistant"
    INSERTED_UNKNOWN_SOURCE = "inserted_unknown_source"
    INSERTED_OTHER_SOURCE = "inserted_other_source"
    INSERTED_FROM_NOWHERE = "inserted_from_nowhere"
    INSERTED_SHARE = "inserted_share"
    SYNTHETIC_RHYTHM = "synthetic_rhythm"
    HOLDS_TOO_SHORT = "holds_too_short"
    NO_ROLLOVER = "no_rollover"
    UNIFORM_INTERVALS = "uniform_intervals"
    PERIODIC_RHYTHM = "periodic_rhythm"
    RELEASES_OUT_OF_ORDER = "releases_out_of_order"
    NO_TEMPO = "no_tempo"
    WORDS_ALL_ALIKE = "words_all_alike"
    REPEATED_TIMING = "repeated_timing"
    TIMING_REPLAYED = "timing_replayed"
    OWN_TIMING_REPLAYED = "own_timing_replayed"
    IMPOSSIBLE_SPEED = "impossible_speed"
    INJECTED_INPUT = "injected_input"
    READS_LIKE_COPYING = "reads_like_copying"
    FEW_PLANNING_PAUSES = "few_planning_pauses"
    LITTLE_REVISION = "little_revision"
    ASSISTANT_BEFORE_BURSTS = "assistant_before_bursts"
    ASSISTANT_ALTERNATION = "assistant_alternation"
    HARDLY_READ = "hardly_read"
    PART_NOT_OPENED = "part_not_opened"
    PROJECT_ASKS_MORE = "project_asks_more"
    PROJECT_ASKS_MORE_FOR_STRONG = "project_asks_more_for_strong"
    TYPED_WITHOUT_POINTER = "typed_without_pointer"
    PLANNING_PAUSES = "planning_pauses"
    REVISED_THROUGHOUT = "revised_throughout"
    HUMAN_HOLDS = "human_holds"
    INSERTIONS_ALLOWED = "insertions_allowed"
    COMPLETED_WORDS = "completed_words"
    INSERTION_TAKEN_BACK = "insertion_taken_back"
    TYPED_SHARE = "typed_share"
    READ_BOTH = "read_both"
    TIME_TO_READ = "time_to_read"
    ASSISTANT_ALLOWED = "assistant_allowed"
    NO_ASSISTANT_IN_VIEW = "no_assistant_in_view"
    VIRTUAL_MACHINE = "virtual_machine"
    REMOTE_DESKTOP = "remote_desktop"
    DECLARED_AID = "declared_aid"
    LIKE_OWN_BASELINE = "like_own_baseline"
    COMPARED_WITH_ENROLMENT = "compared_with_enrolment"
    ENROLMENT_NOT_USED = "enrolment_not_used"
    TOO_FEW_KEYSTROKES = "too_few_keystrokes"
    LOW_COVERAGE = "low_coverage"
    AID_HIDES_TYPING = "aid_hides_typing"
    UNEXPLAINED_PASSAGES = "unexplained_passages"
    WITHIN_PROMISED_ERROR = "within_promised_error"
    COPYING_NOT_CALIBRATED = "copying_not_calibrated"


@dataclass(frozen=True, slots=True)
class Definition:
    """What a page says about a code.

    Attributes:
        sentence: what was seen; ``{value}`` stands for the reason's value.
        unit: unit of the value.
        means: what it means and what it does not.
        innocent: innocent explanations to think of first.
    """

    sentence: str
    unit: str
    means: str
    innocent: tuple[str, ...] = ()
