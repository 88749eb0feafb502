from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ictal.core.electrodes import SCALP_19, Electrode
from ictal.core.montage import MONTAGES
from ictal.detection.source_scan import lead_patterns, measure_spectra, scan

RATE = 128.0
LEADS = tuple(map(str, MONTAGES["double-banana"].leads))


def noise(seconds: float = 60.0, n_leads: int = 18, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.0, 10.0, (n_leads, round(seconds * RATE)))


def test_places_of_the_double_banana_are_the_electrodes() -> None:
    patterns = lead_patterns(LEADS)
    assert set(patterns.places) == set(SCALP_19)
    assert_allclose(patterns.touching.sum(axis=1), 1.0)
    source = patterns.places.index("T7")
    assert patterns.seen[source, LEADS.index("F7-T7")] < -0.2 < 0.2 < patterns.seen[source, LEADS.index("T7-P7")]


def test_of_a_reference_that_is_no_electrode_only_the_electrode_counts() -> None:
    patterns = lead_patterns(("C3-AVG", "C4-AVG"))
    assert patterns.places == ("C3", "C4")
    assert_allclose(np.diag(patterns.seen), 1.0)
    assert_allclose(patterns.touching, np.eye(2))


@pytest.mark.parametrize("focus", ["T7", "F8", "O1", "C4", "P3", "Fp2", "Pz"])
def test_a_source_is_found_where_it_is(focus: str) -> None:
    """It is seen with a pattern of its own, not with that of the scan: a quarter wider."""
    patterns = lead_patterns(LEADS)
    at = np.array([Electrode(name).position for name in patterns.places])
    angles = np.arccos(np.clip(at @ Electrode(focus).position, -1, 1))
    potentials = np.exp(-0.5 * angles**2)
    ends = [lead.split("-") for lead in LEADS]
    seen = np.array([potentials[patterns.places.index(a)] - potentials[patterns.places.index(b)] for a, b in ends])
    rhythm = 30 * np.sin(2 * np.pi * 6 * np.arange(5 * RATE) / RATE)
    before, during = measure_spectra(noise(), RATE), measure_spectra(noise(5.0, seed=1) + seen[:, None] * rhythm, RATE)
    assert before is not None
    assert during is not None
    assert patterns.places[int(scan(before, [during], patterns.seen)[0].argmax())] == focus


def test_a_rhythm_that_was_there_before_is_no_evidence() -> None:
    signal = noise(120.0)
    signal[3] += 200 * np.sin(2 * np.pi * 10 * np.arange(signal.shape[1]) / RATE)
    before, after = (measure_spectra(part, RATE) for part in np.split(signal, 2, axis=1))
    assert before is not None
    assert after is not None
    evidence = scan(before, [after], lead_patterns(LEADS).seen)
    assert 0.8 < evidence.min() < evidence.max() < 1.6


def test_what_grows_in_one_band_counts_as_much_as_in_all() -> None:
    """Fast activity at one place, and at another everything grows by half."""
    before = np.repeat(np.eye(2)[None], 56, axis=0)
    during = before * np.array([[1.0, 0.0], [0.0, 1.5]])
    fast = np.arange(56) / 2 + 2.0 >= 20.0
    during[fast, 0, 0] = 3.0
    (evidence,) = scan(before, [during], np.eye(2))
    assert_allclose(evidence, [3.0, 1.5], rtol=0.06)
    shifted = np.roll(during, -6, axis=0)  # across the edge of two bands
    assert 1.5 < scan(before, [shifted], np.eye(2))[0, 0] < evidence[0]


@pytest.mark.parametrize("rate", [20.0, 31.25, 64.0])
def test_bands_above_the_sampling_rate_are_left_out(rate: float) -> None:
    signal = np.random.default_rng(2).normal(0.0, 10.0, (2, round(60 * rate)))
    spectra = measure_spectra(signal, rate)
    assert spectra is not None
    assert_allclose(scan(spectra, [4 * spectra], np.eye(2)), 4 / 1.05, rtol=0.05)


def test_windows_with_a_gap_are_left_out() -> None:
    signal = noise(20.0)
    broken = signal.copy()
    broken[5, 700:900] = np.nan
    whole, left = measure_spectra(signal, RATE), measure_spectra(broken, RATE)
    assert whole is not None
    assert left is not None
    assert np.isfinite(left).all()
    assert measure_spectra(np.full((2, 1000), np.nan), RATE) is None
    assert measure_spectra(signal[:, :100], RATE) is None


def test_silence_is_no_evidence_and_no_error() -> None:
    silent = np.zeros((36, 18, 18))
    with np.errstate(all="raise"):
        evidence = scan(silent, [silent], lead_patterns(LEADS).seen)
    assert np.isfinite(evidence).all()
    assert evidence.max() <= 1.0
