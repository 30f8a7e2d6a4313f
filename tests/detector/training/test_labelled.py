"""A platform's own sessions are learnt from as they are, and for as much as they stand for."""

import numpy as np

from detector.simulation import composing
from detector.tables import no_keystrokes
from detector.training.examples import Kind, joined
from detector.training.labelled import FAMILY, WINDOWS, Labelled, labelled_examples


def test_each_session_gives_stretches_that_share_its_weight(rng: np.random.Generator) -> None:
    typed = composing(rng, characters=900).keystrokes
    made = labelled_examples(
        1,
        [
            Labelled("a", typed, Kind.COMPOSITION, 1.0),
            Labelled("b", typed, Kind.TRANSCRIPTION, 6.0),
            Labelled("c", no_keystrokes(), Kind.SYNTHETIC, 1.0),
        ],
    )
    assert set(made.writer.tolist()) == {"a", "b"}
    assert set(made.family.tolist()) == {FAMILY}
    for writer, kind, weight in (("a", Kind.COMPOSITION, 1), ("b", Kind.TRANSCRIPTION, 6)):
        mine = made.writer == writer
        assert mine.sum() == WINDOWS
        assert np.all(made.kind[mine] == kind)
        assert np.isclose(made.weight[mine].sum(), weight)


def test_nothing_to_learn_from_joins_with_what_there_is(rng: np.random.Generator) -> None:
    typed = composing(rng, characters=900).keystrokes
    some = labelled_examples(1, [Labelled("a", typed, Kind.COMPOSITION, 1.0)])
    none = labelled_examples(1, [])
    assert len(joined([some, none]).kind) == WINDOWS
