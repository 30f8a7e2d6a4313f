import numpy as np

from detector.evaluation.scored import Labelled
from detector.model import Model
from detector.simulation import composing, draw_typist, transcribing
from detector.training.enrolment import POISONS, enrolment_split, with_enrolment
from detector.training.within_person import fit_within_person


def sessions_of(writers: int) -> list[Labelled]:
    made = []
    for writer in range(writers):
        typist = draw_typist(np.random.default_rng(writer))
        for number, act in enumerate((composing, transcribing) * 2):
            table = act(typist.rng, characters=620, typist=typist).keystrokes
            label = "composed" if act is composing else "transcribed"
            made.append(Labelled(f"{writer}-{number}", f"u{writer}", label, table))
    return made


def test_the_first_session_of_each_sort_enrols_and_the_others_are_scored() -> None:
    sessions = sessions_of(1)
    chosen, rest = enrolment_split(sessions)
    assert chosen["u0"] == (sessions[0].keystrokes, sessions[1].keystrokes)
    assert rest == sessions[2:]
    assert enrolment_split(sessions[:2]) == ({}, [])


def test_figures_tell_honest_from_poisoned_enrolments(enrolling_model: Model) -> None:
    made = with_enrolment(enrolling_model, sessions_of(2))
    assert made is not None
    assert made["writers"] == 2
    assert made["windows_500"]["auc"]["value"] >= 0.5
    assert set(made["poisoned"]) == {"none", "honest", *POISONS}
    assert made["poisoned"]["none"]["used"] == 0
    for name in ("both_tasks_copied", "tasks_swapped"):
        assert made["poisoned"][name]["used"] <= 1


def test_too_few_essays_make_no_part_for_baselines(enrolling_model: Model) -> None:
    assert fit_within_person(enrolling_model, [], [], 1) is None
