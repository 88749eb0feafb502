"""Every subject is someone else, and plausible; the exam's physiologies are its own."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import ParameterError
from ictal.simulation.populations import (
    LEAST_BACKGROUND,
    LEAST_EXPONENT,
    MOST_BETA,
    POPULATIONS,
    UNSEEN,
    UNSEEN_KIND,
    bounded,
    draw_subject,
    log_normal,
)
from ictal.simulation.runs import RUNS
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


def test_a_neonate_has_no_rhythms_of_an_adult_and_sleep_of_its_own() -> None:
    for seed in range(20):
        subject = draw_subject(seed, "neonate")
        rhythms, sleep = subject.rhythms, subject.sleep
        assert rhythms.alpha_amplitude == rhythms.beta_amplitude == rhythms.mu_amplitude == 0.0
        assert sleep.spindle_amplitude == sleep.k_amplitude == sleep.vertex_amplitude == 0.0
        assert sleep.architecture == "neonate"
        assert min(sleep.burst_amplitude, sleep.brush_amplitude) > 20.0


def median_of(population: str, part: str, name: str) -> float:
    """Return the median of one number over a crowd."""
    return float(np.median([getattr(getattr(draw_subject(seed, population), part), name) for seed in range(200)]))


def test_children_are_higher_and_patients_lower_and_slower_than_adults() -> None:
    amplitude = {name: median_of(name, "rhythms", "background_amplitude") for name in POPULATIONS}
    assert amplitude["icu"] < 0.7 * amplitude["adult"] < 0.5 * amplitude["child"]
    alpha = {name: median_of(name, "rhythms", "alpha_frequency") for name in POPULATIONS}
    assert alpha["icu"] + 2.0 < alpha["child"] < alpha["adult"]
    assert median_of("icu", "rhythms", "alpha_amplitude") < 0.4 * median_of("adult", "rhythms", "alpha_amplitude")
    assert median_of("icu", "habits", "pop_rate") > 2.0 * median_of("adult", "habits", "pop_rate")


def test_no_two_brains_are_active_at_the_same_places() -> None:
    assert len({draw_subject(seed).rhythms.topography for seed in range(100)}) == 100


def test_runs_are_of_kinds_that_there_are() -> None:
    assert {kind for seed in range(20) for kind in draw_subject(seed).epilepsy.run_kinds} <= set(RUNS)


def is_of_training(subject: Subject) -> bool:
    """Whether a subject could have come from a population that detectors are trained on."""
    rhythms = subject.rhythms
    return (
        rhythms.background_amplitude >= LEAST_BACKGROUND
        and rhythms.background_exponent >= LEAST_EXPONENT
        and rhythms.beta_amplitude <= MOST_BETA
    )


def test_the_unseen_are_never_among_those_for_training() -> None:
    for population in set(POPULATIONS) - {UNSEEN}:
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


def test_bounded_numbers_stay_within_their_bounds() -> None:
    rng = np.random.default_rng(0)
    drawn = [bounded(5.0, 1.0, (4.0, 7.0), rng) for _ in range(200)]
    assert (min(drawn), max(drawn)) == (4.0, 7.0)
