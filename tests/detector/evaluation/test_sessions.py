import numpy as np

from detector.evaluation.located import located_suggestions
from detector.evaluation.mixed import mixed_figures, mixtures, spliced
from detector.evaluation.scored import WINDOW_KEYS, Labelled, scored_all, windows
from detector.evaluation.within import cross_validated
from detector.model import Model
from detector.simulation import composing, draw_text, robot_a4
from detector.tables import Activity, Keystrokes, keystrokes, no_keystrokes
from detector.training.examples import Essay
from wire.keys import KeyClass


def test_odd_sessions_are_abstained_on_not_fatal(model: Model, rng: np.random.Generator) -> None:
    table = composing(rng, characters=300).keystrokes
    odd = {"empty": no_keystrokes(), "one key": table.rows(0, 1)}
    cases = [(Labelled(name, "", "retyped", t), None) for name, t in odd.items()]
    rows = scored_all(model, cases)
    assert [row.abstained for row in rows] == [True, True]
    assert [row.writer for row in rows] == ["empty", "one key"]
    assert rows[0].longest_insertion == 0


def test_windows_hold_500_text_keys_and_leave_the_rest(rng: np.random.Generator) -> None:
    table = composing(rng, characters=1_150).keystrokes
    cut = list(windows(Labelled("s", "", "composed", table)))
    assert len(cut) == np.count_nonzero(table.key <= KeyClass.DELETE) // WINDOW_KEYS
    for window in cut:
        assert np.count_nonzero(window.keystrokes.key <= KeyClass.DELETE) == WINDOW_KEYS
        assert window.writer == "s"


def test_a_spliced_stretch_stands_between_two_words(rng: np.random.Generator) -> None:
    host = composing(rng, characters=500).keystrokes
    stretch = robot_a4(rng, draw_text(rng, 120)).keystrokes
    mixed = spliced(rng, host, stretch)
    rows = np.flatnonzero(mixed.rows)
    assert len(rows) == len(stretch)
    assert mixed.table.key[rows[0] - 1] == KeyClass.SPACE
    assert np.all(np.diff(mixed.table.t_us) >= 0)
    assert np.array_equal(mixed.table.key[rows], stretch.key)


def test_a_paste_in_a_genuine_session_is_covered_by_its_span(
    model: Model, rng: np.random.Generator
) -> None:
    essays = [
        Essay(f"w{n}", session.keystrokes, session.text_class)
        for n, session in enumerate(composing(rng, characters=800) for _ in range(3))
    ]
    made = mixed_figures(model, essays)
    assert set(made) == {"pasted", "copied", "machine"}
    assert made["pasted"]["flagged"]["value"] == 1.0
    assert made["pasted"]["overlap_median"]["value"] > 0.9


def test_a_host_without_a_space_takes_its_stretch_at_the_end(rng: np.random.Generator) -> None:
    host = keystrokes([0, 100_000], [KeyClass.LETTER, KeyClass.LETTER])
    names = [name for name, _ in mixtures(rng, composing(rng, characters=300).keystrokes)]
    assert names == ["pasted", "copied", "machine"]
    assert np.flatnonzero(spliced(rng, host, host).rows).tolist() == [2, 3]


def test_suggestions_are_located_without_the_recorders_marks(
    model: Model, rng: np.random.Generator
) -> None:
    session = composing(rng, characters=400).keystrokes
    assert located_suggestions(model, [Labelled("s", "u", "composed", session)]) is None
    activity, inserted = session.activity.copy(), session.inserted.copy()
    activity[[100, 200]], inserted[[100, 200]] = Activity.AI_INSERT, (60, 10)
    columns = (session.hold_us, session.key, inserted, session.deleted, session.cursor)
    table = Keystrokes(session.t_us, *columns, activity)
    found = located_suggestions(model, [Labelled("s", "u", "ai_assisted_inline", table)])
    assert found is not None
    assert (found["value"], found["sessions"]) == (1.0, 1)


def test_cross_validation_learns_what_sets_a_tables_labels_apart(rng: np.random.Generator) -> None:
    sessions = []
    for writer in range(5):
        free = composing(rng, characters=420).keystrokes
        typed = robot_a4(rng, draw_text(rng, 300)).keystrokes
        sessions.append(Labelled(f"f{writer}", f"u{writer}", "composed", free))
        sessions.append(Labelled(f"r{writer}", f"u{writer}", "machine", typed))
    assert cross_validated(sessions)["machine"]["auc"]["value"] == 1.0
    assert cross_validated(sessions[:6]) == {}
