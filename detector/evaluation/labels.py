"""What the labels of a table mean: genuine composing, copying, or anything else."""

GENUINE_LABELS = frozenset({"composed", "authentic", "genuine", "free", "human", "bona_fide"})
COPIED_LABELS = frozenset({"transcribed", "copied", "retyped"})
UNLABELLED = "unlabelled"


def is_genuine(label: str) -> bool:
    """Whether sessions of this label are bona fide: the person composed and typed the text."""
    return label in GENUINE_LABELS


def is_attack(label: str) -> bool:
    """Whether sessions of this label are anything else; an empty label is neither."""
    return bool(label) and label not in GENUINE_LABELS
