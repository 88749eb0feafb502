"""Every subject is someone else, and plausible; the exam's physiologies are its own."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import ParameterError
from ictal.simulation.populations import POPULATIONS, UNSEEN, UNSEEN_KIND, draw_subject, log_normal
from ictal.simulation.seizure import KINDS
from ictal.simulation.subject import Subject


@pytest.mark.parametrize("population", POPULATIONS)
def test_subjects_differ_and_are_reproducible(population: str) -> None:
    crowd = [draw_subject(seed, population) for seed in range(100)]
    assert crowd == [draw_subject(seed, population) for seed in range(100)]
    assert len(set(crowd)) == 100
    assert {subject.population for subject in crowd} == {population}
    assert {subject.epilepsy.focus for subject in crowd} <= set(SCALP_19)
    assert {subject.epilepsy.kind for subject in crowd} <= set(KINDS)


def test_physiology_stays_in_the_human_range() -> None:
    crowd = [draw_subject(seed) for seed in range(500)]
    alpha = np.array([person.rhythms.alpha_frequency for person in crowd])
    amplitude = np.array([person.rhythms.background_amplitude for person in crowd])
    assert 8.0 <= alpha.min() < 9.0 < 11.0 < alpha.max() <= 13.0
    assert 10.0 <= amplitude.min() < np.median(amplitude) < amplitude.max() <= 100.0
    temporal = np.mean([person.epilepsy.focus in {"T7", "T8", "F7", "F8"} for person in crowd])
    assert 0.5 < temporal < 0.7


def test_a_patient_of_intensive_care_has_a_pattern_and_others_have_none() -> None:
    assert {draw_subject(seed, "icu").epilepsy.pattern for seed in range(50)} == {"lpd", "gpd", "lrda", "grda"}
    assert {draw_subject(seed).epilepsy.pattern for seed in range(50)} == {""}


def test_a_neonate_has_no_rhythms_of_an_adult() -> None:
    for seed in range(20):
        rhythms = draw_subject(seed, "neonate").rhythms
        assert rhythms.alpha_amplitude == rhythms.beta_amplitude == rhythms.mu_amplitude == 0.0


def is_of_training(subject: Subject) -> bool:
    """Whether a subject could have come from a population that detectors are trained on."""
    rhythms = subject.rhythms
    return (
        rhythms.background_amplitude >= 12.0
        and 8.5 <= rhythms.alpha_frequency <= 11.5
        and rhythms.background_exponent >= 1.9
        and rhythms.beta_amplitude < 14.0
    )


def test_the_unseen_are_never_among_those_for_training() -> None:
    for population in set(POPULATIONS) - {UNSEEN, "neonate"}:
        for seed in range(300):
            subject = draw_subject(seed, population)
            assert is_of_training(subject)
            assert subject.epilepsy.kind != UNSEEN_KIND
    unseen = [draw_subject(seed, UNSEEN) for seed in range(100)]
    assert not any(is_of_training(subject) for subject in unseen)
    assert 0.5 < np.mean([subject.epilepsy.kind == UNSEEN_KIND for subject in unseen]) < 0.9


def test_an_unknown_population_is_refused_by_name() -> None:
    with pytest.raises(ParameterError, match="population: 'martian'"):
        draw_subject(0, "martian")


def test_log_normal_numbers_lie_around_their_median() -> None:
    rng = np.random.default_rng(0)
    drawn = [log_normal(5.0, 0.3, rng) for _ in range(2000)]
    assert np.median(drawn) == pytest.approx(5.0, rel=0.05)
    assert np.log(drawn).std() == pytest.approx(0.3, rel=0.1)
