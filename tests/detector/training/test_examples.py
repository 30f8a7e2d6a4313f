import numpy as np

from detector.features.stream import text_stream
from detector.features.vector import FEATURE_NAMES, feature_vector
from detector.simulation import composing
from detector.simulation.figures import load_figures
from detector.training.assisting import assisted
from detector.training.augment import augmented, window, with_injected_pauses
from detector.training.evasion import with_injected_revisions
from detector.training.examples import Essay, Kind, make_examples
from detector.training.retyping import retyped
from detector.training.split import Part, part_of
from wire.keys import KeyClass


def test_the_split_is_fixed_and_gives_each_part_its_share() -> None:
    parts = [part_of(f"writer {n}") for n in range(4000)]
    assert parts == [part_of(f"writer {n}") for n in range(4000)]
    shares = {part: parts.count(part) / 4000 for part in Part}
    assert abs(shares[Part.TRAIN] - 0.60) < 0.03
    assert abs(shares[Part.CALIBRATE] - 0.15) < 0.03


def test_retyping_keeps_the_hands_and_takes_out_planning_and_revision(
    rng: np.random.Generator,
) -> None:
    changes = []
    for _ in range(12):
        table = composing(rng, characters=1_500).keystrokes
        changes.append(feature_vector(retyped(rng, table)) - feature_vector(table))
    value = dict(zip(FEATURE_NAMES, np.nanmedian(changes, axis=0), strict=True))
    assert -0.05 < value["within_median"] < 0.3  # the same hands, slowed by looking
    assert abs(value["hold_median"]) < 0.02
    assert value["before_sentence_excess"] < -0.1
    assert value["product_process_ratio"] > 0.0


def test_retyping_types_the_final_text_and_little_else(rng: np.random.Generator) -> None:
    session = composing(rng, characters=800)
    stream = text_stream(retyped(rng, session.keystrokes))
    erased = np.count_nonzero(stream.key == KeyClass.BACKSPACE)
    assert abs(len(stream) - 2 * erased - len(session.text_class)) < 0.1 * len(session.text_class)


def test_augmentation_keeps_keys_and_order(rng: np.random.Generator) -> None:
    table = composing(rng, characters=300).keystrokes
    for _ in range(20):
        changed = augmented(rng, table)
        assert changed.key.tolist() == table.key.tolist()
        assert np.all(np.diff(changed.t_us) >= 0)


def test_a_window_is_a_stretch_of_the_session(rng: np.random.Generator) -> None:
    table = composing(rng, characters=500).keystrokes
    lengths = [len(window(rng, table)) for _ in range(50)]
    assert min(lengths) >= 149
    assert max(lengths) <= len(table)


def test_injected_pauses_fall_after_sentences_only(rng: np.random.Generator) -> None:
    table = composing(rng, characters=500).keystrokes
    grown = np.diff(with_injected_pauses(rng, table).t_us) - np.diff(table.t_us)
    before = table.key[:-1][grown > 0]
    assert len(before)
    assert set(before.tolist()) <= {KeyClass.PUNCT, KeyClass.ENTER}


def test_injected_revisions_change_the_process_and_not_the_text(rng: np.random.Generator) -> None:
    table = retyped(rng, composing(rng, characters=1_200).keystrokes)
    revised = with_injected_revisions(rng, table)
    added = len(revised) - len(table)
    erased = [np.count_nonzero(t.key == KeyClass.BACKSPACE) for t in (table, revised)]
    assert added > 0
    assert added >= erased[1] - erased[0] > 0
    assert np.all(np.diff(revised.t_us) >= 0)


def test_assisted_writing_keeps_what_was_composed_and_copies_the_rest(
    rng: np.random.Generator,
) -> None:
    session = composing(rng, characters=2_000)
    lengths = [len(assisted(rng, session.keystrokes)) for _ in range(6)]
    assert min(lengths) > 0.6 * len(session.text_class)
    assert max(lengths) < 1.3 * len(session.keystrokes)
    assert len(assisted(rng, session.keystrokes.rows(0, 0))) == 0


def test_examples_are_the_same_for_the_same_seed(rng: np.random.Generator) -> None:
    session = composing(rng, characters=900)
    essay = Essay("w", session.keystrokes, session.text_class)
    one, two = (make_examples(5, [essay], load_figures()) for _ in range(2))
    assert np.array_equal(one.features, two.features, equal_nan=True)
    assert set(one.kind.tolist()) == {int(kind) for kind in Kind}
