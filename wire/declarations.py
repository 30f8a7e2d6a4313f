"""What a field must say about itself before it can exist."""

from dataclasses import dataclass
from enum import StrEnum


class Sensitivity(StrEnum):
    """How much a field can say about a person."""

    TECHNICAL = "technical: about the recording, not the person"
    BEHAVIOUR = "behaviour: how the work was done"
    STATEMENT = "statement: the trainer's own word"
    CLASS_SEQUENCE = "class sequence: reveals word lengths, treated like text"
    SCREENSHOT = "screenshot: a picture of in-scope windows"


class Retention(StrEnum):
    """How long a field is kept."""

    CLASS_SEQUENCE = "30 days after the last decision"
    SCREENSHOT = "30 days after the last decision, or the policy's days if fewer"
    EVIDENCE = "as long as the policy keeps the session's evidence"


@dataclass(frozen=True, slots=True)
class About:
    """Purpose, sensitivity and retention of one field."""

    purpose: str
    sensitivity: Sensitivity
    retention: Retention
